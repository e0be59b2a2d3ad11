import type { ServerResponse } from 'node:http'
import { SallyportError } from '../../ground/lang/index.ts'
import type { HubAnswer } from '../../services/firewall/index.ts'

/** A refusal as registries write it (distribution-spec 1.1, "Error Codes"). */
export interface OciRefusal {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends a refusal; skopeo and oras print its message, of 403 as of 429. */
export function sendRefusal(response: ServerResponse, { status, code, message, headers }: OciRefusal): void {
  const line = message.replaceAll(/[^\x20-\x7e]+/g, ' ')
  const body = Buffer.from(JSON.stringify({ errors: [{ code, message: line }] }))
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': String(body.length),
    'cache-control': 'no-store',
    'docker-distribution-api-version': 'registry/2.0',
    'x-sallyport-reason': line,
    ...headers,
  })
  response.end(body)
}

/**
 * 403 is the one refusal whose reason both skopeo and oras print (oras says only "not found" of a 404, skopeo nothing of a 503);
 * 429 with `Retry-After` is what both ask again after (observed with skopeo 1.9 and oras 1.2).
 */
export function refusalOfAnswer(given: Exclude<HubAnswer, { kind: 'open' }>): OciRefusal {
  const { message } = given
  if (given.kind === 'waiting')
    return {
      status: 429,
      code: 'TOOMANYREQUESTS',
      message,
      headers: { 'retry-after': String(given.retryAfterS) },
    }
  if (given.kind === 'refused' || given.what === 'repository') return { status: 403, code: 'DENIED', message }
  return { status: 404, code: 'MANIFEST_UNKNOWN', message }
}

/** Seconds that a client is told to wait; of more, a limit of the day, it is told at once that this is refused. */
const MAX_WAIT_S = 300

function limited(message: string, retryAfterS: number): OciRefusal {
  return retryAfterS > MAX_WAIT_S
    ? { status: 403, code: 'DENIED', message }
    : { status: 429, code: 'TOOMANYREQUESTS', message, headers: { 'retry-after': String(retryAfterS) } }
}

/** What a failure of ours looks like to a client; the cause stays here. */
export function refusalOf(cause: unknown): OciRefusal {
  if (!(cause instanceof SallyportError))
    return {
      status: 500,
      code: 'UNKNOWN',
      message: 'Sallyport: an error of Sallyport itself; its log says more',
    }
  const message = `Sallyport: ${cause.message}`
  switch (cause.code) {
    case 'UNAUTHENTICATED':
      return {
        status: 401,
        code: 'UNAUTHORIZED',
        message,
        headers: { 'www-authenticate': 'Basic realm="sallyport"' },
      }
    case 'FORBIDDEN':
      return { status: 403, code: 'DENIED', message }
    case 'RATE_LIMITED':
      return limited(message, Number(cause.detail.retryAfterS ?? 30))
    case 'NOT_FOUND':
      return { status: 404, code: 'NAME_UNKNOWN', message }
    case 'PEER_FAILED':
    case 'LOG_LOCKED':
      return { status: 429, code: 'TOOMANYREQUESTS', message, headers: { 'retry-after': '5' } }
    default:
      return {
        ...{ status: 500, code: 'UNKNOWN' },
        message: 'Sallyport: could not check, so nothing is handed out; its log says more',
      }
  }
}
