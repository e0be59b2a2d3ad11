import { type Static, type TProperties, type TSchema, Type } from 'typebox'
import type { Sealed } from './sealed.ts'
import { SignatureSchema } from './signature-schema.ts'

export {
  type HeldRevision,
  type HubState,
  HubStateSchema,
  type Receiver,
  ReceiverSchema,
} from './hub-schemas.ts'
export { type ImportTerms, ImportTermsSchema } from './import-schemas.ts'
export {
  type InclusionProof,
  InclusionProofSchema,
  type LedgerEntry,
  LedgerEntrySchema,
  type LedgerState,
  LedgerStateSchema,
} from './ledger-schemas.ts'
export type { LineageGraph } from './lineage-schemas.ts'
export type {
  Conditions,
  Differences,
  PolicySentences,
  ReviewCase,
  ReviewDetail,
} from './review-schemas.ts'
export { type RunDetail, RunDetailSchema, type RunSummary, RunSummarySchema } from './run-schemas.ts'
export type { Sealed } from './sealed.ts'

/** A closed object: an unknown member of a request is refused by name rather than ignored. */
const Closed = <P extends TProperties>(properties: P) =>
  Type.Object(properties, { additionalProperties: false })
const OneOf = <T extends string>(...values: T[]) => Type.Enum(values)

const DigestText = Type.String({
  pattern: '^sha256:[0-9a-f]{64}$',
  description: 'sha256: and 64 lower-case hex digits',
})
const Hex32 = Type.String({ pattern: '^[0-9a-f]{64}$' })
const Uuid = Type.String({ pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' })
const Time = Type.String({ format: 'date-time', description: 'RFC 3339, UTC, milliseconds' })
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
/** Characters. A note is a sentence or a page, not a file. */
const Note = Type.String({ minLength: 1, maxLength: 4000, pattern: '\\S' })

const VerdictSchema = OneOf('malicious', 'undecided', 'suspicious', 'clean')
const SeveritySchema = OneOf('critical', 'high', 'medium', 'low', 'info')
const OutcomeSchema = OneOf('allow', 'review', 'deny')
const StageSchema = OneOf('quarantined', 'assessed', 'approved', 'staging', 'production', 'revoked')
const GatedStageSchema = OneOf('development', 'staging', 'production')
const RoleSchema = OneOf('viewer', 'contributor', 'reviewer', 'deployer', 'admin')
export const CapabilitySchema = OneOf(
  'read',
  'import',
  'assess',
  'review',
  'revoke',
  'promote',
  'own-tokens',
  'server-paths',
  'principals',
)

/** RFC 9457 problem details; `code` is stable, `errors` says what was wrong and where. */
export const ProblemSchema = Closed({
  type: Type.String({ format: 'uri' }),
  title: Type.String(),
  status: Type.Integer({ minimum: 400, maximum: 599 }),
  detail: Type.String(),
  instance: Type.String({ description: 'urn:uuid: of the request' }),
  code: Type.String(),
  errors: Type.Optional(Type.Array(Closed({ where: Type.String(), what: Type.String() }))),
})

const SummaryFields = {
  tenant: Type.String(),
  digest: DigestText,
  name: Type.String(),
  stage: StageSchema,
  verdict: VerdictSchema,
  sizeBytes: Count,
  fileCount: Count,
  requestedBy: Type.String({ description: 'pseudonymous id of a principal' }),
  importedAt: Time,
  updatedAt: Time,
  approvals: Count,
  needsReview: Type.Boolean(),
  rejected: Type.Boolean(),
  decision: Type.Optional(
    Closed({ id: Uuid, stage: GatedStageSchema, outcome: OutcomeSchema, expiresAt: Time }),
  ),
}
export const ModelSummarySchema = Closed(SummaryFields)

export const FindingSchema = Closed({
  ruleId: Type.String(),
  severity: SeveritySchema,
  verdict: VerdictSchema,
  title: Type.String(),
  message: Type.String(),
  location: Closed({
    path: Type.String(),
    members: Type.Optional(Type.Array(Type.String())),
    offset: Type.Optional(Count),
  }),
  call: Type.Optional(Type.String()),
  context: Type.Optional(Type.Array(Type.String())),
  remedy: Type.String(),
  taxonomy: Type.Array(Type.String()),
  fingerprint: Type.String(),
})
const CoverageSchema = Closed({
  path: Type.String(),
  members: Type.Optional(Type.Array(Type.String())),
  format: Type.String(),
  sizeBytes: Count,
  readBytes: Count,
  status: OneOf('full', 'partial', 'none'),
  reason: Type.Optional(Type.String()),
})
export const AssessmentSchema = Closed({
  assessor: Closed({ assessor: Type.String(), version: Type.String(), ruleSet: Type.String() }),
  startedAt: Time,
  finishedAt: Time,
  verdict: VerdictSchema,
  files: Type.Array(
    Closed({
      path: Type.String(),
      sizeBytes: Count,
      verdict: VerdictSchema,
      coverage: Type.Array(CoverageSchema),
      findings: Type.Array(FindingSchema),
    }),
  ),
})

export const DecisionSchema = Closed({
  id: Uuid,
  tenant: Type.String(),
  subject: DigestText,
  stage: GatedStageSchema,
  outcome: OutcomeSchema,
  reasons: Type.Array(
    Closed({
      code: Type.String(),
      outcome: OutcomeSchema,
      message: Type.String(),
      nextStep: Type.Optional(Type.String()),
      statements: Type.Array(DigestText),
    }),
  ),
  policy: Closed({ name: Type.String(), digest: DigestText }),
  inputs: Type.Array(DigestText),
  decidedAt: Time,
  expiresAt: Time,
})

const TimelineFields = {
  statement: DigestText,
  index: Count,
  kind: OneOf('evidence', 'consent', 'decision'),
  predicateType: Type.String(),
  at: Time,
  summary: Type.String(),
  principalId: Type.Optional(Type.String()),
  keyId: Type.String(),
}
export const TimelineEntrySchema = Closed(TimelineFields)
const LineageEdgeSchema = Closed({
  from: DigestText,
  fromName: Type.String(),
  to: DigestText,
  toName: Type.String(),
  relation: OneOf('fine-tune', 'quantisation', 'merge', 'adapter', 'conversion', 'derived-from'),
})
const WaiverSchema = Closed({
  ruleId: Type.String(),
  owner: Type.String(),
  reason: Type.String(),
  until: Time,
})

export const ModelDetailSchema = Closed({
  ...SummaryFields,
  omsRoot: Hex32,
  files: Type.Array(Closed({ name: Type.String(), size: Count, sha256: Hex32 })),
  assessment: Type.Optional(AssessmentSchema),
  timeline: Type.Array(TimelineEntrySchema),
  decisions: Type.Array(DecisionSchema),
  lineage: Type.Array(LineageEdgeSchema),
  /** OpenSSF Model Signing signatures that were verified here, oldest first. */
  signatures: Type.Optional(Type.Array(SignatureSchema)),
  waivers: Type.Array(WaiverSchema),
})
export const ExplanationSchema = Closed({
  decision: DecisionSchema,
  statements: Type.Array(
    Closed({ ...TimelineFields, predicate: Type.Record(Type.String(), Type.Unknown()) }),
  ),
})

/** One page of a list; `next` is absent on the last. */
export const PageOf = <T extends TSchema>(item: T) =>
  Closed({ items: Type.Array(item), next: Type.Optional(Type.String()) })

export const PrincipalSchema = Closed({
  id: Uuid,
  role: RoleSchema,
  owner: Type.String(),
  name: Type.Optional(Type.String()),
  createdAt: Time,
  disabledAt: Type.Optional(Time),
})
export const TokenSchema = Closed({
  id: Uuid,
  principalId: Uuid,
  label: Type.String(),
  role: RoleSchema,
  createdAt: Time,
  expiresAt: Type.Optional(Time),
  lastUsedAt: Type.Optional(Time),
  revokedAt: Type.Optional(Time),
})
export const NewTokenSchema = Closed({
  token: TokenSchema,
  secret: Type.String({ description: 'spt_…; shown this once' }),
})
export const LoginLinkSchema = Closed({ url: Type.String(), expiresAt: Time })
export const MeSchema = Closed({
  principal: PrincipalSchema,
  role: RoleSchema,
  capabilities: Type.Array(CapabilitySchema),
  authentication: OneOf('token', 'session'),
  version: Type.String(),
})

export const requests = {
  importPath: Closed({
    path: Type.String({ minLength: 1, maxLength: 4096 }),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    derivedFrom: Type.Optional(DigestText),
  }),
  upload: Closed({
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    filename: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    derivedFrom: Type.Optional(DigestText),
  }),
  approve: Closed({ stage: GatedStageSchema, note: Note }),
  note: Closed({ note: Note }),
  waive: Closed({ ruleId: Type.String({ minLength: 1, maxLength: 200 }), reason: Note, until: Time }),
  stage: Closed({ stage: GatedStageSchema }),
  empty: Closed({}),
  newToken: Closed({
    label: Type.String({ minLength: 1, maxLength: 100 }),
    role: Type.Optional(RoleSchema),
    principalId: Type.Optional(Uuid),
    expiresAt: Type.Optional(Time),
  }),
  newPrincipal: Closed({
    role: RoleSchema,
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    owner: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  }),
  listModels: Closed({
    stage: Type.Optional(StageSchema),
    limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
    cursor: Type.Optional(Type.String({ maxLength: 500 })),
  }),
  page: Closed({
    limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
    cursor: Type.Optional(Type.String({ maxLength: 500 })),
  }),
  entries: Closed({
    from: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 }),
    limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
  }),
  digest: Closed({ digest: DigestText }),
  id: Closed({ id: Uuid }),
  index: Closed({ index: Count }),
}

export type Problem = Sealed<Static<typeof ProblemSchema>>
export type Capability = Static<typeof CapabilitySchema>
export type ModelSummary = Sealed<Static<typeof ModelSummarySchema>>
export type ModelDetail = Sealed<Static<typeof ModelDetailSchema>>
export type Finding = Sealed<Static<typeof FindingSchema>>
export type Assessment = Sealed<Static<typeof AssessmentSchema>>
export type Decision = Sealed<Static<typeof DecisionSchema>>
export type TimelineEntry = Sealed<Static<typeof TimelineEntrySchema>>
export type Explanation = Sealed<Static<typeof ExplanationSchema>>
export type Me = Sealed<Static<typeof MeSchema>>
export type Page<T> = { readonly items: readonly T[]; readonly next?: string }
export type Token = Sealed<Static<typeof TokenSchema>>
export type NewToken = Sealed<Static<typeof NewTokenSchema>>
export type LoginLink = Sealed<Static<typeof LoginLinkSchema>>
