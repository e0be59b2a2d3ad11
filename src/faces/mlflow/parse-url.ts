/** Characters of a request's address: a path of 4 kB, every byte of it escaped, with a filter beside it. */
const MAX_URL = 32_768

/** What a client of MLflow asks, by its URL. */
export type MlflowUrl =
  /** `path` as the protos write it, without `/mlflow/`. */
  | { readonly kind: 'call'; readonly path: string; readonly query: URLSearchParams }
  /** A file of the artifact store, still escaped. */
  | { readonly kind: 'artifact'; readonly path: string; readonly query: URLSearchParams }
  | { readonly kind: 'artifacts'; readonly query: URLSearchParams }
  | { readonly kind: 'version' }
  | { readonly kind: 'health' }
  | { readonly kind: 'unknown'; readonly what: string }

const OURS = /^(?:\/mlflow)?\/(?:ajax-)?api\/[23]\.0\/(mlflow|mlflow-artifacts)\/([^?]*)(?:\?(.*))?$/s
const SMALL = /^\/mlflow\/(version|health)(?:\?|$)/

/** Whether a path belongs to MLflow's API, with or without the prefix `/mlflow`. */
export function isMlflowPath(url: string): boolean {
  return OURS.test(url) || url.startsWith('/mlflow/')
}

/** What a URL asks for; nothing is unescaped but the query. */
export function parseMlflowUrl(url: string): MlflowUrl {
  if (url.length > MAX_URL) return { kind: 'unknown', what: 'the address is too long' }
  const small = SMALL.exec(url)
  if (small !== null) return { kind: small[1] === 'version' ? 'version' : 'health' }
  const [, service, path = '', search = ''] = OURS.exec(url) ?? []
  const query = new URLSearchParams(search)
  if (service === 'mlflow') return { kind: 'call', path: path.replace(/\/+$/, ''), query }
  if (service !== 'mlflow-artifacts') return { kind: 'unknown', what: 'this address is not offered here' }
  if (/^artifacts\/?$/.test(path)) return { kind: 'artifacts', query }
  if (path.startsWith('artifacts/')) return { kind: 'artifact', path: path.slice('artifacts/'.length), query }
  return { kind: 'unknown', what: 'uploads in parts are not offered here; a whole file is taken' }
}
