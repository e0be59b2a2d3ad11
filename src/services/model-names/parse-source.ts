import { problemOfName } from '../../ground/domain/index.ts'
import { fail, ok, type Result } from '../../ground/lang/index.ts'

/** Characters of a source. MLflow's own column holds 500; longer ones are no addresses. */
const MAX_SOURCE = 2000
/** Times that percent signs are undone: whoever escapes oftener hides something (MLflow advisories of 2023 and 2024). */
const MAX_UNESCAPES = 4

/** Where the bytes of a version come from. */
export type Source =
  | { readonly kind: 'artifacts'; readonly path: string }
  | { readonly kind: 'run'; readonly runId: string; readonly path: string }
  | { readonly kind: 'version'; readonly name: string; readonly version: number }
  | { readonly kind: 'alias'; readonly name: string; readonly alias: string }
  | { readonly kind: 'logged-model'; readonly modelId: string }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'web'; readonly url: string }

/**
 * A source as a client wrote it: `mlflow-artifacts:/…`, `runs:/…`, `models:/…`, an absolute path or `file:`, `https:`. Whether a
 * folder or an address is allowed is for the settings to say; here it is only understood. Everything else is refused.
 */
export function parseSource(text: string): Result<Source> {
  if (text === '' || text.length > MAX_SOURCE) return fail(`a source has 1 to ${MAX_SOURCE} characters`)
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase()
  if (scheme === undefined)
    return text.startsWith('/') ? folder(text) : fail(`the source "${shown(text)}" is relative`)
  const rest = text.slice(scheme.length + 1)
  switch (scheme) {
    case 'mlflow-artifacts':
      return artifacts(rest)
    case 'runs':
      return run(rest)
    case 'models':
      return model(rest)
    case 'file':
      return folder(rest.replace(/^\/\/(?=\/)/, ''))
    case 'http':
    case 'https':
      return web(text)
    default:
      return fail(
        `sources of the kind "${scheme}:" are not taken; log the model to this registry's artifact store`,
      )
  }
}

/** A path of the artifact store from outside, with every escape undone; it never leaves the store. */
export function parseArtifactPath(text: string): Result<string> {
  const path = unescaped(text)
  if (path === undefined) return fail(`the path "${shown(text)}" cannot be read: its escapes do not end`)
  const bare = path.replace(/^\/+|\/+$/g, '')
  if (bare === '') return ok('')
  // What a client's library takes for the start of a query or a fragment would name another file there than here.
  if (/[?#]/.test(bare)) return fail(`the path "${shown(text)}" holds "?" or "#"`)
  const problem = problemOfName(bare)
  return problem === undefined ? ok(bare) : fail(problem)
}

function artifacts(rest: string): Result<Source> {
  if (rest.startsWith('//')) {
    const [, host, path] = /^\/\/([^/]*)(\/.*)?$/s.exec(rest) ?? []
    if (host !== '') return fail('a source of mlflow-artifacts: may not name a host; leave it out')
    return artifacts(path ?? '/')
  }
  const path = parseArtifactPath(rest)
  if (!path.ok) return path
  return path.value === ''
    ? fail('the source names the whole artifact store')
    : ok({ kind: 'artifacts', path: path.value })
}

function run(rest: string): Result<Source> {
  const path = parseArtifactPath(rest)
  if (!path.ok) return path
  const [runId = '', ...more] = path.value.split('/')
  if (!/^[a-zA-Z0-9][\w-]{0,255}$/.test(runId)) return fail('write a source of a run as runs:/RUN_ID/path')
  return ok({ kind: 'run', runId, path: more.join('/') })
}

function model(rest: string): Result<Source> {
  const path = parseArtifactPath(rest)
  if (!path.ok) return path
  const [first = '', second, ...more] = path.value.split('/')
  if (more.length > 0 || first === '') return fail('write a source of a version as models:/NAME/VERSION')
  if (second !== undefined)
    return /^\d{1,9}$/.test(second)
      ? ok({ kind: 'version', name: first, version: Number(second) })
      : fail(`"${shown(second)}" is no version; a source names one, for a stage moves`)
  const at = first.lastIndexOf('@')
  if (at > 0) return ok({ kind: 'alias', name: first.slice(0, at), alias: first.slice(at + 1) })
  return ok({ kind: 'logged-model', modelId: first })
}

function folder(text: string): Result<Source> {
  const path = unescaped(text)
  if (path?.startsWith('/') !== true || path.startsWith('//') || path.includes('\0'))
    return fail(`the source "${shown(text)}" is no absolute path`)
  if (path.split('/').some((part) => part === '..')) return fail(`the source "${shown(text)}" holds ".."`)
  return ok({ kind: 'folder', path })
}

function web(text: string): Result<Source> {
  const url = URL.parse(text)
  if (url === null || url.username !== '' || url.password !== '')
    return fail(`the source "${shown(text)}" is no address on the web`)
  return ok({ kind: 'web', url: url.href })
}

function unescaped(text: string): string | undefined {
  let now = text
  for (let turn = 0; turn < MAX_UNESCAPES; turn += 1) {
    let next: string
    try {
      next = decodeURIComponent(now)
    } catch {
      return undefined
    }
    if (next === now) return now
    now = next
  }
  return undefined
}

function shown(text: string): string {
  return text.slice(0, 120)
}
