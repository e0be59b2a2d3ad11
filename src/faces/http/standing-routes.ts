import { type TProperties, Type } from 'typebox'
import type { ManifestEntry } from '../../ground/domain/index.ts'
import type { Standings } from '../../services/guard-load/index.ts'
import { digestOf } from './import-model.ts'
import { HttpProblem } from './problem.ts'
import { type Call, type Route, route } from './route.ts'

const Closed = <P extends TProperties>(properties: P) =>
  Type.Object(properties, { additionalProperties: false })
const DigestText = Type.String({ pattern: '^sha256:[0-9a-f]{64}$' })
const StageSchema = Type.Enum(['development', 'staging', 'production'])
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

/** Bytes. The list of 100,000 files, each with a long name. */
const MAX_QUESTION_BYTES = 32 * 2 ** 20
/** Files of one question; the limit of a manifest. */
const MAX_FILES = 200_000
/** Models that one question follows; a server that holds more asks more than once. */
const MAX_FOLLOWED = 32
/** Seconds that a question about changes is held open: below the patience of proxies. */
const MAX_WAIT_S = 25

/** How a model stands now. */
const StandingSchema = Closed({
  digest: DigestText,
  stage: StageSchema,
  outcome: Type.Enum(['allow', 'review', 'deny']),
  message: Type.String(),
  nextStep: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  expiresAt: Type.Optional(Type.String({ format: 'date-time' })),
  partOf: Type.Optional(Count),
})

const question = Closed({
  stage: StageSchema,
  digest: DigestText,
  part: Type.Optional(
    Closed({
      files: Type.Array(
        Closed({
          name: Type.String({ minLength: 1, maxLength: 4096 }),
          size: Count,
          sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
        }),
        { minItems: 1, maxItems: MAX_FILES },
      ),
      of: Type.Optional(Type.String({ minLength: 1, maxLength: 400 })),
    }),
  ),
})

const followed = Closed({
  digests: Type.String({
    pattern: `^sha256:[0-9a-f]{64}(,sha256:[0-9a-f]{64}){0,${MAX_FOLLOWED - 1}}$`,
    description: 'digests, separated by commas',
  }),
  stage: StageSchema,
  seen: Type.Optional(Type.String({ maxLength: 100, description: 'the `state` of the answer before' })),
  wait: Type.Integer({ minimum: 0, maximum: MAX_WAIT_S, default: 0, description: 'seconds' }),
})

const common = { needs: 'read', tag: 'decisions' } as const

/** What gates outside of this server ask: may this be loaded now, and when does that change? */
export const STANDING_ROUTES: readonly Route[] = [
  route(
    {
      ...common,
      id: 'currentDecision',
      method: 'POST',
      path: '/decisions/current',
      summary: 'Whether bytes may be loaded at a stage now: known, promoted, and allowed still',
      body: question,
      maxBodyBytes: MAX_QUESTION_BYTES,
      answers: { status: 200, schema: StandingSchema },
    },
    async (call) => {
      const { stage, digest, part } = call.body
      const asked = { stage, digest: digestOf(digest) }
      const body = await standingsOf(call).ask(part === undefined ? asked : { ...asked, part: partOf(part) })
      return { status: 200, body }
    },
  ),
  route(
    {
      ...common,
      id: 'followDecisions',
      method: 'GET',
      path: '/decisions/watch',
      summary: 'The same for several models, as soon as one stands otherwise than it was `seen`',
      query: followed,
      answers: {
        status: 200,
        schema: Closed({ state: Type.String(), standings: Type.Array(StandingSchema) }),
      },
    },
    async (call) => {
      const { digests, stage, seen, wait } = call.query
      const body = await standingsOf(call).follow({
        digests: digests.split(',').map(digestOf),
        stage,
        waitMs: wait * 1000,
        ...(seen === undefined ? {} : { seen }),
      })
      return { status: 200, body }
    },
  ),
]

function standingsOf({ deps }: Pick<Call<unknown, unknown, unknown>, 'deps'>): Standings {
  if (deps.standings !== undefined) return deps.standings
  throw new HttpProblem(404, 'NOT_FOUND', 'This system does not tell how models stand.')
}

function partOf({ files, of }: { readonly files: readonly ManifestEntry[]; readonly of?: string }) {
  return of === undefined ? { files } : { files, of }
}
