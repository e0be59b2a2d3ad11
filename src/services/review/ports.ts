import type { Decision, Digest, GatedStage, Verdict } from '../../ground/domain/index.ts'
import type { ApprovalConditions, Verified } from '../../trust/evidence/index.ts'
import type { Actor } from '../registry/index.ts'
import type { CaseQuery, CaseState, GateDoor, PublisherHistory, Requester } from './review-port.ts'

/** A statement of the ledger, verified, with its place. */
export interface FoundStatement {
  readonly index: number
  readonly digest: Digest
  readonly verified: Verified
}

/** What the queue asks of the registry and the ledger beneath. */
export interface ReviewRegistry {
  /** How many statements there are. */
  ledgerSize(): number
  /** Statements from an index on, in order; of one that does not verify the index alone. */
  statements(
    from: number,
    count: number,
  ): AsyncIterable<{ readonly index: number; readonly digest: Digest; readonly verified?: Verified }>
  /** Everything said of one model, in the log's order. */
  about(digest: Digest): Promise<readonly FoundStatement[]>
  /** @throws SallyportError `NOT_FOUND` */
  decide(digest: Digest, stage: GatedStage): Promise<Decision>
  approve(
    digest: Digest,
    request: { readonly stage: GatedStage; readonly note: string; readonly conditions?: ApprovalConditions },
    actor: Actor,
  ): Promise<unknown>
  reject(digest: Digest, request: { readonly note: string }, actor: Actor): Promise<unknown>
  askChanges(digest: Digest, request: { readonly note: string }, actor: Actor): Promise<unknown>
  /** Seals that somebody was held back at a gate. */
  attestRequest(
    digest: Digest,
    request: { readonly at: string; readonly door: string; readonly stage: GatedStage } & Pick<
      Actor,
      'principalId' | 'owner'
    >,
  ): Promise<void>
}

/** What the ledger says of a model, as far as a reviewer asks: a projection, folded again when it is lost. */
export interface ModelFacts {
  readonly digest: Digest
  readonly name: string
  readonly firstSeen: string
  readonly verdict: Verdict
  /** Repository or name without the revision. */
  readonly line: string
  readonly source?: string
  readonly publisher?: string
  readonly license?: string
  readonly signed: boolean
  /** When a decision let it through last, and nobody has taken that back since. */
  readonly approvedAt?: string
  readonly refused: boolean
  /** Of the newest statement about it. */
  readonly lastIndex: number
}

/** A case as the book keeps it. What the ledger says of its model stands in the facts. */
export interface StoredCase {
  readonly digest: Digest
  readonly stage: GatedStage
  readonly state: CaseState
  readonly outcome: 'review' | 'deny'
  readonly reason: string
  readonly openedAt: string
  readonly deadline: string
  readonly owner?: string
  readonly source?: string
  readonly approvals: { readonly have: number; readonly need: number }
  /** The newest statement that this was settled with; -1 before the first time. */
  readonly seenIndex: number
  /** When the decision that it was settled with ends. */
  readonly validUntil?: string
  /** The newest answer that was told of. */
  readonly lastAnswer?: Digest
  readonly toldOverdue: boolean
}

/** Requests of one principal through one door, to be counted. */
export interface RequestCount {
  readonly digest: Digest
  readonly principalId: string
  readonly owner: string
  readonly door: GateDoor
  readonly stage: GatedStage
  readonly times: number
  readonly at: string
}

/** One message that somebody is to get, until it was delivered or given up. */
export interface Notice {
  /** UUIDv7; the same in every attempt, so that a receiver knows it again. */
  readonly id: string
  readonly channel: string
  readonly body: NoticeBody
}
/** What happened to a case. */
export interface NoticeBody {
  readonly event: 'review.opened' | 'review.taken' | 'review.answered' | 'review.overdue'
  readonly at: string
  /** One sentence. */
  readonly text: string
  /** Page of the case. */
  readonly url: string
  readonly digest: Digest
  readonly name: string
  readonly stage: GatedStage
  readonly state: CaseState
  readonly reason: string
  readonly deadline: string
  readonly owner?: string
  /** Who is told: pseudonymous ids of the owner and of those who asked. */
  readonly to: readonly string[]
  readonly answer?: { readonly what: string; readonly principalId: string; readonly note: string }
}

/** A way to tell people. */
export interface NoticeChannel {
  /** Stands in the outbox: `webhook https://…`, without secrets. */
  readonly name: string
  /** @throws SallyportError when it was not delivered */
  send(notice: Notice, signal: AbortSignal): Promise<void>
}

/** The memory of the queue. What a method has written survives power loss when it returns. */
export interface ReviewBook {
  /** The first index that has not been folded. */
  cursor(): number
  /** Writes what a statement changed, and moves the cursor behind it. */
  fold(next: number, facts: readonly ModelFacts[]): void
  facts(digest: Digest): ModelFacts | undefined
  /** Models of one line, the last seen first. */
  ofLine(line: string, limit: number): readonly ModelFacts[]
  publisher(name: string): Omit<PublisherHistory, 'changedFrom'> | undefined
  case(digest: Digest): StoredCase | undefined
  /** Writes a case together with what is to be told of it. */
  save(kase: StoredCase, notices: readonly Notice[]): void
  /** The last opened first. */
  cases(query: Omit<CaseQuery, 'cursor'> & { readonly after?: CasePlace }): readonly StoredCase[]
  /** Cases whose model was spoken of since they were settled, or whose decision has ended. */
  unsettled(now: string, limit: number): readonly Digest[]
  /** Cases that wait longer than they should, of which nobody was told. */
  overdue(now: string, limit: number): readonly StoredCase[]
  /** Counts requests, all of them or none. */
  count(requests: readonly RequestCount[]): void
  /** Whether this principal is known to have asked through this door. */
  hasAsked(digest: Digest, principalId: string, door: GateDoor): boolean
  /** Newest first. */
  requesters(digest: Digest, limit: number): readonly Requester[]
  requests(digest: Digest): number
  /** Who was held back at a door that hands out bytes, and is not in the ledger yet. */
  unsealed(limit: number): readonly Omit<RequestCount, 'times'>[]
  markSealed(digest: Digest, principalId: string, door: GateDoor): void
  /** Notices that are due, oldest first. */
  dueNotices(now: string, limit: number): readonly (Notice & { readonly attempts: number })[]
  /** Delivered, given up, or to be tried again then. */
  settleNotice(id: string, channel: string, next: 'sent' | 'given-up' | { readonly at: string }): void
}

/** Where a page ends. */
export interface CasePlace {
  readonly openedAt: string
  readonly digest: Digest
}
