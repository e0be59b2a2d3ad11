import { setTimeout as sleep } from 'node:timers/promises'
import { SallyportError } from '../../ground/lang/index.ts'

/** Tries in all, of what a later try may mend: no connection, 408, 429, 5xx. */
const MAX_TRIES = 3

/** Milliseconds before the second try; the third waits four times as long. */
const FIRST_WAIT_MS = 250

/** Milliseconds for one try. Rekor v2 answers when its next checkpoint is out, and asks clients for 20 s at least. */
const TRY_TIMEOUT_MS = 30_000

/** Bytes. The longest answer of an honest peer, a log entry around a manifest of thousands of files, is below this. */
const MAX_REPLY_BYTES = 16 * 1024 * 1024

/** Characters of a peer's own words that are shown. */
const MAX_WORDS = 200

/** What is sent to a service of Sigstore. */
export interface PeerRequest {
  /** The service and what it is asked for: "Fulcio, for a certificate". */
  readonly peer: string
  readonly url: string
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Only for an address inside the machine's own cloud that has no https, and is sent nothing secret. */
  readonly allowHttp?: boolean
  /** Never in an error, whatever a peer echoes. */
  readonly secrets?: readonly string[]
}

/** The network, and who may break off. */
export interface PeerDeps {
  readonly fetch: typeof fetch
  readonly signal?: AbortSignal | undefined
}

/**
 * Asks a peer and gives the bytes of its answer. A peer is as hostile as a file: bounded in time, size and tries, no
 * redirect is followed (it could carry a token elsewhere), and its words are cut and cleared of secrets.
 * @throws SallyportError `PEER_FAILED` naming peer and address, `BAD_CONFIG` for an address that is not https, `ABORTED`
 */
export async function callPeer(deps: PeerDeps, request: PeerRequest): Promise<Uint8Array> {
  refusePlainHttp(request)
  for (let tries = 1; ; tries++) {
    const outcome = await tryOnce(deps, request)
    if (outcome.kind === 'answer') return outcome.bytes
    if (deps.signal?.aborted === true)
      throw new SallyportError('ABORTED', `broken off while asking ${request.peer}`)
    if (!outcome.mayMend || tries >= MAX_TRIES)
      throw failure(request, `${outcome.why}${tries > 1 ? ` (${tries} tries)` : ''}`)
    await sleep(FIRST_WAIT_MS * 4 ** (tries - 1), undefined, { signal: deps.signal }).catch((cause) => {
      throw new SallyportError('ABORTED', `broken off while asking ${request.peer}`, { cause })
    })
  }
}

/** {@link callPeer}, of a peer that answers in JSON. @throws SallyportError `PEER_FAILED`, `ABORTED` */
export async function callPeerForJson(deps: PeerDeps, request: PeerRequest): Promise<unknown> {
  const bytes = await callPeer(deps, request)
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    // Not as the cause: its message would quote the answer.
    throw failure(request, 'its answer is not JSON')
  }
}

/** An error of a peer's, with its address and nothing secret. */
export function failure(request: PeerRequest, why: string): SallyportError {
  const { peer, url } = request
  return new SallyportError('PEER_FAILED', `${peer}: ${withoutSecrets(why, request)} at ${addressOf(url)}`)
}

type Outcome =
  | { readonly kind: 'answer'; readonly bytes: Uint8Array }
  | { readonly kind: 'failed'; readonly why: string; readonly mayMend: boolean }

async function tryOnce(deps: PeerDeps, request: PeerRequest): Promise<Outcome> {
  const timeout = AbortSignal.timeout(TRY_TIMEOUT_MS)
  const signal = deps.signal === undefined ? timeout : AbortSignal.any([timeout, deps.signal])
  try {
    const response = await deps.fetch(request.url, {
      method: request.method ?? 'POST',
      headers: { 'User-Agent': 'sallyport', ...request.headers },
      ...(request.body === undefined ? {} : { body: request.body }),
      redirect: 'manual',
      signal,
    })
    const bytes = await readAll(response)
    if (bytes === undefined)
      return { kind: 'failed', why: `its answer is larger than ${MAX_REPLY_BYTES} bytes`, mayMend: false }
    if (response.ok) return { kind: 'answer', bytes }
    const { status } = response
    return {
      kind: 'failed',
      why: `it answered ${status}${wordsOf(bytes)}`,
      mayMend: status >= 500 || status === 429 || status === 408,
    }
  } catch (error) {
    if (timeout.aborted)
      return { kind: 'failed', why: `no answer within ${TRY_TIMEOUT_MS / 1000} s`, mayMend: true }
    return { kind: 'failed', why: `no connection (${reasonOf(error)})`, mayMend: true }
  }
}

async function readAll(response: Response): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    // Leaving the loop cancels the stream.
    if (size > MAX_REPLY_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** What a refusing peer says, where it is a short text or the `message` of a JSON object. */
function wordsOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, 4096)).toString('utf8')
  const message = /"(?:message|error_description|error)"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1]
  const words = (message ?? text).replaceAll(/[\p{Cc}\s]+/gu, ' ').trim()
  return words === '' ? '' : `: ${words}`
}

// A JSON web token or the beginning of one, and whatever is as long and as random as a part of one: a peer may echo half
// a token, and nobody has named that half as a secret.
const TOKEN = /eyJ[\w-]{4,}(?:\.[\w-]*)*|[\w-]{48,}/g

function withoutSecrets(text: string, { secrets = [] }: PeerRequest): string {
  const hidden = secrets.reduce(
    (words, secret) => (secret === '' ? words : words.replaceAll(secret, '[secret]')),
    text,
  )
  return hidden.replaceAll(TOKEN, '[token]').slice(0, MAX_WORDS)
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return code === '' ? (cause instanceof Error ? cause.message : 'unknown') : code
}

function refusePlainHttp({ peer, url, allowHttp }: PeerRequest): void {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch {
    throw new SallyportError('BAD_CONFIG', `${peer}: ${JSON.stringify(url.slice(0, 100))} is no address`)
  }
  const isLocal = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(parsed.hostname)
  if (parsed.protocol !== 'https:' && !(parsed.protocol === 'http:' && (isLocal || allowHttp === true)))
    throw new SallyportError(
      'BAD_CONFIG',
      `${peer}: ${addressOf(url)} is not https, and it would be sent a token`,
    )
}

/** Origin and path: user, password and query may be secrets. */
function addressOf(url: string): string {
  const { origin, pathname } = new URL(url)
  return `${origin}${pathname}`
}
