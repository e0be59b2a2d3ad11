import { type Static, type TProperties, Type } from 'typebox'

const Closed = <P extends TProperties>(properties: P) =>
  Type.Object(properties, { additionalProperties: false })
const DigestText = Type.String({ pattern: '^sha256:[0-9a-f]{64}$' })
const Kind = Type.Enum(['dataset', 'prompt', 'tool-list', 'endpoint'])
/** Data sets come by path or upload, as models do; what is sent here is text. */
const TextKind = Type.Enum(['prompt', 'tool-list', 'endpoint'])

/** One version. */
export const SubjectSchema = Closed({
  kind: Kind,
  name: Type.String(),
  digest: DigestText,
  stage: Type.Enum(['quarantined', 'assessed', 'approved', 'staging', 'production', 'revoked']),
  verdict: Type.Enum(['malicious', 'undecided', 'suspicious', 'clean']),
  approvals: Type.Integer({ minimum: 0 }),
  registeredAt: Type.String({ format: 'date-time' }),
})

/** What differs between two versions. */
export const SubjectChangesSchema = Closed({
  kind: Kind,
  name: Type.String(),
  before: DigestText,
  after: DigestText,
  lines: Type.Array(Closed({ sign: Type.Enum(['-', '+', ' ']), text: Type.String() })),
  cut: Type.Boolean(),
  added: Type.Array(Type.String()),
  removed: Type.Array(Type.String()),
  changed: Type.Array(Closed({ item: Type.String(), fields: Type.Array(Type.String()) })),
  risks: Type.Array(Closed({ code: Type.String(), message: Type.String() })),
})

export const RegistrationSchema = Closed({
  subject: SubjectSchema,
  isNew: Type.Boolean(),
  changes: Type.Optional(SubjectChangesSchema),
  fallenAway: Type.Optional(Type.String()),
})

export const NewSubjectSchema = Closed({
  kind: TextKind,
  name: Type.String({ minLength: 1, maxLength: 180 }),
  content: Type.String({ minLength: 1, maxLength: 4_000_000 }),
})

export const SubjectQuerySchema = Closed({
  kind: Type.Optional(Kind),
  name: Type.Optional(Type.String({ maxLength: 180 })),
})
export const SubjectFromSchema = Closed({ from: DigestText })

export type Subject = Static<typeof SubjectSchema>
