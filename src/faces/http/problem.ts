import { STATUS_CODES } from 'node:http'
import { type ErrorCode, SallyportError } from '../../ground/lang/index.ts'
import type { Problem } from './contract.ts'

/** Where each code is explained; RFC 9457 section 3.1.1 wants a URI that need not resolve. */
const TYPE_BASE = 'https://sallyport.dev/problems/'

const STATUS: Readonly<Record<ErrorCode, number>> = {
  BAD_INPUT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  TOO_LARGE: 413,
  NOT_SUPPORTED: 422,
  RATE_LIMITED: 429,
  PEER_FAILED: 502,
  ABORTED: 503,
  BAD_CONFIG: 500,
  SIGNATURE_INVALID: 500,
  SIGNER_UNTRUSTED: 500,
  KEY_INVALID: 500,
  LOG_CORRUPT: 500,
  LOG_INCONSISTENT: 500,
  LOG_LOCKED: 503,
  CLOCK_BACKWARDS: 500,
  STORE_FAILED: 500,
}

/** What was wrong, and where: `body.note`, `query.limit`, `header.Idempotency-Key`. */
export interface Fault {
  readonly where: string
  readonly what: string
}

/** An answer that is a problem by the face's own rules (method, media type, precondition …). */
export class HttpProblem extends Error {
  readonly status: number
  readonly code: string
  readonly faults: readonly Fault[]
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    code: string,
    detail: string,
    more: { faults?: readonly Fault[]; headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(detail, more.cause === undefined ? undefined : { cause: more.cause })
    this.name = 'HttpProblem'
    this.status = status
    this.code = code
    this.faults = more.faults ?? []
    this.headers = more.headers ?? {}
  }
}

/** RFC 9457 problem details of a problem. @param requestId UUID, by which the log is searched */
export function problemDetails(problem: HttpProblem, requestId: string): Problem {
  return {
    type: `${TYPE_BASE}${problem.code.toLowerCase().replaceAll('_', '-')}`,
    title: STATUS_CODES[problem.status] ?? 'Error',
    status: problem.status,
    detail: problem.message,
    instance: `urn:uuid:${requestId}`,
    code: problem.code,
    ...(problem.faults.length === 0 ? {} : { errors: [...problem.faults] }),
  }
}

/** Any failure as a problem. What is our own fault is named by its code alone: its words go to the log. */
export function problemOf(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error
  if (error instanceof SallyportError) return problemOfCode(error)
  const code = codeOf(error)
  const known = code === undefined ? undefined : FRAMEWORK[code]
  if (known !== undefined)
    return new HttpProblem(known[0], known[1], known[2] ?? messageOf(error), { cause: error })
  return new HttpProblem(
    500,
    'INTERNAL',
    'The server failed; its log names the cause under this request id.',
    {
      cause: error,
    },
  )
}

const FRAMEWORK: Readonly<Record<string, readonly [status: number, code: string, detail?: string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    'This route does not take that Content-Type; the API document says which it takes.',
  ],
  FST_ERR_CTP_INVALID_TYPE: [415, 'UNSUPPORTED_MEDIA_TYPE', 'The Content-Type cannot be read.'],
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'TOO_LARGE', 'The body is longer than this route takes.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [
    400,
    'BAD_INPUT',
    'The body is empty although its Content-Type is application/json.',
  ],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'BAD_INPUT', 'The body is not valid JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    400,
    'BAD_INPUT',
    'The body is not as long as its Content-Length says.',
  ],
  FST_ERR_BAD_URL: [
    400,
    'BAD_INPUT',
    'The path is not a valid URL path: a percent sign lacks its two hex digits.',
  ],
  FST_ERR_MAX_URL_LENGTH: [414, 'URI_TOO_LONG', 'A part of the path is too long.'],
}

function problemOfCode(error: SallyportError): HttpProblem {
  const status = STATUS[error.code]
  const detail =
    status >= 500 ? `The server could not do this (${error.code}); its log names the cause.` : error.message
  const { retryAfterS } = error.detail
  const headers: Record<string, string> = {}
  if (typeof retryAfterS === 'number') headers['retry-after'] = String(retryAfterS)
  if (status === 401) headers['www-authenticate'] = 'Bearer realm="sallyport"'
  return new HttpProblem(status, error.code, detail, { headers, cause: error })
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'the request could not be read'
}
