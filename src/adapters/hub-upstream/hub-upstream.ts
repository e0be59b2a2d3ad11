import { SallyportError } from '../../ground/lang/index.ts'
import {
  type Download,
  type HubFile,
  type HubRef,
  type HubRefs,
  type HubUpstream,
  nameOfRepo,
  type RepoAddress,
} from '../../services/firewall/index.ts'
import { hostOf, type PeerAnswer, readJson } from './read-bounded.ts'
import { readInfo, readTreePage } from './read-revision.ts'

/** Bytes of one answer in JSON; the info of the largest repositories has 4 MiB. */
const MAX_JSON_BYTES = 32 * 2 ** 20
/** Files of one revision, and pages of their list. */
const MAX_FILES = 100_000
const MAX_PAGES = 400
/** Branches or tags of one repository. */
const MAX_REFS = 10_000

/** Asks the world outside. */
export interface Outbound {
  ask(request: {
    readonly url: string
    readonly headers?: Readonly<Record<string, string>>
    readonly secretHeaders?: Readonly<Record<string, string>>
    readonly signal: AbortSignal
  }): Promise<PeerAnswer>
}

/**
 * A hub that speaks the Hugging Face Hub API. Xet is never asked for, so all bytes come through `resolve`.
 * @param options `endpoint` as a client's HF_ENDPOINT; `token` for gated and private repositories, sent to that host only
 */
export function createHubUpstream(options: {
  readonly endpoint: string
  readonly http: Outbound
  readonly token?: string
}): HubUpstream {
  const base = options.endpoint.replace(/\/+$/, '')
  const secretHeaders = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }
  const ask = async (path: string, signal: AbortSignal, headers: Readonly<Record<string, string>> = {}) => {
    const url = path.startsWith(base) ? path : `${base}${path}`
    const answer = await options.http.ask({
      url,
      headers: { 'accept-encoding': 'identity', 'user-agent': 'sallyport', ...headers },
      secretHeaders,
      signal,
    })
    if (answer.status === 200 || answer.status === 206) return answer
    answer.discard()
    throw problemOf(answer)
  }
  const json = async (path: string, signal: AbortSignal) => {
    const answer = await ask(path, signal, { accept: 'application/json' })
    return { value: await readJson(answer, MAX_JSON_BYTES), link: answer.headers.link }
  }
  const info = async (repo: RepoAddress, revision: string, signal: AbortSignal) =>
    readInfo((await json(`${apiOf(repo)}/revision/${encodeURIComponent(revision)}`, signal)).value)
  return {
    label: new URL(base).host,
    commitOf: async (repo, revision, signal) => (await info(repo, revision, signal)).commit,
    revision: async (repo, commit, signal) => {
      const { commit: stated, facts } = await info(repo, commit, signal)
      return { commit: stated, facts, files: await tree(json, { base, repo, commit }, signal) }
    },
    refs: async (repo, signal) => readRefs((await json(`${apiOf(repo)}/refs`, signal)).value),
    download: async (repo, commit, { path, from }, signal) => {
      const prefix = repo.kind === 'model' ? '' : `/${repo.kind}s`
      const at = `${prefix}/${repo.id}/resolve/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`
      const answer = await ask(at, signal, from === 0 ? {} : { range: `bytes=${from}-` })
      return downloadOf(answer, from)
    },
  }
}

function apiOf({ kind, id }: RepoAddress): string {
  return `/api/${kind}s/${id}`
}

type AskJson = (
  path: string,
  signal: AbortSignal,
) => Promise<{ readonly value: unknown; readonly link: string | undefined }>

async function tree(
  json: AskJson,
  { base, repo, commit }: { readonly base: string; readonly repo: RepoAddress; readonly commit: string },
  signal: AbortSignal,
): Promise<readonly HubFile[]> {
  const files: HubFile[] = []
  const seen = new Set<string>()
  let at: string | undefined = `${apiOf(repo)}/tree/${commit}?recursive=true&expand=false`
  for (let page = 0; at !== undefined; page += 1) {
    if (page === MAX_PAGES || files.length > MAX_FILES)
      throw new SallyportError('TOO_LARGE', `${nameOfRepo(repo)} has more than ${MAX_FILES} files`)
    const { value, link } = await json(at, signal)
    for (const file of readTreePage(value)) {
      if (seen.has(file.path))
        throw new SallyportError('PEER_FAILED', `the hub lists "${file.path.slice(0, 120)}" twice`)
      seen.add(file.path)
      files.push(file)
    }
    at = nextOf(link, base)
  }
  return files
}

/** `Link: <…>; rel="next"` (RFC 8288); a page elsewhere is not followed. */
function nextOf(link: string | undefined, base: string): string | undefined {
  const next = link === undefined ? undefined : /<([^>]{1,4000})>;\s*rel="next"/.exec(link)?.[1]
  if (next === undefined) return undefined
  const url = new URL(next, `${base}/`)
  const root = new URL(base)
  if (url.origin !== root.origin) throw new SallyportError('PEER_FAILED', 'the hub lists its files elsewhere')
  // A hub behind a path prefix may or may not write the prefix into its links.
  const prefix = root.pathname.replace(/\/$/, '')
  const path = url.pathname.startsWith(`${prefix}/`) ? url.pathname.slice(prefix.length) : url.pathname
  return `${path}${url.search}`
}

function readRefs(value: unknown): HubRefs {
  const record = (typeof value === 'object' && value !== null ? value : {}) as Readonly<
    Record<string, unknown>
  >
  const list = (part: unknown): readonly HubRef[] =>
    (Array.isArray(part) ? part.slice(0, MAX_REFS) : []).flatMap((item: unknown) => {
      const { name, targetCommit } = (item ?? {}) as Readonly<Record<string, unknown>>
      const isRef = typeof name === 'string' && /^[\w./+@=-]{1,255}$/.test(name)
      return isRef && typeof targetCommit === 'string' && /^[0-9a-f]{40}$/.test(targetCommit)
        ? [{ name, commit: targetCommit }]
        : []
    })
  return { branches: list(record.branches), tags: list(record.tags) }
}

function downloadOf(answer: PeerAnswer, from: number): Download {
  if (answer.status === 200) return { from: 0, chunks: answer.body }
  const start = Number(/^bytes (\d{1,15})-/.exec(answer.headers['content-range'] ?? '')?.[1] ?? Number.NaN)
  if (start === from) return { from, chunks: answer.body }
  answer.discard()
  throw new SallyportError('PEER_FAILED', `${hostOf(answer)} answered with another range than was asked for`)
}

function problemOf(answer: PeerAnswer): SallyportError {
  const { status, headers } = answer
  const host = hostOf(answer)
  const said = (headers['x-error-message'] ?? '').replaceAll(/[^\x20-\x7e]+/g, ' ').slice(0, 200)
  const words = said === '' ? '' : `: ${said}`
  if (status === 404) return new SallyportError('NOT_FOUND', `${host} has nothing of that name${words}`)
  if (status === 401 || status === 403)
    return new SallyportError(
      'FORBIDDEN',
      `${host} does not give it to this server (gated or private)${words}`,
    )
  return new SallyportError('PEER_FAILED', `${host} answered with status ${status}${words}`)
}
