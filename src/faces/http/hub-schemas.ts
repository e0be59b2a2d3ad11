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

/** A principal who ever received bytes of a model. */
export const ReceiverSchema = Closed({
  ...Repo,
  principalId: Type.String(),
  commit: Commit,
  firstAt: Time,
  lastAt: Time,
  files: Count,
})

export type HeldRevision = Static<typeof HeldRevisionSchema>
export type Receiver = Static<typeof ReceiverSchema>
