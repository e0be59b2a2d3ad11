import type { IncomingMessage, ServerResponse } from 'node:http'
import { SallyportError } from '../../ground/lang/index.ts'
import type { Firewall, HubAnswer, OpenRevision } from '../../services/firewall/index.ts'
import type { Quota } from '../../services/quota/index.ts'
import type { Actor } from '../../services/registry/index.ts'
import { type Refusal, refusalOf, sendJson, sendRefusal } from './answers.ts'
import { entryOf, infoOf, treeOf } from './hub-words.ts'
import { type HubCall, isHubPath, parseHubUrl } from './parse-hub-url.ts'
import { bytesWanted, headersOf, sendFile } from './send-file.ts'

/** Milliseconds. Clients give a HEAD ten seconds (HF_HUB_ETAG_TIMEOUT); the answer must come before. */
const WAIT_FILE_MS = 8_000
/** Milliseconds. Clients put no limit on calls of the API, so a snapshot simply waits for its search. */
const WAIT_API_MS = 600_000
/** Bytes of a body of `paths-info`. */
const MAX_BODY_BYTES = 4 * 2 ** 20
/** Paths of one `paths-info`. */
const MAX_PATHS = 10_000
/** Where the hub stands beside the console, for those who want a path of its own. */
const PREFIX = '/hub'

/** Who may ask. */
export interface HubDeps {
  readonly firewall: Firewall
  /**
   * Whoever sent the request. @param secret what stands behind `Bearer `, or undefined
   * @throws SallyportError `UNAUTHENTICATED`, `FORBIDDEN`, `RATE_LIMITED`
   */
  readonly actorOf: (secret: string | undefined, from: string, request: unknown) => Promise<Actor>
  /** What one principal may take; absent: all they want. */
  readonly quota?: Quota
  /** Takes note of what went wrong; never of a secret. */
  readonly report: (failure: { readonly url: string; readonly cause: unknown }) => void
}

/** A part of a server that speaks a protocol of others. */
export interface HubFace {
  /** Whether a request is for this face, by its URL. */
  matches(url: string): boolean
  handle(request: IncomingMessage, response: ServerResponse): void
}

/** The Hugging Face Hub API over a firewall: what its clients read, and no way round. */
export function createHubFace(deps: HubDeps): HubFace {
  return {
    matches: (url) => url.startsWith(`${PREFIX}/`) || isHubPath(url),
    handle: (request, response) => {
      const url = bareUrl(request)
      answer(deps, { url, request, response }).catch((cause: unknown) => {
        deps.report({ url, cause })
        if (response.headersSent) response.destroy()
        else sendRefusal(response, refusalOf(cause))
      })
    },
  }
}

interface Exchange {
  /** Without the prefix. */
  readonly url: string
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

function bareUrl({ url = '/' }: IncomingMessage): string {
  return url.startsWith(`${PREFIX}/`) ? url.slice(PREFIX.length) : url
}

async function answer(deps: HubDeps, exchange: Exchange): Promise<void> {
  const { url, request, response } = exchange
  const call = parseHubUrl(url)
  const method = request.method ?? 'GET'
  const isReading = method === 'GET' || method === 'HEAD' || (method === 'POST' && call.kind === 'paths-info')
  if (!isReading) return sendRefusal(response, { status: 405, message: 'Sallyport: this hub is for reading' })
  // A page of another site cannot read our answers, but on loopback it could make us fetch for it (OWASP, Fetch Metadata).
  if (/^(cross|same)-site$/.test(String(request.headers['sec-fetch-site'])))
    return sendRefusal(response, { status: 403, message: 'Sallyport: pages of other sites may not ask' })
  if (call.kind === 'malformed')
    return sendRefusal(response, { status: 400, message: `Sallyport: ${call.what}` })
  if (call.kind === 'closed')
    return sendRefusal(response, { status: 404, code: 'EntryNotFound', message: `Sallyport: ${call.what}` })
  const actor = await deps.actorOf(secretOf(request), request.socket.remoteAddress ?? '', { method, url })
  deps.quota?.request(actor.principalId)
  if (call.kind === 'whoami') return sendJson(response, whoIs(actor))
  if (call.kind === 'refs') return sendJson(response, await refs(deps, call.repo))
  await answerAbout(deps, exchange, call, actor)
}

/** Clients of JavaScript insist on tokens that begin with `hf_`: a Sallyport token may stand behind that. */
function secretOf({ headers }: IncomingMessage): string | undefined {
  const found = /^Bearer (?:hf_)?(\S{1,200})$/i.exec(headers.authorization ?? '')
  return headers.authorization === undefined ? undefined : (found?.[1] ?? '')
}

function whoIs({ principalId }: Actor): unknown {
  return { type: 'user', id: principalId, name: principalId, fullname: principalId, orgs: [], auth: {} }
}

async function refs({ firewall }: HubDeps, repo: Parameters<Firewall['refs']>[0]): Promise<unknown> {
  const { branches, tags } = await firewall.refs(repo)
  const shown = (kind: 'heads' | 'tags', list: typeof branches) =>
    list.map(({ name, commit }) => ({ name, ref: `refs/${kind}/${name}`, targetCommit: commit }))
  return { branches: shown('heads', branches), converts: [], tags: shown('tags', tags) }
}

type CallAbout = Exclude<HubCall, { kind: 'whoami' | 'refs' | 'closed' | 'malformed' }>

async function answerAbout(deps: HubDeps, exchange: Exchange, call: CallAbout, actor: Actor): Promise<void> {
  const revision = call.revision ?? 'main'
  const path = call.kind === 'resolve' ? call.path : undefined
  const question = { repo: call.repo, revision, ...(path === undefined ? {} : { path }) }
  const waitMs = call.kind === 'resolve' ? WAIT_FILE_MS : WAIT_API_MS
  const given = await deps.firewall.ask(question, actor, waitMs)
  if (given.kind !== 'open') return sendRefusal(exchange.response, refusalOfAnswer(given, revision))
  const warning = given.warning === undefined ? {} : { 'x-sallyport-warning': given.warning }
  if (call.kind === 'resolve') return resolve(deps, exchange, { ...given, path: call.path, actor, warning })
  const value = await bodyFor(exchange, given.revision, call)
  if (value !== undefined)
    return sendJson(exchange.response, value, { 'x-repo-commit': given.revision.commit, ...warning })
  sendRefusal(exchange.response, {
    status: 404,
    code: 'EntryNotFound',
    message: 'Sallyport: there is no such folder',
  })
}

async function bodyFor(
  { request }: Exchange,
  revision: OpenRevision,
  call: Exclude<CallAbout, { kind: 'resolve' }>,
): Promise<unknown> {
  if (call.kind === 'info') return infoOf(revision)
  if (call.kind === 'tree') return treeOf(revision, call.folder, call.recursive)
  const wanted = new Set(await readPaths(request))
  return revision.files.filter(({ path }) => wanted.has(path)).map(entryOf)
}

/**
 * 404 with `RevisionNotFound` is the one refusal whose reason a Python client prints, with nothing in its cache and with the file
 * there (observed with huggingface_hub 1.29); 503 with `Retry-After` is what it asks again after.
 */
function refusalOfAnswer(given: Exclude<HubAnswer, { kind: 'open' }>, revision: string): Refusal {
  if (given.kind === 'waiting')
    return {
      status: 503,
      message: given.message,
      headers: { 'retry-after': String(given.retryAfterS) },
    }
  if (given.kind === 'missing' && given.what === 'repository')
    return { status: 404, code: 'RepoNotFound', message: given.message }
  const message = given.kind === 'missing' ? `${given.message} (revision ${revision})` : given.message
  return { status: 404, code: 'RevisionNotFound', message }
}

interface Resolved {
  readonly revision: OpenRevision
  readonly path: string
  readonly actor: Actor
  readonly warning: Readonly<Record<string, string>>
}

async function resolve(
  { firewall, quota }: HubDeps,
  { request, response }: Exchange,
  { revision, path, actor, warning }: Resolved,
): Promise<void> {
  const file = revision.files.find((one) => one.path === path)
  if (file === undefined)
    return sendRefusal(response, {
      status: 404,
      code: 'EntryNotFound',
      message: `Sallyport: the repository has no file "${path.slice(0, 200)}" at this revision`,
      headers: { 'x-repo-commit': revision.commit },
    })
  const headers = { ...headersOf(revision, file), ...warning }
  if (request.method === 'HEAD') {
    response.writeHead(200, { ...headers, 'content-length': String(file.size) })
    response.end()
    return
  }
  quota?.bytes(actor.principalId, bytesWanted(request, file.size, String(headers.etag)))
  await sendFile(request, response, {
    path: firewall.release(revision, file, actor),
    size: file.size,
    headers,
  })
}

/** The paths of a `paths-info`, as a form or as JSON. @throws SallyportError `BAD_INPUT`, `TOO_LARGE` */
async function readPaths(request: IncomingMessage): Promise<readonly string[]> {
  const parts: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY_BYTES)
      throw new SallyportError('BAD_INPUT', `the list of paths is longer than ${MAX_BODY_BYTES} bytes`)
    parts.push(chunk)
  }
  const text = Buffer.concat(parts).toString('utf8')
  const isForm = /urlencoded/i.test(request.headers['content-type'] ?? '')
  const paths = isForm ? new URLSearchParams(text).getAll('paths') : pathsOfJson(text)
  if (paths.length > MAX_PATHS)
    throw new SallyportError('BAD_INPUT', `more than ${MAX_PATHS} paths are asked for`)
  return paths
}

function pathsOfJson(text: string): readonly string[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new SallyportError('BAD_INPUT', 'the list of paths is no JSON', { cause })
  }
  const { paths } = (typeof value === 'object' && value !== null ? value : {}) as { paths?: unknown }
  const list = typeof paths === 'string' ? [paths] : paths
  if (!Array.isArray(list) || !list.every((path) => typeof path === 'string'))
    throw new SallyportError('BAD_INPUT', 'the list of paths is none')
  return list
}
