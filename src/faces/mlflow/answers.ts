import type { ServerResponse } from 'node:http'
import { SallyportError } from '../../ground/lang/index.ts'

/** A refusal in the shape that MLflow's clients raise as `RestException` (mlflow/exceptions.py). */
export interface Refusal {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends JSON. */
export function sendJson(response: ServerResponse, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value))
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': String(body.length),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(body)
}

/** Sends a refusal so that its reason is printed in the terminal of whoever asked. */
export function sendRefusal(response: ServerResponse, { status, code, message, headers }: Refusal): void {
  const body = Buffer.from(JSON.stringify({ error_code: code, message }))
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': String(body.length),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  })
  response.end(body)
}

/** Seconds that a client is told to wait; of more, a limit of the day, it is told at once that this is refused. */
const MAX_WAIT_S = 300

function limited(message: string, retryAfterS: number): Refusal {
  return retryAfterS > MAX_WAIT_S
    ? { status: 403, code: 'PERMISSION_DENIED', message }
    : {
        status: 429,
        code: 'REQUEST_LIMIT_EXCEEDED',
        message,
        headers: { 'retry-after': String(retryAfterS) },
      }
}

/** What a failure of ours looks like to a client, status and code as MLflow pairs them; the cause stays here. */
export function refusalOf(cause: unknown): Refusal {
  if (!(cause instanceof SallyportError))
    return {
      status: 500,
      code: 'INTERNAL_ERROR',
      message: 'Sallyport: an error of Sallyport itself; its log says more',
    }
  const { message } = cause
  const { status, errorCode } = cause.detail
  // What the server behind a guard refused is refused in its own words.
  if (cause.code === 'PEER_FAILED' && typeof status === 'number' && typeof errorCode === 'string')
    return { status, code: errorCode, message }
  switch (cause.code) {
    case 'UNAUTHENTICATED':
      return {
        status: 401,
        code: 'UNAUTHENTICATED',
        message,
        headers: { 'www-authenticate': 'Basic realm="sallyport"' },
      }
    case 'FORBIDDEN':
      return { status: 403, code: 'PERMISSION_DENIED', message }
    case 'RATE_LIMITED':
      return limited(message, Number(cause.detail.retryAfterS ?? 30))
    case 'NOT_FOUND':
      return { status: 404, code: 'RESOURCE_DOES_NOT_EXIST', message }
    case 'CONFLICT':
      return { status: 400, code: 'RESOURCE_ALREADY_EXISTS', message }
    case 'BAD_INPUT':
    case 'TOO_LARGE':
      return { status: 400, code: 'INVALID_PARAMETER_VALUE', message }
    case 'NOT_SUPPORTED':
      return { status: 501, code: 'NOT_IMPLEMENTED', message }
    case 'PEER_FAILED':
    case 'LOG_LOCKED':
      return { status: 503, code: 'TEMPORARILY_UNAVAILABLE', message, headers: { 'retry-after': '5' } }
    default:
      return {
        status: 500,
        code: 'INTERNAL_ERROR',
        message: 'Sallyport: could not check, so nothing is handed out; its log says more',
      }
  }
}
