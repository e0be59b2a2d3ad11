import type { IncomingMessage, ServerResponse } from 'node:http'
import { SallyportError } from '../../ground/lang/index.ts'
import type { HubAnswer } from '../../services/firewall/index.ts'

/** A refusal, with the word that clients of S3 know it by. */
export interface PullRefusal {
  readonly status: number
  readonly code: string
  /** One line. */
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Whether a client speaks S3: its own headers and queries give it away. */
function speaksS3({ headers, url = '' }: IncomingMessage): boolean {
  const isSigned = headers.authorization?.startsWith('AWS4-HMAC-SHA256') === true
  return (
    isSigned || headers['x-amz-user-agent'] !== undefined || /[?&](x-id|list-type|X-Amz-[\w-]+)=/.test(url)
  )
}

/** Sends a refusal: text for people, XML for clients of S3, and the reason in a header for those who asked with HEAD. */
export function sendRefusal(
  request: IncomingMessage,
  response: ServerResponse,
  { status, code, message, headers }: PullRefusal,
): void {
  const line = message.replaceAll(/[^\x20-\x7e]+/g, ' ')
  const page = /\bSee (https?:\/\/[^\s<>"]+)$/.exec(line)?.[1]
  const isS3 = speaksS3(request)
  const body = Buffer.from(
    isS3
      ? `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escapeXml(line)}</Message></Error>`
      : `${line}\n`,
  )
  response.writeHead(status, {
    'content-type': isS3 ? 'application/xml' : 'text/plain; charset=utf-8',
    'content-length': String(body.length),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-sallyport-reason': line,
    ...(page === undefined ? {} : { link: `<${page}>; rel="help"` }),
    ...headers,
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** Text within XML. */
export function escapeXml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

/** An answer that hands nothing out. */
export function refusalOfAnswer(given: Exclude<HubAnswer, { kind: 'open' }>): PullRefusal {
  const { message } = given
  if (given.kind === 'waiting')
    return { status: 503, code: 'SlowDown', message, headers: { 'retry-after': String(given.retryAfterS) } }
  if (given.kind === 'refused' || given.what === 'repository')
    return { status: 403, code: 'AccessDenied', message }
  return { status: 404, code: 'NoSuchKey', message }
}

/** Seconds that a client is told to wait; of more, a limit of the day, it is told at once that this is refused. */
const MAX_WAIT_S = 300

function limited(message: string, retryAfterS: number): PullRefusal {
  return retryAfterS > MAX_WAIT_S
    ? { status: 403, code: 'AccessDenied', message }
    : { status: 503, code: 'SlowDown', message, headers: { 'retry-after': String(retryAfterS) } }
}

/** What a failure of ours looks like to a client; the cause stays here. */
export function refusalOf(cause: unknown): PullRefusal {
  if (!(cause instanceof SallyportError))
    return {
      status: 500,
      code: 'InternalError',
      message: 'Sallyport: an error of Sallyport itself; its log says more',
    }
  const message = `Sallyport: ${cause.message}`
  switch (cause.code) {
    case 'UNAUTHENTICATED':
      return {
        status: 401,
        code: 'AccessDenied',
        message,
        headers: { 'www-authenticate': 'Bearer realm="sallyport"' },
      }
    case 'FORBIDDEN':
      return { status: 403, code: 'AccessDenied', message }
    case 'RATE_LIMITED':
      return limited(message, Number(cause.detail.retryAfterS ?? 30))
    case 'NOT_FOUND':
      return { status: 404, code: 'NoSuchKey', message }
    case 'BAD_INPUT':
      return { status: 400, code: 'InvalidRequest', message }
    case 'PEER_FAILED':
    case 'LOG_LOCKED':
      return { status: 503, code: 'SlowDown', message, headers: { 'retry-after': '5' } }
    default:
      return {
        ...{ status: 500, code: 'InternalError' },
        message: 'Sallyport: could not check, so nothing is handed out; its log says more',
      }
  }
}
