import type { Decision, Digest, GatedStage, Outcome, Verdict } from '../../ground/domain/index.ts'
import type { ApprovalConditions } from '../../trust/evidence/index.ts'
import type { Actor } from '../registry/index.ts'

/** Where a case stands. `lapsed`: it was let through, and is no longer. */
export const CASE_STATES = ['open', 'changes-asked', 'approved', 'rejected', 'lapsed'] as const
export type CaseState = (typeof CASE_STATES)[number]

/** Through which door somebody asked. `import` is whoever brought a model in, `promote` whoever wanted it in force. */
export type GateDoor = 'hub' | 'oci' | 'https' | 's3' | 'mlflow' | 'import' | 'promote'

/** What a gate could not let through, and for whom. */
export interface GateRequest {
  readonly digest: Digest
  readonly stage: GatedStage
  readonly door: GateDoor
  readonly principalId: string
  /** The person behind the principal. */
  readonly owner: string
  /** Where it came from: `huggingface.co/org/name@commit`. */
  readonly source?: string
  /** What was decided; one that allows opens no case. */
  readonly decision: Decision
}

/** Who asked for a model through a door, and how often. */
export interface Requester {
  readonly principalId: string
  readonly times: number
  readonly firstAt: string
  readonly lastAt: string
  readonly door: GateDoor
}

/** One line of the queue. */
export interface ReviewCase {
  readonly digest: Digest
  readonly name: string
  /** Stage that was wanted. */
  readonly stage: GatedStage
  readonly state: CaseState
  readonly outcome: Exclude<Outcome, 'allow'>
  readonly verdict: Verdict
  /** The decisive reason, one sentence. */
  readonly reason: string
  readonly openedAt: string
  readonly deadline: string
  /** The deadline has passed and nobody has answered. */
  readonly overdue: boolean
  /** Who is to answer; absent while nobody has taken it. */
  readonly owner?: string
  readonly requests: number
  /** The last that asked, newest first, a few. */
  readonly requesters: readonly Requester[]
  readonly approvals: { readonly have: number; readonly need: number }
  readonly source?: string
  /** Repository or name without the revision. */
  readonly lineOf?: string
  readonly license?: string
  readonly publisher?: string
}

/** What a reviewer said: a sealed statement. */
export interface ReviewAnswer {
  readonly at: string
  readonly principalId: string
  readonly what: 'approval' | 'rejection' | 'changes-requested'
  readonly note: string
  readonly conditions?: ApprovalConditions
  readonly statement: Digest
  /** Place in the log. */
  readonly index: number
}

/** What is known here of whoever published a model. */
export interface PublisherHistory {
  readonly name: string
  readonly firstSeen: string
  readonly models: number
  readonly approved: number
  readonly refused: number
  /** A signature on one of this publisher's models was verified here. */
  readonly signedBefore: boolean
  /** The repository named another author when it was seen before. */
  readonly changedFrom?: string
}

/** The page of one case. */
export interface ReviewDetail extends ReviewCase {
  readonly reasons: readonly {
    readonly code: string
    readonly outcome: Outcome
    readonly message: string
    readonly nextStep?: string
  }[]
  /** Newest first. */
  readonly answers: readonly ReviewAnswer[]
  readonly publisherHistory?: PublisherHistory
  /** The last approved revision of the same line. */
  readonly previous?: { readonly digest: Digest; readonly name: string; readonly approvedAt: string }
  /** Whether the reader may approve, and if not, why. */
  readonly mayApprove: boolean
  readonly whyNot?: string
  /** Place in the log of the newest statement about it. */
  readonly ledgerIndex?: number
}

/** Who reads or answers, and whether their role may review at all. */
export interface Reader extends Pick<Actor, 'principalId' | 'owner'> {
  readonly mayReview: boolean
}

export interface CaseQuery {
  readonly state?: CaseState
  /** Of one owner alone. */
  readonly owner?: string
  /** The `next` of the page before. */
  readonly cursor?: string
  readonly limit: number
}

/** The queue of what gates could not let through. Answers are statements of the ledger; the queue itself holds no truth about models. */
export interface ReviewQueue {
  /**
   * Notes that somebody asked for what a gate did not let through; the first opens a case, which is durable when this
   * returns. Counts of later requests are written together.
   */
  noteRequest(request: GateRequest): void
  /** Cases, the last opened first. @throws SallyportError `BAD_INPUT` for a cursor that is none */
  list(query: CaseQuery): Promise<{ readonly items: readonly ReviewCase[]; readonly next?: string }>
  /** @throws SallyportError `NOT_FOUND` */
  get(digest: Digest, reader: Reader): Promise<ReviewDetail>
  /** Makes somebody the one who is to answer: the actor, or whom they name. @throws SallyportError `NOT_FOUND`, `CONFLICT` */
  take(digest: Digest, request: { readonly principalId?: string }, actor: Actor): Promise<ReviewDetail>
  /** @throws SallyportError `NOT_FOUND`, `BAD_INPUT` for a time that is past */
  setDeadline(digest: Digest, request: { readonly deadline: string }, actor: Actor): Promise<ReviewDetail>
  /** @throws SallyportError `NOT_FOUND`, `CONFLICT`, `BAD_INPUT` */
  approve(
    digest: Digest,
    request: {
      readonly stage: GatedStage
      readonly note: string
      readonly conditions?: ApprovalConditions
    },
    actor: Actor,
  ): Promise<ReviewDetail>
  /** @throws SallyportError `NOT_FOUND`, `CONFLICT`, `BAD_INPUT` */
  reject(digest: Digest, request: { readonly note: string }, actor: Actor): Promise<ReviewDetail>
  /** @throws SallyportError `NOT_FOUND`, `CONFLICT`, `BAD_INPUT` */
  askChanges(digest: Digest, request: { readonly note: string }, actor: Actor): Promise<ReviewDetail>
}
