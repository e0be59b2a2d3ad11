import type { Digest } from './digest.ts'

/** What may happen, best first. `review` needs a person; what could not be checked is never `allow`. */
export const OUTCOMES = ['allow', 'review', 'deny'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** Where a model stands: a fold over statements, for people to look at; never a policy input. */
export const STAGES = ['quarantined', 'assessed', 'approved', 'staging', 'production', 'revoked'] as const
export type Stage = (typeof STAGES)[number]

/**
 * The stages that a policy decides on, lowest first. `development` is a person's own machine: what a hub may hand out
 * (ADR 0015). It is a gate and no stage of a model's way: a model handed out for development is still `assessed`.
 */
export const GATED_STAGES = ['development', 'staging', 'production'] as const
export type GatedStage = (typeof GATED_STAGES)[number]

/** One thing that a policy asked, and what came of it. */
export interface Reason {
  /** Stable, such as `evidence.missing`, `approvals.too-few`, `finding.not-tolerated`, `ok.approvals`. */
  readonly code: string
  readonly outcome: Outcome
  /** One sentence: what was asked, what was found. */
  readonly message: string
  /** One sentence: what to do next; absent on `allow`. */
  readonly nextStep?: string
  /** Digests of the statements that this reason rests on. */
  readonly statements: readonly Digest[]
}

/** What follows from evidence and consent under one policy, until it expires. */
export interface Decision {
  /** UUIDv7. */
  readonly id: string
  readonly tenant: string
  readonly subject: Digest
  readonly stage: GatedStage
  readonly outcome: Outcome
  readonly reasons: readonly Reason[]
  readonly policy: { readonly name: string; readonly digest: Digest }
  /** Digests of all verified statements that were read. */
  readonly inputs: readonly Digest[]
  /** RFC 3339, UTC, milliseconds. */
  readonly decidedAt: string
  readonly expiresAt: string
}
