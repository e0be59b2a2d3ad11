import type { IncomingMessage, ServerResponse } from 'node:http'
import { SallyportError } from '../../ground/lang/index.ts'
import type { Firewall, HubAnswer, OpenFile, OpenRevision } from '../../services/firewall/index.ts'
import { blobName, type OciReference } from '../../services/mirror/index.ts'
import type { Quota } from '../../services/quota/index.ts'
import type { Actor } from '../../services/registry/index.ts'
import { refusalOf, refusalOfAnswer, sendRefusal } from './answers.ts'
import { type OciCall, parseOciUrl } from './parse-oci-url.ts'

/** Milliseconds. Clients of registries put no limit on an answer, but what stands between may: then they ask again. */
const WAIT_MS = 45_000
/** Manifests of a repository that are asked whether a blob may leave with them. */
const MAX_HOLDERS = 50

/** What the face stands on. */
export interface OciDeps {
  readonly firewall: Firewall
  /** Commits of a repository that hold a blob, the last changed first. */
  readonly holdersOf: (name: string, sha256: string, limit: number) => readonly string[]
  /** The media type of a manifest that is held. */
  readonly mediaTypeOf: (sha256: string) => Promise<string>
  /**
   * Whoever sent the request. @param secret what stands behind `Bearer `, or the password of `Basic `; undefined for neither
   * @throws SallyportError `UNAUTHENTICATED`, `FORBIDDEN`, `RATE_LIMITED`
   */
  readonly actorOf: (secret: string | undefined, from: string, request: unknown) => Promise<Actor>
  /** Sends a stored file, or the range of it that was asked for. */
  readonly sendFile: (
    request: IncomingMessage,
    response: ServerResponse,
    sent: {
      readonly path: string
      readonly size: number
      readonly headers: Readonly<Record<string, string>>
    },
  ) => Promise<void>
  /** What one principal may take; absent: all they want. */
  readonly quota?: Quota
  /** Bytes of the answer to a request for a file, or for a range of it. */
  readonly bytesWanted: (request: IncomingMessage, size: number, etag: string) => number
  /** Takes note of what went wrong; never of a secret. */
  readonly report: (failure: { readonly url: string; readonly cause: unknown }) => void
}

/** A part of a server that speaks a protocol of others. */
export interface OciFace {
  matches(url: string): boolean
  handle(request: IncomingMessage, response: ServerResponse): void
}

/** The half of a registry that pulls, over a firewall: manifests and blobs that were searched and allowed, and no way round. */
export function createOciFace(deps: OciDeps): OciFace {
  return {
    matches: (url) => /^\/v2(\/|\?|$)/.test(url),
    handle: (request, response) => {
      const { url = '/' } = request
      answer(deps, { url, request, response }).catch((cause: unknown) => {
        deps.report({ url, cause })
        if (response.headersSent) response.destroy()
        else sendRefusal(response, refusalOf(cause))
      })
    },
  }
}

interface Exchange {
  readonly url: string
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

async function answer(deps: OciDeps, exchange: Exchange): Promise<void> {
  const { url, request, response } = exchange
  const { method = 'GET' } = request
  if (method !== 'GET' && method !== 'HEAD')
    return sendRefusal(response, {
      ...{ status: 405, code: 'UNSUPPORTED', headers: { allow: 'GET, HEAD' } },
      message: 'Sallyport: this registry is for pulling; push to the one behind it',
    })
  // A page of another site cannot read our answers, but on loopback it could make us fetch for it (OWASP, Fetch Metadata).
  if (/^(cross|same)-site$/.test(String(request.headers['sec-fetch-site'])))
    return sendRefusal(response, {
      status: 403,
      code: 'DENIED',
      message: 'Sallyport: pages of other sites may not ask',
    })
  const call = parseOciUrl(url)
  const actor = await deps.actorOf(secretOf(request), request.socket.remoteAddress ?? '', { method, url })
  deps.quota?.request(actor.principalId)
  await answerCall(deps, exchange, call, actor)
}

async function answerCall(deps: OciDeps, exchange: Exchange, call: OciCall, actor: Actor): Promise<void> {
  const { response } = exchange
  switch (call.kind) {
    case 'base':
      return sendJson(exchange, {})
    case 'malformed':
      return sendRefusal(response, { status: 400, code: call.code, message: `Sallyport: ${call.what}` })
    case 'closed':
      return sendRefusal(response, {
        ...{ status: 404, code: 'UNSUPPORTED' },
        message: 'Sallyport: manifests, blobs and tags are offered here, and nothing else',
      })
    case 'tags':
      return tags(deps, exchange, call)
    case 'manifest':
      return manifest(deps, exchange, call, actor)
    case 'blob':
      return blob(deps, exchange, call, actor)
  }
}

/** `docker login` and its kin send a name, which does not matter, and a password, which is a token. */
function secretOf({ headers }: IncomingMessage): string | undefined {
  const { authorization } = headers
  if (authorization === undefined) return undefined
  const bearer = /^Bearer (\S{1,200})$/i.exec(authorization)?.[1]
  const basic = /^Basic ([A-Za-z0-9+/=]{1,800})$/i.exec(authorization)?.[1]
  const pair = basic === undefined ? '' : Buffer.from(basic, 'base64').toString('utf8')
  return bearer ?? pair.slice(pair.indexOf(':') + 1)
}

async function tags(
  { firewall }: OciDeps,
  exchange: Exchange,
  call: OciCall & { kind: 'tags' },
): Promise<void> {
  const found = await firewall.refs({ kind: 'model', id: call.name })
  const names = found.tags.map(({ name }) => name).filter((name) => name > call.after)
  const page = names.sort().slice(0, call.limit)
  const last = page.at(-1)
  const isCut = page.length < names.length && last !== undefined
  const link = `</v2/${call.name}/tags/list?n=${call.limit}&last=${last}>; rel="next"`
  sendJson(exchange, { name: call.name, tags: page }, isCut ? { link } : {})
}

async function manifest(
  deps: OciDeps,
  exchange: Exchange,
  { name, reference }: OciCall & { kind: 'manifest' },
  actor: Actor,
): Promise<void> {
  const given = await deps.firewall.ask(
    { repo: { kind: 'model', id: name }, revision: revisionOf(reference) },
    actor,
    WAIT_MS,
  )
  if (given.kind !== 'open') return sendRefusal(exchange.response, refusalOfAnswer(given))
  const { commit } = given.revision
  await send(deps, exchange, { ...given, sha256: commit, actor, type: await deps.mediaTypeOf(commit) })
}

function revisionOf(reference: OciReference): string {
  return reference.kind === 'digest' ? reference.sha256 : reference.tag
}

/** A blob leaves when any manifest of its repository that holds it may leave. */
async function blob(
  deps: OciDeps,
  exchange: Exchange,
  { name, sha256 }: OciCall & { kind: 'blob' },
  actor: Actor,
): Promise<void> {
  let refused: Exclude<HubAnswer, { kind: 'open' }> | undefined
  for (const commit of deps.holdersOf(name, sha256, MAX_HOLDERS)) {
    const question = { repo: { kind: 'model', id: name }, revision: commit, path: blobName(sha256) } as const
    const given = await deps.firewall.ask(question, actor, WAIT_MS)
    if (given.kind === 'open')
      return send(deps, exchange, { ...given, sha256, actor, type: 'application/octet-stream' })
    refused ??= given
  }
  if (refused !== undefined) return sendRefusal(exchange.response, refusalOfAnswer(refused))
  const message = 'Sallyport: no manifest that was asked for here holds this blob; ask for the manifest first'
  sendRefusal(exchange.response, { status: 404, code: 'BLOB_UNKNOWN', message })
}

interface Sent {
  readonly revision: OpenRevision
  readonly sha256: string
  readonly actor: Actor
  readonly type: string
  readonly warning?: string
}

async function send(
  { firewall, sendFile, quota, bytesWanted }: OciDeps,
  { request, response }: Exchange,
  { revision, sha256, actor, type, warning }: Sent,
): Promise<void> {
  const file = revision.files.find(({ path }) => path === blobName(sha256))
  if (file === undefined) throw new SallyportError('STORE_FAILED', `sha256:${sha256} is not held`)
  const headers = { ...headersOf(revision, file, type), ...warningOf(warning) }
  if (request.method === 'HEAD') {
    response.writeHead(200, { ...headers, 'content-length': String(file.size) })
    response.end()
    return
  }
  quota?.bytes(actor.principalId, bytesWanted(request, file.size, headers.etag))
  await sendFile(request, response, {
    path: firewall.release(revision, file, actor),
    size: file.size,
    headers,
  })
}

function headersOf(revision: OpenRevision, file: OpenFile, type: string) {
  return {
    'accept-ranges': 'bytes',
    'content-type': type,
    'docker-content-digest': `sha256:${file.sha256}`,
    'docker-distribution-api-version': 'registry/2.0',
    etag: `"sha256:${file.sha256}"`,
    'x-sallyport-digest': revision.digest,
  }
}

/** oras prints warnings of this shape (distribution-spec 1.1, "Warnings"). */
function warningOf(warning: string | undefined): Record<string, string> {
  return warning === undefined
    ? {}
    : { warning: `299 - "${warning.replaceAll(/["\\]/g, "'")}"`, 'x-sallyport-warning': warning }
}

function sendJson(
  { request, response }: Exchange,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = Buffer.from(JSON.stringify(value))
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': String(body.length),
    'docker-distribution-api-version': 'registry/2.0',
    'cache-control': 'no-store',
    ...headers,
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}
