import type { IncomingMessage, ServerResponse } from 'node:http'
import { SallyportError } from '../../ground/lang/index.ts'
import type { Firewall, OpenFile, OpenRevision } from '../../services/firewall/index.ts'
import { LATEST, pullAddressOf } from '../../services/mirror/index.ts'
import type { Quota } from '../../services/quota/index.ts'
import type { Actor } from '../../services/registry/index.ts'
import { refusalOf, refusalOfAnswer, sendRefusal } from './answers.ts'
import { type PullCall, parsePullUrl } from './parse-pull-url.ts'
import { maxKeysOf, type ShownListing, showListing } from './show-listing.ts'

/** Milliseconds. The SDKs of AWS give up after sixty seconds without an answer; curl and wget wait. */
const WAIT_MS = 45_000
/** Milliseconds for a page of a listing. */
const LIST_MS = 20_000

/** A web server or bucket, as the face knows it. */
export interface PullSource {
  /** Folders that name a model; 0 where each file is one. */
  readonly depth: number
  /** One page of names; absent where a source has none. */
  readonly list?: (
    wanted: {
      readonly prefix: string
      readonly delimiter?: string
      readonly after?: string
      readonly max?: number
    },
    signal: AbortSignal,
  ) => Promise<ShownListing>
}

/** What the face stands on. */
export interface PullDeps {
  readonly firewall: Firewall
  readonly sources: ReadonlyMap<string, PullSource>
  /**
   * Whoever sent the request. @param secret a token, or undefined
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
export interface PullFace {
  matches(url: string): boolean
  handle(request: IncomingMessage, response: ServerResponse): void
}

/** Files of web servers and buckets by plain HTTP, and as much of S3 as `GetObject`, `HeadObject` and `ListObjectsV2` need. */
export function createPullFace(deps: PullDeps): PullFace {
  return {
    matches: (url) => url.startsWith('/pull/'),
    handle: (request, response) => {
      const { url = '/' } = request
      answer(deps, { url, request, response }).catch((cause: unknown) => {
        deps.report({ url, cause })
        if (response.headersSent) response.destroy()
        else sendRefusal(request, response, refusalOf(cause))
      })
    },
  }
}

interface Exchange {
  readonly url: string
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

async function answer(deps: PullDeps, { url, request, response }: Exchange): Promise<void> {
  const { method = 'GET' } = request
  if (method !== 'GET' && method !== 'HEAD')
    return sendRefusal(request, response, {
      ...{ status: 405, code: 'MethodNotAllowed', headers: { allow: 'GET, HEAD' } },
      message: 'Sallyport: this place is for reading',
    })
  // A page of another site cannot read our answers, but on loopback it could make us fetch for it (OWASP, Fetch Metadata).
  if (/^(cross|same)-site$/.test(String(request.headers['sec-fetch-site'])))
    throw new SallyportError('FORBIDDEN', 'pages of other sites may not ask')
  const call = parsePullUrl(url)
  const actor = await deps.actorOf(secretOf(request), request.socket.remoteAddress ?? '', { method, url })
  deps.quota?.request(actor.principalId)
  if (call.kind === 'malformed') throw new SallyportError('BAD_INPUT', call.what)
  const source = deps.sources.get(call.source)
  if (source === undefined) {
    const known = deps.sources.size === 0 ? 'none is set' : `known are ${[...deps.sources.keys()].join(', ')}`
    throw new SallyportError(
      'NOT_FOUND',
      `"${call.source.slice(0, 80)}" is no source of this server; ${known}`,
    )
  }
  if (call.kind === 'list') return list(source, { url, request, response }, call)
  await file(deps, { url, request, response }, { call, source, actor })
}

/** A token, as itself or as the session token of S3's credentials: those are sent as they are, and their signature proves nothing here. */
function secretOf({ headers }: IncomingMessage): string | undefined {
  const session = headers['x-amz-security-token']
  if (typeof session === 'string') return session.slice(0, 200)
  const { authorization } = headers
  if (authorization === undefined || authorization.startsWith('AWS4-')) return undefined
  return /^Bearer (\S{1,200})$/i.exec(authorization)?.[1] ?? ''
}

async function list(
  source: PullSource,
  { request, response }: Exchange,
  call: PullCall & { kind: 'list' },
): Promise<void> {
  if (source.list === undefined)
    throw new SallyportError('NOT_FOUND', `"${call.source}" is no bucket, and lists nothing`)
  const { query } = call
  const delimiter = query.get('delimiter')
  const after = query.get('continuation-token')
  const wanted = {
    ...{ prefix: query.get('prefix') ?? '', max: maxKeysOf(query) },
    ...(delimiter === null || delimiter === '' ? {} : { delimiter }),
    ...(after === null ? {} : { after }),
  }
  const body = Buffer.from(showListing(await source.list(wanted, AbortSignal.timeout(LIST_MS)), call))
  response.writeHead(200, {
    'content-type': 'application/xml',
    'content-length': String(body.length),
    'cache-control': 'no-store',
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

interface Wanted {
  readonly call: PullCall & { kind: 'file' }
  readonly source: PullSource
  readonly actor: Actor
}

async function file(
  deps: PullDeps,
  { request, response }: Exchange,
  { call, source, actor }: Wanted,
): Promise<void> {
  const { firewall, sendFile, quota, bytesWanted } = deps
  const address = pullAddressOf(call.source, call.path, source.depth)
  if (!address.ok) throw new SallyportError('BAD_INPUT', address.error)
  const { id, file: path } = address.value
  const question = { repo: { kind: 'model', id }, revision: call.version ?? LATEST, path } as const
  const given = await firewall.ask(question, actor, WAIT_MS)
  if (given.kind !== 'open') return sendRefusal(request, response, refusalOfAnswer(given))
  const found = given.revision.files.find((one) => one.path === path)
  if (found === undefined)
    throw new SallyportError('NOT_FOUND', `the model has no file "${path.slice(0, 200)}"`)
  const warning = given.warning === undefined ? {} : { 'x-sallyport-warning': given.warning }
  const headers = { ...headersOf(given.revision, found), ...warning }
  if (request.method === 'HEAD') {
    response.writeHead(200, { ...headers, 'content-length': String(found.size) })
    response.end()
    return
  }
  quota?.bytes(actor.principalId, bytesWanted(request, found.size, headers.etag))
  await sendFile(request, response, {
    path: firewall.release(given.revision, found, actor),
    size: found.size,
    headers,
  })
}

function headersOf(revision: OpenRevision, one: OpenFile) {
  const time = new Date(revision.facts.lastModified ?? revision.askedAt)
  return {
    'accept-ranges': 'bytes',
    'content-type': 'application/octet-stream',
    'x-content-type-options': 'nosniff',
    etag: `"${one.sha256}"`,
    'last-modified': time.toUTCString(),
    'x-sallyport-digest': revision.digest,
    'x-sallyport-version': revision.commit,
  }
}
