import { type Static, type TProperties, Type } from 'typebox'

const Closed = <P extends TProperties>(properties: P) =>
  Type.Object(properties, { additionalProperties: false })
const DigestText = Type.String({ pattern: '^sha256:[0-9a-f]{64}$' })
const Commit = Type.String({ pattern: '^[0-9a-f]{40}$' })
const Time = Type.String({ format: 'date-time' })
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const Repo = { repoKind: Type.Enum(['model', 'dataset', 'space']), repo: Type.String() }

/** A revision behind the hub firewall. */
export const HeldRevisionSchema = Closed({
  ...Repo,
  commit: Commit,
  state: Type.Enum(['pulling', 'searching', 'searched', 'failed']),
  files: Count,
  sizeBytes: Count,
  askedBy: Type.String({ description: 'pseudonymous id of a principal' }),
  askedAt: Time,
  changedAt: Time,
  digest: Type.Optional(DigestText),
  author: Type.Optional(Type.String()),
  license: Type.Optional(Type.String()),
  problem: Type.Optional(Type.String()),
})

/** The hub firewall and what it holds. */
export const HubStateSchema = Type.Object({
  items: Type.Array(HeldRevisionSchema),
  mode: Type.Optional(Type.Enum(['enforce', 'warn', 'observe'])),
  upstream: Type.Optional(Type.String({ description: 'host of the hub behind' })),
})

/** A principal who ever received bytes of a model. */
export const ReceiverSchema = Closed({
  ...Repo,
  principalId: Type.String(),
  commit: Commit,
  firstAt: Time,
  lastAt: Time,
  files: Count,
})

/** A question of a client, and what came of it. */
export const AskedSchema = Closed({
  ...Repo,
  at: Time,
  principalId: Type.String(),
  revision: Type.String(),
  outcome: Type.Enum(['served', 'refused', 'waiting', 'failed']),
  commit: Type.Optional(Type.String()),
  path: Type.Optional(Type.String()),
})

export type Asked = Static<typeof AskedSchema>
export type HeldRevision = Static<typeof HeldRevisionSchema>
export type Receiver = Static<typeof ReceiverSchema>
export type HubState = Static<typeof HubStateSchema>
