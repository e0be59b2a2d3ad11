import { lookup as dnsLookup, type LookupAddress } from 'node:dns'
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { SallyportError } from '../../ground/lang/index.ts'
import { isPrivateAddress } from './refuse-address.ts'

/** Redirects of one request: a hub needs two. */
const MAX_REDIRECTS = 5
/** Milliseconds without a byte after which a peer is given up. */
const IDLE_MS = 30_000
/** Bytes of all headers of an answer. */
const MAX_HEADER_BYTES = 64 * 1024
/** Connections to one host. */
const MAX_SOCKETS = 16

/** What to ask. */
export interface OutboundRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent to the host of `url` only, and to no other that a redirect names. */
  readonly secretHeaders?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  readonly signal: AbortSignal
}

/** An answer whose body has not been read; it must be read to its end, or discarded. */
export interface OutboundAnswer {
  readonly status: number
  /** Lower-case names; of a repeated one the values joined by commas. */
  readonly headers: Readonly<Record<string, string>>
  /** Where the answer came from, after redirects. */
  readonly url: string
  readonly body: AsyncIterable<Uint8Array>
  discard(): void
}

/** Requests to the world outside that cannot be led into our own network. */
export interface GuardedHttp {
  /** @throws SallyportError `FORBIDDEN` for an address that may not be asked, `PEER_FAILED`, `ABORTED`, `BAD_INPUT` */
  ask(request: OutboundRequest): Promise<OutboundAnswer>
  close(): void
}

/**
 * The address of every connection is checked after the name was resolved and at the moment of connecting, so that a name that
 * changes its answer leads nowhere else (DNS rebinding). Redirects are followed here, each checked like the first.
 * @param options `trusted`: origins (`http://host:port`) that an administrator named, which may be private and without TLS
 */
export function createGuardedHttp(options: { readonly trusted: readonly string[] }): GuardedHttp {
  const trusted = new Set(options.trusted.map((url) => new URL(url).origin))
  const agents = {
    open: { http: new HttpAgent(pool()), https: new HttpsAgent(pool()) },
    guarded: {
      http: new HttpAgent({ ...pool(), lookup: publicOnly }),
      https: new HttpsAgent({ ...pool(), lookup: publicOnly }),
    },
  }
  const once = (url: URL, request: OutboundRequest, isFirst: boolean) => {
    const isTrusted = trusted.has(url.origin)
    const problem = isTrusted ? undefined : problemOfUrl(url)
    if (problem !== undefined) throw new SallyportError('FORBIDDEN', `${url.origin} ${problem}`)
    const agent = (isTrusted ? agents.open : agents.guarded)[url.protocol === 'https:' ? 'https' : 'http']
    return send(url, request, { agent, withSecrets: isFirst })
  }
  return {
    close: () => {
      for (const { http, https } of Object.values(agents)) {
        http.destroy()
        https.destroy()
      }
    },
    ask: async (request) => {
      let url = parseUrl(request.url)
      const { origin } = url
      for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
        const answer = await once(url, request, url.origin === origin)
        const location = answer.headers.location
        if (!isRedirect(answer.status) || location === undefined) return answer
        answer.discard()
        url = parseUrl(location, url)
      }
      throw new SallyportError('PEER_FAILED', `${origin} redirects more than ${MAX_REDIRECTS} times`)
    },
  }
}

function pool() {
  return { keepAlive: true, maxSockets: MAX_SOCKETS, timeout: IDLE_MS }
}

function parseUrl(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href) ?? undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new SallyportError('BAD_INPUT', `"${text.slice(0, 120)}" is no address on the web`)
  return url
}

/** Addresses written as numbers never pass the lookup, so they are judged here. */
function problemOfUrl(url: URL): string | undefined {
  if (url.protocol !== 'https:') return 'is not asked without TLS: it is not among the hosts that were named'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && isPrivateAddress(host)) return 'is an address of a private network'
  return undefined
}

/** Resolves a name and refuses it when any of its addresses is private: the connection uses the very answer that was checked. */
const publicOnly: LookupFunction = (hostname, options, done) => {
  dnsLookup(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
    if (error !== null) return done(error, '')
    if (found.length === 0 || found.some(({ address }) => isPrivateAddress(address)))
      return done(
        new SallyportError(
          'FORBIDDEN',
          `${hostname} has an address of a private network`,
        ) as NodeJS.ErrnoException,
        '',
      )
    const [first] = found
    return options.all === true ? done(null, found) : done(null, first?.address ?? '', first?.family)
  })
}

interface Wire {
  readonly agent: HttpAgent | HttpsAgent
  readonly withSecrets: boolean
}

function send(url: URL, request: OutboundRequest, { agent, withSecrets }: Wire): Promise<OutboundAnswer> {
  const { method = 'GET', headers, secretHeaders, body, signal } = request
  return new Promise((resolve, reject) => {
    const ask = url.protocol === 'https:' ? httpsRequest : httpRequest
    const outgoing = ask(
      url,
      {
        method,
        agent,
        signal,
        maxHeaderSize: MAX_HEADER_BYTES,
        headers: { ...headers, ...(withSecrets ? secretHeaders : {}) },
      },
      (incoming) => resolve(answerOf(url, incoming, signal)),
    )
    outgoing.setTimeout(IDLE_MS, () => outgoing.destroy(new Error(`no answer for ${IDLE_MS} ms`)))
    outgoing.on('error', (cause) => reject(failed(url, cause, signal)))
    outgoing.end(body)
  })
}

function answerOf(url: URL, incoming: IncomingMessage, signal: AbortSignal): OutboundAnswer {
  incoming.setTimeout(IDLE_MS, () => incoming.destroy(new Error(`no byte for ${IDLE_MS} ms`)))
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  return {
    status: incoming.statusCode ?? 0,
    headers,
    url: url.href,
    body: chunksOf(url, incoming, signal),
    discard: () => incoming.destroy(),
  }
}

/** An answer that stops before its stated end throws: `aborted` is no end. */
async function* chunksOf(
  url: URL,
  incoming: IncomingMessage,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of incoming) yield chunk as Uint8Array
  } catch (cause) {
    throw failed(url, cause as Error, signal)
  }
}

function failed(url: URL, cause: Error, signal: AbortSignal): SallyportError {
  if (cause instanceof SallyportError) return cause
  if (signal.aborted && signal.reason?.name !== 'TimeoutError')
    return new SallyportError('ABORTED', `the request to ${url.host} was aborted`, { cause })
  const why = signal.aborted ? 'did not answer in time' : cause.message
  return new SallyportError('PEER_FAILED', `${url.host}: ${why}`, { cause })
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308
}
