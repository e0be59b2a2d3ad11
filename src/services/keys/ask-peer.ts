import { SallyportError } from '../../ground/lang/index.ts'

/** The shape of `fetch`, which comes in as a dependency. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** One question to a service over HTTP. */
export interface PeerQuestion {
  /** Who is asked and for what, for messages: `Vault at https://… (read the key)`. Never a secret. */
  readonly what: string
  readonly url: string
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** Statuses that are an answer; any other is a failure. 200 when absent. */
  readonly accept?: readonly number[]
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

/** Bytes. Keys, signatures and timestamps are far below; an answer that does not end is an attack (CWE-770). */
const MAX_ANSWER_BYTES = 1024 * 1024
/** Milliseconds. An engine behind an HSM may take seconds, never this long. */
const TIMEOUT_MS = 15_000
/** Characters of a refusal that are shown. */
const MAX_SHOWN = 300
/** Characters. Tokens and session keys are longer; media types and the like may be shown. */
const MIN_SECRET = 8

/**
 * Asks and reads the whole answer, bounded in time and size. Redirects are refused: a signed request or a token goes to
 * the service that was named and to nobody else.
 * @throws SallyportError `PEER_FAILED` naming who was asked; `ABORTED`; `BAD_CONFIG` for plain HTTP beyond this machine
 */
export async function askPeer(fetch: Fetch, question: PeerQuestion): Promise<Uint8Array> {
  const { what, url, method, headers, body } = question
  const timeout = AbortSignal.timeout(question.timeoutMs ?? TIMEOUT_MS)
  const signal = question.signal === undefined ? timeout : AbortSignal.any([question.signal, timeout])
  try {
    const answer = await fetch(url, {
      ...{ method, redirect: 'manual', signal },
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body: new Uint8Array(body) }),
    })
    const bytes = await readBounded(answer, what)
    if ((question.accept ?? [200]).includes(answer.status)) return bytes
    const why =
      answer.status >= 300 && answer.status < 400
        ? 'a redirect, which is not followed'
        : said(bytes, question)
    throw new SallyportError('PEER_FAILED', `${what}: HTTP ${answer.status}: ${why}`, {
      detail: { status: answer.status },
    })
  } catch (cause) {
    if (cause instanceof SallyportError) throw cause
    if (question.signal?.aborted === true) throw new SallyportError('ABORTED', `${what}: stopped`, { cause })
    const why = timeout.aborted ? 'no answer in time' : reasonOf(cause)
    throw new SallyportError('PEER_FAILED', `${what}: ${why}`, { cause })
  }
}

/**
 * The base of a service's address: https, or http on this machine only, for a token must not cross a network in the
 * open. Without credentials, query and fragment; without a slash at its end.
 * @throws SallyportError `BAD_CONFIG`
 */
export function peerBase(text: string, what: string): string {
  const url = URL.parse(text)
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new SallyportError('BAD_CONFIG', `${what}: "${text.slice(0, 200)}" is no http or https address`)
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw new SallyportError('BAD_CONFIG', `${what}: the address may hold no credentials, query or fragment`)
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    throw new SallyportError(
      'BAD_CONFIG',
      `${what}: ${url.origin} is plain HTTP beyond this machine; use https`,
    )
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

/** Whether a host of a URL is this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

async function readBounded(answer: Response, what: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of answer.body ?? []) {
    size += chunk.length
    if (size > MAX_ANSWER_BYTES)
      throw new SallyportError('PEER_FAILED', `${what}: the answer is larger than ${MAX_ANSWER_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** What a refusal says, in printable characters and one line; what we sent as credentials is not echoed. */
function said(bytes: Uint8Array, { headers }: PeerQuestion): string {
  let text = new TextDecoder().decode(bytes.subarray(0, MAX_SHOWN * 4))
  for (const value of Object.values(headers ?? {})) {
    const secret = value.replace(/^(Bearer|AWS4-HMAC-SHA256) /, '')
    if (secret.length >= MIN_SECRET) text = text.replaceAll(secret, '(withheld)')
  }
  const line = text.replaceAll(/[^\x20-\x7e]+/g, ' ').trim()
  return line === '' ? 'no reason given' : line.slice(0, MAX_SHOWN)
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed'
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message
}
