import {
  parseRepo,
  parseRepoPath,
  parseRevision,
  REPO_KINDS,
  type RepoAddress,
  type RepoKind,
} from '../../services/firewall/index.ts'

const NOT_OFFERED = 'this part of the hub is not offered here'

/** Characters of a request's path: a name of 4 kB, every byte of it escaped, with room for the rest. */
const MAX_URL = 16_384

/** What a hub's client asks, by its URL. */
export type HubCall =
  | { readonly kind: 'resolve'; readonly repo: RepoAddress; readonly revision: string; readonly path: string }
  | { readonly kind: 'info'; readonly repo: RepoAddress; readonly revision: string | undefined }
  | {
      readonly kind: 'tree'
      readonly repo: RepoAddress
      readonly revision: string
      readonly folder: string
      readonly recursive: boolean
    }
  | { readonly kind: 'paths-info'; readonly repo: RepoAddress; readonly revision: string }
  | { readonly kind: 'refs'; readonly repo: RepoAddress }
  | { readonly kind: 'whoami' }
  /** A way round the firewall (Xet), or a part of the hub that is not offered. */
  | { readonly kind: 'closed'; readonly what: string }
  | { readonly kind: 'malformed'; readonly what: string }

/** Whether a path belongs to a hub's API: so that a server can tell it from its own pages. */
export function isHubPath(path: string): boolean {
  return (
    /^\/api\/(models|datasets|spaces|kernels|whoami-v2|resolve-cache)(\/|$|\?)/.test(path) ||
    RESOLVE.test(path)
  )
}

/** `org/name`, `name`, `datasets/org/name`, then `resolve`, a revision and a path. */
const RESOLVE = /^\/(?:(datasets|spaces)\/)?([^/]+(?:\/[^/]+)?)\/resolve\/([^/?]+)\/([^?]+)/
const API = /^\/api\/(models|datasets|spaces)\/([^?]+)/
/** The words that end the id of a repository in a path of the API. */
const API_VERB = /^(.+?)(?:\/(revision|tree|paths-info|refs|[a-z-]*xet[a-z-]*|resolve-cache)(?:\/(.*))?)?$/

/** What a URL of a hub's client asks for. Percent signs are undone once, after the path was taken apart. */
export function parseHubUrl(url: string): HubCall {
  if (url.length > MAX_URL) return { kind: 'malformed', what: 'the address is too long' }
  const resolve = RESOLVE.exec(url)
  if (resolve !== null) return resolveCall(resolve)
  if (/^\/api\/whoami-v2(\?|$)/.test(url)) return { kind: 'whoami' }
  const api = API.exec(url)
  if (api === null) return { kind: 'closed', what: NOT_OFFERED }
  return apiCall(kindOf(api[1]), api[2] ?? '', url)
}

function kindOf(plural: string | undefined): RepoKind {
  return REPO_KINDS.find((kind) => `${kind}s` === plural) ?? 'model'
}

function resolveCall([, plural, id = '', revision = '', path = '']: RegExpExecArray): HubCall {
  const repo = parseRepo(kindOf(plural), decoded(id))
  const rev = parseRevision(decoded(revision))
  const file = parseRepoPath(path.split('/').map(decoded).join('/'))
  if (!repo.ok) return { kind: 'malformed', what: repo.error }
  if (!rev.ok) return { kind: 'malformed', what: rev.error }
  // A slash that was escaped is part of a name, and no name holds one.
  if (!file.ok || /%2f/i.test(path))
    return { kind: 'malformed', what: file.ok ? 'a name holds an escaped slash' : file.error }
  return { kind: 'resolve', repo: repo.value, revision: rev.value, path: file.value }
}

/** A repository with more behind it than is known here, or no repository at all. */
function noRepo(id: string, problem: string): HubCall {
  const isMore = id.split('/').length > 2 && !/%|\.\./.test(id)
  return isMore ? { kind: 'closed', what: NOT_OFFERED } : { kind: 'malformed', what: problem }
}

function apiCall(kind: RepoKind, rest: string, url: string): HubCall {
  const [, id = '', verb, tail = ''] = API_VERB.exec(rest) ?? []
  const repo = parseRepo(kind, decoded(id))
  if (verb?.includes('xet') === true || rest.includes('xet-read-token'))
    return { kind: 'closed', what: 'bytes come through this firewall only, not by Xet' }
  if (!repo.ok) return noRepo(id, repo.error)
  if (verb === undefined) return { kind: 'info', repo: repo.value, revision: undefined }
  if (verb === 'refs') return { kind: 'refs', repo: repo.value }
  const [first = '', ...more] = tail.split('/')
  // `revision/refs/pr/3`: the rest of the path is one name there, written escaped or not.
  const revision = parseRevision(decoded(verb === 'revision' ? tail : first))
  if (!revision.ok) return { kind: 'malformed', what: revision.error }
  const at = { repo: repo.value, revision: revision.value }
  if (verb === 'revision') return { kind: 'info', ...at }
  if (verb === 'paths-info') return { kind: 'paths-info', ...at }
  return verb === 'tree' ? treeCall(at, more, url) : { kind: 'closed', what: NOT_OFFERED }
}

function treeCall(
  at: { readonly repo: RepoAddress; readonly revision: string },
  parts: readonly string[],
  url: string,
): HubCall {
  const folder = parts.map(decoded).join('/').replace(/\/$/, '')
  const problem = folder === '' ? undefined : parseRepoPath(folder)
  if (problem?.ok === false) return { kind: 'malformed', what: problem.error }
  const query = new URLSearchParams(url.split('?')[1] ?? '')
  return { kind: 'tree', ...at, folder, recursive: /^(true|1)$/i.test(query.get('recursive') ?? '') }
}

/** One escaped part; what cannot be undone stays, and is refused as a name. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return `\0${part}`
  }
}
