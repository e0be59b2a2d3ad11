import { type Static, type TProperties, Type } from 'typebox'

const Closed = <P extends TProperties>(properties: P) =>
  Type.Object(properties, { additionalProperties: false })
const DigestText = Type.String({ pattern: '^sha256:[0-9a-f]{64}$' })
const Hex32 = Type.String({ pattern: '^[0-9a-f]{64}$' })
const Time = Type.String({ format: 'date-time' })
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const OneOf = <T extends string>(...values: T[]) => Type.Enum(values)
const Text = Type.String()

/** Under which conditions an approval holds; all that are named must be met when a gate decides. */
export const ConditionsSchema = Closed({
  /** Only while every weight file is safetensors. */
  safetensorsOnly: Type.Optional(Type.Boolean()),
  /** Only for bytes that came as this commit of their hub repository, or this version of a registry. */
  commit: Type.Optional(Type.String({ pattern: '^(?:[0-9a-f]{40}|[0-9a-f]{64})$' })),
  /** Only until then. */
  until: Type.Optional(Time),
})

/** Who asked for a model through a gate, and how often. */
const RequesterSchema = Closed({
  principalId: Text,
  times: Count,
  firstAt: Time,
  lastAt: Time,
  /** Through which door: `hub`, `oci`, `https`, `s3`, `mlflow`, `import`. */
  door: Text,
})

/** What is known here of whoever published a model. */
const PublisherSchema = Closed({
  name: Text,
  firstSeen: Time,
  /** Models of this publisher held here, and how many of them were approved, or refused. */
  models: Count,
  approved: Count,
  refused: Count,
  /** A signature of this publisher's models was verified here before. */
  signedBefore: Type.Boolean(),
  /** The repository named another author when it was seen before. */
  changedFrom: Type.Optional(Text),
})

const CaseFields = {
  digest: DigestText,
  name: Text,
  /** Stage that was wanted. */
  stage: OneOf('development', 'staging', 'production'),
  state: OneOf('open', 'changes-asked', 'approved', 'rejected', 'lapsed'),
  outcome: OneOf('review', 'deny'),
  verdict: OneOf('malicious', 'undecided', 'suspicious', 'clean'),
  /** The decisive reason, one sentence. */
  reason: Text,
  openedAt: Time,
  deadline: Time,
  /** True when the deadline has passed and nobody has answered. */
  overdue: Type.Boolean(),
  /** Pseudonymous id of whoever is to answer; absent while nobody has taken it. */
  owner: Type.Optional(Text),
  requests: Count,
  /** Names of people and machines that asked, newest first, a few. */
  requesters: Type.Array(RequesterSchema),
  approvals: Closed({ have: Count, need: Count }),
  /** Where it came from, where that is known: `huggingface.co/org/name@commit`. */
  source: Type.Optional(Text),
  /** Repository or registry name without the revision: the same for all revisions of one thing. */
  lineOf: Type.Optional(Text),
  license: Type.Optional(Text),
  publisher: Type.Optional(Text),
}

/** One line of the review queue. */
export const ReviewCaseSchema = Closed(CaseFields)

/** What a reviewer said, newest first; each is a sealed statement. */
const AnswerSchema = Closed({
  at: Time,
  principalId: Text,
  what: OneOf('approval', 'rejection', 'changes-requested'),
  note: Text,
  conditions: Type.Optional(ConditionsSchema),
  statement: DigestText,
  /** Place in the log. */
  index: Count,
})

/** The page of one case. */
export const ReviewDetailSchema = Closed({
  ...CaseFields,
  reasons: Type.Array(
    Closed({
      code: Text,
      outcome: OneOf('allow', 'review', 'deny'),
      message: Text,
      nextStep: Type.Optional(Text),
    }),
  ),
  answers: Type.Array(AnswerSchema),
  publisherHistory: Type.Optional(PublisherSchema),
  /** The last approved revision of the same repository or name, to compare with. */
  previous: Type.Optional(Closed({ digest: DigestText, name: Text, approvedAt: Time })),
  /** Whether the caller may approve, and if not, why. */
  mayApprove: Type.Boolean(),
  whyNot: Type.Optional(Text),
  /** Place in the log of the newest statement about it. */
  ledgerIndex: Type.Optional(Count),
})

const FileChange = Closed({
  path: Text,
  change: OneOf('added', 'removed', 'changed', 'renamed'),
  sizeBefore: Type.Optional(Count),
  sizeAfter: Type.Optional(Count),
  sha256Before: Type.Optional(Hex32),
  sha256After: Type.Optional(Hex32),
  /** Of a renamed file. */
  pathBefore: Type.Optional(Text),
})

/** One line of a changed text: `-` gone, `+` new, ` ` for orientation. */
const TextChange = Closed({
  path: Text,
  lines: Type.Array(Closed({ sign: OneOf('-', '+', ' '), text: Text })),
  /** True when there were more lines than are shown. */
  cut: Type.Boolean(),
})

/** Tensors whose values, type or shape are not what they were. */
const TensorChange = Closed({
  name: Text,
  path: Text,
  change: OneOf('added', 'removed', 'values', 'shape', 'type'),
  dtypeBefore: Type.Optional(Text),
  dtypeAfter: Type.Optional(Text),
  shapeBefore: Type.Optional(Type.Array(Count)),
  shapeAfter: Type.Optional(Type.Array(Count)),
  /** L2 norm of the difference over the norm of what was there; absent when they cannot be subtracted. */
  relative: Type.Optional(Type.Number({ minimum: 0 })),
  maxAbs: Type.Optional(Type.Number({ minimum: 0 })),
  /** Share of elements that differ at all, 0 to 1. */
  changedShare: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
})

/** What differs between two models by digest. */
export const DifferencesSchema = Closed({
  before: Closed({ digest: DigestText, name: Text }),
  after: Closed({ digest: DigestText, name: Text }),
  /** One sentence for a person. */
  summary: Text,
  files: Type.Array(FileChange),
  /** What loading imports or calls that it did not before, and the other way round. */
  imports: Closed({ added: Type.Array(Text), removed: Type.Array(Text) }),
  /** Chat templates and other prompts. */
  templates: Type.Array(TextChange),
  /** Settings files, cards and code. */
  texts: Type.Array(TextChange),
  licence: Type.Optional(Closed({ before: Type.Optional(Text), after: Type.Optional(Text) })),
  tensors: Closed({
    same: Count,
    changed: Type.Array(TensorChange),
    /** True when there are more than are listed. */
    cut: Type.Boolean(),
    /** Why weights were not compared, where they were not. */
    notCompared: Type.Array(Closed({ path: Text, reason: Text })),
  }),
})

/** Characters. A note is a sentence or a page, not a file. */
const Note = Type.String({ minLength: 1, maxLength: 4000, pattern: '\\S' })

/** What the routes of the queue take. */
export const reviewRequests = {
  list: Closed({
    state: Type.Optional(OneOf('open', 'changes-asked', 'approved', 'rejected', 'lapsed')),
    owner: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
    cursor: Type.Optional(Type.String({ maxLength: 500 })),
  }),
  take: Closed({ principalId: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })) }),
  deadline: Closed({ deadline: Time }),
  approve: Closed({
    stage: OneOf('development', 'staging', 'production'),
    note: Note,
    conditions: Type.Optional(ConditionsSchema),
  }),
}

/** The policy in force, as a person reads it. */
export const PolicySentencesSchema = Closed({
  name: Text,
  digest: DigestText,
  sentences: Type.Array(
    Closed({ stage: OneOf('development', 'staging', 'production', 'training'), text: Text }),
  ),
})

export type ReviewCase = Static<typeof ReviewCaseSchema>
export type ReviewDetail = Static<typeof ReviewDetailSchema>
export type Differences = Static<typeof DifferencesSchema>
export type Conditions = Static<typeof ConditionsSchema>
export type PolicySentences = Static<typeof PolicySentencesSchema>
