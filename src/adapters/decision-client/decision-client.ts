import { GATED_STAGES, OUTCOMES, parseDigest } from '../../ground/domain/index.ts'
import { listOf, recordOf, SallyportError, textOf } from '../../ground/lang/index.ts'
import type { FollowedStanding, Standing, StandingSource } from '../../services/guard-load/index.ts'

/** Milliseconds for an answer that is given at once; a server under load still answers in a few. */
const ANSWER_MS = 30_000
/** Seconds that the server holds a question about changes open. */
const HOLD_S = 20
/** Bytes of an answer; a standing has some hundred. */
const MAX_ANSWER_BYTES = 1_000_000
/** Characters of a server's own words that are passed on to a person. */
const MAX_WORDS = 1_000

/** What a server says about itself being the wrong one to ask: asking again would not help. */
const CODE_OF_STATUS: Readonly<Record<number, 'UNAUTHENTICATED' | 'FORBIDDEN' | 'BAD_INPUT'>> = {
  400: 'BAD_INPUT',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
}

/**
 * Asks a Sallyport server how models stand. Redirects are refused, for the token would go along.
 * @param options `url` as `https://…`, or `http://` on this machine alone: whoever stands in between could say "allow"
 * @throws SallyportError `BAD_CONFIG` for a URL that is none of these
 */
export function openDecisionClient(options: {
  readonly url: string
  readonly token: string
  readonly fetch?: typeof fetch
}): StandingSource {
  const base = baseOf(options.url)
  const ask = async (path: string, init: RequestInit, signal: AbortSignal): Promise<unknown> => {
    const send = options.fetch ?? fetch
    const answer = await send(`${base}/api/v1${path}`, {
      ...init,
      headers: { authorization: `Bearer ${options.token}`, 'content-type': 'application/json' },
      redirect: 'error',
      signal,
    }).catch((cause) => {
      throw new SallyportError('PEER_FAILED', `${base} cannot be asked: ${reasonOf(cause)}`, { cause })
    })
    const text = await textWithin(answer, base)
    if (answer.status !== 200) throw refusal(base, answer.status, text)
    return parse(text, base)
  }
  return {
    ask: async ({ part, ...question }) => {
      const all = part === undefined ? question : { ...question, part }
      const init = { method: 'POST', body: JSON.stringify(all) }
      return readStanding(await ask('/decisions/current', init, AbortSignal.timeout(ANSWER_MS)), base)
    },
    next: async ({ digest, stage }, seen, signal): Promise<FollowedStanding> => {
      const query = new URLSearchParams({
        digests: digest,
        stage,
        wait: String(seen === undefined ? 0 : HOLD_S),
        ...(seen === undefined ? {} : { seen }),
      })
      const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS + HOLD_S * 1000)])
      const { state, standings } = recordOf(await ask(`/decisions/watch?${query}`, {}, limit))
      const [first] = listOf(standings)
      const standing = readStanding(first, base)
      if (standing.digest !== digest || standing.stage !== stage || typeof state !== 'string')
        throw nonsense(base)
      return { state, standing }
    },
  }
}

function baseOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(url?.hostname ?? '')
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isHere))
    return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
  throw new SallyportError(
    'BAD_CONFIG',
    `--server "${text.slice(0, 200)}" must be https://…, or http:// on this machine: anybody on the way could say "allow"`,
  )
}

function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  return inner instanceof Error ? inner.message : String(inner)
}

async function textWithin(answer: Response, base: string): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of answer.body ?? []) {
      size += chunk.length
      if (size > MAX_ANSWER_BYTES) throw new Error(`an answer longer than ${MAX_ANSWER_BYTES} bytes`)
      chunks.push(chunk)
    }
  } catch (cause) {
    throw new SallyportError('PEER_FAILED', `${base} broke off: ${reasonOf(cause)}`, { cause })
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parse(text: string, base: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new SallyportError('PEER_FAILED', `${base} does not answer in JSON; is it a Sallyport server?`, {
      cause,
    })
  }
}

/** A refusal in the server's own words, where it has some (RFC 9457). */
function refusal(base: string, status: number, text: string): SallyportError {
  const detail = /"detail":\s*("(?:[^"\\]|\\.)*")/.exec(text)?.[1]
  const words = detail === undefined ? `status ${status}` : String(parse(detail, base))
  const code = CODE_OF_STATUS[status] ?? 'PEER_FAILED'
  return new SallyportError(code, `${base} says: ${words.slice(0, MAX_WORDS)}`)
}

/** Whatever is not an answer in every word is no answer: it could be read as "allow". */
function readStanding(value: unknown, base: string): Standing {
  const fields = recordOf(value)
  const digest = parseDigest(textOf(fields.digest) ?? '')
  const stage = GATED_STAGES.find((one) => one === fields.stage)
  const outcome = OUTCOMES.find((one) => one === fields.outcome)
  const message = textOf(fields.message)
  if (!digest.ok || stage === undefined || outcome === undefined || message === undefined)
    throw nonsense(base)
  const [nextStep, name, expiresAt] = [fields.nextStep, fields.name, fields.expiresAt].map((one) =>
    textOf(one),
  )
  if (expiresAt !== undefined && Number.isNaN(Date.parse(expiresAt))) throw nonsense(base)
  return {
    ...{ digest: digest.value, stage, outcome, message },
    ...(nextStep === undefined ? {} : { nextStep }),
    ...(name === undefined ? {} : { name }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(Number.isSafeInteger(fields.partOf) ? { partOf: Number(fields.partOf) } : {}),
  }
}

function nonsense(base: string): SallyportError {
  return new SallyportError('PEER_FAILED', `${base} gave an answer that is none`)
}
