import type { ServerResponse } from 'node:http'
import { SallyportError } from '../../ground/lang/index.ts'

/** Seconds that a client may be told to sleep. */
const MAX_SLEEP_S = 60

/** What the hub's clients understand of a refusal (huggingface_hub, utils/_http.py `hf_raise_for_status`). */
export interface Refusal {
  readonly status: number
  /** `RevisionNotFound`, `EntryNotFound`, `RepoNotFound`: the words that a client turns into an exception. */
  readonly code?: string
  /** One line of printable ASCII. */
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends JSON. */
export function sendJson(
  response: ServerResponse,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = Buffer.from(JSON.stringify(value))
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(body.length),
    'cache-control': 'no-store',
    ...headers,
  })
  response.end(body)
}

/** Sends a refusal so that its reason is printed in the terminal of whoever asked. */
export function sendRefusal(response: ServerResponse, { status, code, message, headers }: Refusal): void {
  const line = message.replaceAll(/[^\x20-\x7e]+/g, ' ')
  const body = Buffer.from(JSON.stringify({ error: line }))
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(body.length),
    'cache-control': 'no-store',
    'x-error-message': line,
    ...(code === undefined ? {} : { 'x-error-code': code }),
    ...headers,
  })
  response.end(body)
}

/**
 * A client sleeps as long as `Retry-After` says and then shows no reason: fit for seconds, not for "tomorrow". GatedRepo is the refusal
 * whose reason it prints, while what is in its cache stays usable.
 */
function limited(message: string, retryAfterS: number): Refusal {
  return retryAfterS > MAX_SLEEP_S
    ? { status: 403, code: 'GatedRepo', message }
    : { status: 429, message, headers: { 'retry-after': String(retryAfterS) } }
}

/** What a failure of ours looks like to a client; the cause stays here. */
export function refusalOf(cause: unknown): Refusal {
  if (!(cause instanceof SallyportError))
    return { status: 500, message: 'Sallyport: an error of Sallyport itself; its log says more' }
  const message = `Sallyport: ${cause.message}`
  switch (cause.code) {
    case 'UNAUTHENTICATED':
      return { status: 401, message, headers: { 'www-authenticate': 'Bearer realm="sallyport"' } }
    case 'FORBIDDEN':
      return { status: 403, message }
    case 'RATE_LIMITED':
      return limited(message, Number(cause.detail.retryAfterS ?? 30))
    case 'NOT_FOUND':
      return { status: 404, code: 'RepoNotFound', message }
    case 'BAD_INPUT':
      return { status: 400, message }
    case 'PEER_FAILED':
    case 'LOG_LOCKED':
      return { status: 503, message, headers: { 'retry-after': '5' } }
    default:
      return {
        status: 500,
        message: 'Sallyport: could not check, so nothing is handed out; its log says more',
      }
  }
}
