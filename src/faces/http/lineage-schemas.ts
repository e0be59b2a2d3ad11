import { type Static, type TProperties, Type } from 'typebox'

const Closed = <P extends TProperties>(properties: P) =>
  Type.Object(properties, { additionalProperties: false })
const OneOf = <T extends string>(...values: T[]) => Type.Enum(values)
const DigestText = Type.String({ pattern: '^sha256:[0-9a-f]{64}$' })

const DERIVATIONS = ['fine-tune', 'quantisation', 'merge', 'adapter', 'conversion', 'derived-from'] as const
const LineageRelationSchema = OneOf(
  ...DERIVATIONS,
  ...(['input', 'base-model', 'output', 'source', 'deployed'] as const),
)

/** Points and links around one subject. */
export const LineageGraphSchema = Closed({
  start: DigestText,
  nodes: Type.Array(
    Closed({
      id: DigestText,
      kind: OneOf('dataset', 'run', 'model', 'hub-model', 'deployment'),
      name: Type.String(),
      claimed: Type.Boolean({ description: 'somebody said so, nobody proved it' }),
      step: Type.Integer({ description: 'from the start: before it negative, after it positive' }),
      verdict: Type.Optional(OneOf('malicious', 'undecided', 'suspicious', 'clean')),
      stage: Type.Optional(Type.String()),
      outcome: Type.Optional(OneOf('allow', 'review', 'deny')),
    }),
  ),
  links: Type.Array(
    Closed({
      from: DigestText,
      to: DigestText,
      relation: LineageRelationSchema,
      claimed: Type.Boolean(),
      statement: DigestText,
      at: Type.String(),
    }),
  ),
  claims: Type.Array(
    Closed({ id: DigestText, name: Type.String(), relation: LineageRelationSchema, file: Type.String() }),
  ),
  isCut: Type.Boolean(),
})

/** What became of an OpenLineage event. */
export const ReceivedEventSchema = Closed({
  recorded: Type.Boolean(),
  statement: Type.Optional(DigestText),
  run: Type.Optional(DigestText),
  why: Type.Optional(OneOf('known', 'no-run', 'nothing-new')),
})

/** How much of the lineage is asked for. */
export const LineageQuerySchema = Closed({
  way: Type.Optional(OneOf('up', 'down', 'both')),
  depth: Type.Integer({ minimum: 1, maximum: 64, default: 16 }),
})

/** An event as its producer wrote it; the room of lineage reads it. */
export const LineageEventSchema = Type.Record(Type.String(), Type.Unknown(), {
  description: 'an OpenLineage RunEvent, 1.x or 2-0-2',
})

/** Events of one batch. A day of a busy scheduler; each may become a statement. */
const MAX_EVENTS = 1000

/** Several events, as OpenLineage's batch path takes them. */
export const LineageBatchSchema = Type.Array(Type.Unknown(), {
  maxItems: MAX_EVENTS,
  description: 'OpenLineage events; each is recorded or refused by itself',
})

/** What became of a batch, in the words of OpenLineage's own description of its path (spec/OpenLineage.yml). */
export const ReceivedBatchSchema = Closed({
  status: OneOf('success', 'partial_success', 'failure'),
  summary: Closed({
    received: Type.Integer(),
    successful: Type.Integer(),
    failed: Type.Integer(),
    retriable: Type.Integer(),
    non_retriable: Type.Integer(),
  }),
  failed_events: Type.Array(
    Closed({ index: Type.Integer(), reason: Type.String(), retriable: Type.Boolean() }),
  ),
})

const Parent = {
  weight: Type.Optional(Type.Number({ description: 'share in a merge, as the tool was given it' })),
}

/** How a model was made, as a person or a pipeline says it. The lengths are those of the predicate. */
export const DerivationSchema = Closed({
  relation: OneOf(...DERIVATIONS),
  parents: Type.Array(
    Type.Union([
      Closed({ digest: DigestText, ...Parent }),
      Closed({
        repo: Type.String({ pattern: '^[\\w.-]{1,96}/[\\w.-]{1,96}$' }),
        revision: Type.Optional(Type.String({ pattern: '^[\\w./-]{1,255}$' })),
        ...Parent,
      }),
    ]),
    { minItems: 1, maxItems: 64, description: 'models here by digest, or repositories of a hub' },
  ),
  tool: Type.Optional(
    Closed({
      name: Type.String({ minLength: 1, maxLength: 200 }),
      version: Type.Optional(Type.String({ maxLength: 200 })),
    }),
  ),
  parameters: Type.Optional(
    Type.Record(
      Type.String({ maxLength: 100 }),
      Type.Union([Type.String({ maxLength: 1000 }), Type.Number(), Type.Boolean()]),
      { maxProperties: 64 },
    ),
  ),
  note: Type.Optional(Type.String({ maxLength: 2000 })),
})

/** The statement that was sealed. */
export const DerivedSchema = Closed({ statement: DigestText })

export type DerivationBody = Static<typeof DerivationSchema>
export type ReceivedBatch = Static<typeof ReceivedBatchSchema>

export type LineageGraph = Static<typeof LineageGraphSchema>
