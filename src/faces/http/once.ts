import { type Digest, digestOfJson } from '../../ground/domain/index.ts'
import type { RememberedAnswer } from '../../services/identity/index.ts'
import type { Actor } from '../../services/registry/index.ts'
import type { HttpDeps } from './deps.ts'
import { HttpProblem, problemDetails, problemOf } from './problem.ts'
import type { Answer } from './route.ts'

/** What identifies a request and its sender. */
export interface Asked {
  readonly requestId: string
  readonly method: string
  readonly url: string
  readonly principal: { readonly id: string; readonly owner: string }
  readonly authentication: 'token' | 'session'
  readonly key: string | undefined
  /** The answer may not be kept. */
  readonly isSecret: boolean
}

/** Runs a deed once per principal and idempotency key; without a key, simply runs it. */
export async function runOnce(
  deps: Pick<HttpDeps, 'memory'>,
  asked: Asked,
  bodyDigest: Digest,
  deed: (actor: Actor) => Promise<Answer>,
): Promise<Answer> {
  const { method, url, principal, key } = asked
  const requestDigest = digestOfJson({ method, url, body: bodyDigest, principal: principal.id })
  const actor: Actor = {
    principalId: principal.id,
    owner: principal.owner,
    authentication: asked.authentication,
    requestDigest,
  }
  if (key === undefined) return deed(actor)
  if (key.length < 1 || key.length > 255 || /[^\u0020-\u007e]/.test(key))
    throw new HttpProblem(400, 'BAD_INPUT', 'Idempotency-Key must be 1 to 255 printable ASCII characters.')
  const known = await deps.memory.begin(principal.id, key, requestDigest)
  if (known.kind === 'answered') return replay(known.answer)
  if (known.kind !== 'new') throw refusal(known.kind)
  return await runAndRemember(deps, asked, key, () => deed(actor))
}

async function runAndRemember(
  { memory }: Pick<HttpDeps, 'memory'>,
  asked: Asked,
  key: string,
  deed: () => Promise<Answer>,
): Promise<Answer> {
  const scope = asked.principal.id
  try {
    const answer = await deed()
    await memory.answer(scope, key, asked.isSecret ? secretShown(asked.requestId) : remembered(answer))
    return answer
  } catch (error) {
    const problem = problemOf(error)
    // A refusal is an answer and stays one; after a failure of ours the same key may try again.
    if (problem.status >= 500) await memory.forget(scope, key)
    else await memory.answer(scope, key, rememberedProblem(problem, asked.requestId))
    throw error
  }
}

function remembered({ status, body, headers }: Answer): RememberedAnswer {
  return { status, body: body === undefined ? '' : JSON.stringify(body), headers: { ...headers } }
}

function rememberedProblem(problem: HttpProblem, requestId: string): RememberedAnswer {
  const headers = { ...problem.headers, 'content-type': 'application/problem+json' }
  return { status: problem.status, body: JSON.stringify(problemDetails(problem, requestId)), headers }
}

function secretShown(requestId: string): RememberedAnswer {
  const detail =
    'This was done, and its secret was in the first answer; it is not kept and cannot be shown again.'
  return rememberedProblem(new HttpProblem(409, 'SECRET_SHOWN_ONCE', detail), requestId)
}

function replay({ status, body, headers }: RememberedAnswer): Answer {
  const type = headers['content-type'] ?? 'application/json; charset=utf-8'
  const all = { ...headers, 'content-type': type, 'idempotency-replayed': 'true' }
  return { status, ...(body === '' ? {} : { body: Buffer.from(body) }), headers: all }
}

function refusal(kind: 'running' | 'interrupted' | 'different'): HttpProblem {
  if (kind === 'different')
    return new HttpProblem(
      422,
      'IDEMPOTENCY_KEY_REUSED',
      'This Idempotency-Key belongs to a different request.',
    )
  if (kind === 'running')
    return new HttpProblem(
      409,
      'IDEMPOTENCY_RUNNING',
      'The first request with this Idempotency-Key still runs.',
      {
        headers: { 'retry-after': '1' },
      },
    )
  return new HttpProblem(
    409,
    'IDEMPOTENCY_INTERRUPTED',
    'The server stopped while it worked on the first request with this Idempotency-Key. Look at the model to see how far it came, then ask again with a new key.',
  )
}
