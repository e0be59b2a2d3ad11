import type { Digest, GatedStage, Severity } from '../../ground/domain/index.ts'
import type { DerivationRelation, PredicateName } from '../evidence/index.ts'
import type { Condition } from './condition.ts'

/** What must be known, and who must agree, before a model may reach a stage. Made only by `parsePolicy`. */
export interface Policy {
  readonly name: string
  readonly description?: string
  /** SHA-256 of the canonical JSON of the document: white space and comments do not change it, every word else does. */
  readonly digest: Digest
  /** A stage that is not there is closed. */
  readonly stages: Readonly<Partial<Record<GatedStage, StagePolicy>>>
  /** Absent: training is recorded and not gated. */
  readonly training?: TrainingPolicy
}

/** What data must have been vetted before a training run may read it. */
export interface TrainingPolicy {
  readonly requireVettedData: boolean
  readonly maxAgeMs: number
  /** `deny`: the run does not begin. `review`: it runs, and its record carries a finding for a person. */
  readonly onViolation: 'deny' | 'review'
}

/** What one stage asks. */
export interface StagePolicy {
  readonly evidence: readonly EvidenceRule[]
  readonly approvals: ApprovalRule
  /** Models that need nobody's approval; the first whose clauses all hold counts. */
  readonly automatic: readonly AutomaticRule[]
  readonly waivers: { readonly allowed: boolean; readonly maxDurationMs?: number }
  readonly expiresAfterMs: number
  /** What follows when a model that this one was made from was revoked, or found malicious. */
  readonly ancestors: { readonly revoked: 'review' | 'deny'; readonly malicious: 'review' | 'deny' }
}

/** One piece of evidence that must be there, and how it must be. */
export interface EvidenceRule {
  readonly predicate: PredicateName
  /** `assessor` for any believed assessor key, or key ids. */
  readonly signers: readonly string[]
  readonly maxAgeMs?: number
  /** Whether a file that was not read in full denies or goes to review; it never allows. */
  readonly coverage: 'full' | 'partial'
  /** Suspicious findings that need no waiver. */
  readonly tolerate: { readonly severities: readonly Severity[]; readonly ruleIds: readonly string[] }
  readonly conditions: readonly Condition[]
  /** Derivations along which evidence about the parents may stand in for a model's own; none unless the policy says so. */
  readonly acceptFrom: readonly { readonly relation: DerivationRelation; readonly maxDepth: number }[]
}

/** How many people must want it, and who counts. */
export interface ApprovalRule {
  readonly count: number
  readonly excludeRequester: boolean
  /** Principal or owner ids; everybody when absent. */
  readonly by?: readonly string[]
  readonly authentication?: readonly string[]
  readonly maxAgeMs?: number
}

/** Which models need nobody's approval: every clause that is named must hold, each from a verified statement. */
export interface AutomaticRule {
  /** Names under which the hub's repository must stand. */
  readonly publishers?: readonly string[]
  readonly signed?: true
  /** Formats of weights, as assessors name them. */
  readonly formats?: readonly string[]
  readonly verdict?: 'clean'
  /** As the hub states them. */
  readonly licences?: readonly string[]
}

/** What is wrong with a policy document, and where; lines and columns count from 1. */
export interface PolicyProblem {
  readonly path: string
  readonly line: number
  readonly column: number
  readonly message: string
}
