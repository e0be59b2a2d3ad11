import { type Static, type TProperties, Type } from 'typebox'

const Closed = <P extends TProperties>(properties: P) =>
  Type.Object(properties, { additionalProperties: false })
const OneOf = <T extends string>(...values: T[]) => Type.Enum(values)
const DigestText = Type.String({ pattern: '^sha256:[0-9a-f]{64}$' })

const LineageRelationSchema = OneOf(
  ...(['fine-tune', 'quantisation', 'merge', 'adapter', 'conversion', 'derived-from'] as const),
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

export type LineageGraph = Static<typeof LineageGraphSchema>
