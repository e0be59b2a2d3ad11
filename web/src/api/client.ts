import type { Problem } from './contract.ts'

/** An answer of the platform that is not a success, or no answer at all. */
export class ApiError extends Error {
  readonly problem: Problem
  constructor(problem: Problem, options?: ErrorOptions) {
    super(messageOf(problem), options)
    this.name = 'ApiError'
    this.problem = problem
  }
}

function messageOf(problem: Problem): string {
  const places = (problem.errors ?? []).map((error) => `${error.where}: ${error.what}`)
  return [problem.detail, ...places].join(' ')
}

/** Milliseconds. A decision over a large model takes seconds; what takes longer is lost. */
const TIMEOUT_MS = 60_000

/** Kept in memory only, for a browser that cannot hold the session's cookie. */
let bearer: string | undefined
export function keepToken(token: string | undefined): void {
  bearer = token
}

/** Whether requests carry a token rather than a session's cookie. */
export function isTokenKept(): boolean {
  return bearer !== undefined
}

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly body?: unknown
  readonly signal?: AbortSignal
  readonly accept?: string
  /** Waits as long as it takes: for work that grows with the model. */
  readonly patient?: boolean
}

/** Asks the platform. @throws ApiError for anything but a 2xx */
export async function ask(
  path: string,
  { method = 'GET', body, signal, accept, patient = false }: Ask = {},
): Promise<Response> {
  const headers = headersOf(method, accept)
  if (body !== undefined) headers['content-type'] = 'application/json'
  const limits = [...(patient ? [] : [AbortSignal.timeout(TIMEOUT_MS)]), ...(signal ? [signal] : [])]
  const answer = await fetch(path, {
    method,
    headers,
    credentials: 'same-origin',
    signal: AbortSignal.any(limits),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    if (signal?.aborted === true) throw cause
    throw noAnswer(path, cause)
  })
  if (!answer.ok) throw new ApiError(await problemOf(answer, path))
  return answer
}

/** Asks for JSON. The shapes are those of the contract, which the server checks on its way out. */
export async function askJson<T>(path: string, ask_: Ask = {}): Promise<T> {
  const answer = await ask(path, ask_)
  return (await answer.json()) as T
}

/** Who asks, what they take as an answer, and a key by which a deed is done once. */
export function headersOf(method: NonNullable<Ask['method']>, accept?: string): Record<string, string> {
  const headers: Record<string, string> = { accept: accept ?? 'application/json, application/problem+json' }
  if (bearer !== undefined) headers.authorization = `Bearer ${bearer}`
  if (method !== 'GET') headers['idempotency-key'] = newKey()
  return headers
}

function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function noAnswer(path: string, cause: unknown): ApiError {
  const late = cause instanceof DOMException && cause.name === 'TimeoutError'
  return new ApiError(
    {
      type: 'about:blank',
      title: late ? 'The platform did not answer in time' : 'The platform cannot be reached',
      status: 503,
      detail: late
        ? `${path} took over ${TIMEOUT_MS / 1000} s.`
        : 'Is `sallyport up` running? Nothing was changed.',
      instance: path,
      code: late ? 'TIMEOUT' : 'UNREACHABLE',
    },
    { cause },
  )
}

/** What an answer says that is no success. */
export async function problemOf(answer: Response, path: string): Promise<Problem> {
  const type = answer.headers.get('content-type') ?? ''
  if (type.includes('json')) {
    const body: unknown = await answer.json().catch(() => undefined)
    if (isProblem(body)) return body
  }
  return {
    type: 'about:blank',
    title: `The platform answered ${answer.status}`,
    status: answer.status,
    detail: `${path} gave no details.`,
    instance: path,
    code: `HTTP_${answer.status}`,
  }
}

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === 'object' &&
    body !== null &&
    'title' in body &&
    typeof body.title === 'string' &&
    'detail' in body &&
    typeof body.detail === 'string' &&
    'code' in body
  )
}
