import type { GatedStage, Reason } from '../../ground/domain/index.ts'
import { GATED_STAGES } from '../../ground/domain/index.ts'
import type { ApprovalPredicate, Verified } from '../evidence/index.ts'
import type { ApprovalRule, StagePolicy } from './policy.ts'
import {
  against,
  isByRequester,
  isFuture,
  type Judgement,
  noted,
  type PolicyCase,
  sayDuration,
  statementsOf,
} from './policy-case.ts'

interface Approval {
  readonly verified: Verified
  readonly predicate: ApprovalPredicate
}

/** A revocation is for good: whatever its date, whoever else agrees, the model stays out. */
export function judgeRevocations(kase: PolicyCase): Judgement {
  const revocations = statementsOf(kase.statements, 'revocation')
  const last = revocations.at(-1)
  if (last === undefined) return { reasons: [] }
  const words = {
    message: `The model was revoked at ${last.predicate.at}: ${last.predicate.note}`,
    nextStep: 'Bring in other bytes: a revocation of these is final.',
  }
  return {
    reasons: [
      against(
        'deny',
        'consent.revoked',
        words,
        revocations.map(({ verified }) => verified),
      ),
    ],
  }
}

/** Whether enough of the right people want the model at this stage, after the last who did not. */
export function judgeApprovals(kase: PolicyCase, stage: StagePolicy): Judgement {
  const rule = stage.approvals
  const rejection = statementsOf(kase.statements, 'rejection').at(-1)
  const context = { kase, rule, rejectedAt: rejection?.verified.at, seenAt: firstScanAt(kase, stage) }
  const { counting, notes } = sortOut(statementsOf(kase.statements, 'approval'), context)
  const reasons: Reason[] = [...notes]
  if (rejection !== undefined && counting.length === 0) {
    const words = {
      message: `The model was rejected at ${rejection.predicate.at}, and nobody who counts has approved it since: ${rejection.predicate.note}`,
      nextStep: 'Settle what the rejection says; a later approval lifts it.',
    }
    reasons.push(against('deny', 'consent.rejected', words, [rejection.verified]))
  }
  if (rule.count === 0) return { reasons }
  if (rule.excludeRequester && kase.requesters.length === 0)
    return { reasons: [...reasons, requesterUnknown()] }
  return judgeCount(reasons, counting, { kase, rule })
}

function judgeCount(
  reasons: readonly Reason[],
  counting: readonly Approval[],
  { kase, rule }: { readonly kase: PolicyCase; readonly rule: ApprovalRule },
): Judgement {
  const people = countPeople(counting)
  const verified = counting.map((approval) => approval.verified)
  if (people < rule.count) {
    const missing = rule.count - people
    const words = {
      message: `${rule.count} different people must approve the model for ${kase.stage}; ${people} have.`,
      nextStep: `Ask ${missing} more ${missing === 1 ? 'person' : 'people'}${rule.excludeRequester ? ', who did not ask for the model,' : ''} to review and approve it.`,
    }
    return { reasons: [...reasons, against('review', 'approvals.too-few', words, verified)] }
  }
  const ok = noted(
    'ok.approvals',
    `${people} of the ${rule.count} people that ${kase.stage} asks for have approved.`,
    verified,
  )
  const until = endOfApprovals(counting, rule)
  return { reasons: [...reasons, ok], ...(until === undefined ? {} : { until }) }
}

function requesterUnknown(): Reason {
  const words = {
    message: 'Nobody knows who asked for this model, so nobody knows whose approval would count.',
    nextStep: 'Import the model through quarantine, which records who asked for it.',
  }
  return against('deny', 'approvals.requester-unknown', words, [])
}

interface ApprovalContext {
  readonly kase: PolicyCase
  readonly rule: ApprovalRule
  readonly rejectedAt: number | undefined
  readonly seenAt: number | undefined
}

function sortOut(
  approvals: readonly Approval[],
  context: ApprovalContext,
): { readonly counting: readonly Approval[]; readonly notes: readonly Reason[] } {
  const counting: Approval[] = []
  const notes: Reason[] = []
  for (const approval of approvals) {
    const problem = problemOfApproval(approval, context)
    if (problem === undefined) counting.push(approval)
    else
      notes.push(
        noted('ignored.approval', `The approval of ${approval.predicate.at} does not count: ${problem}.`, [
          approval.verified,
        ]),
      )
  }
  return { counting, notes }
}

function problemOfApproval({ verified, predicate }: Approval, context: ApprovalContext): string | undefined {
  const { kase, rule, rejectedAt, seenAt } = context
  const at = Date.parse(predicate.at)
  if (rank(predicate.stage) < rank(kase.stage)) return `it is for ${predicate.stage} only`
  if (isFuture(verified, kase.at)) return 'it is dated in the future'
  if (rejectedAt !== undefined && at <= rejectedAt) return 'the model was rejected since'
  if (seenAt !== undefined && at < seenAt) return 'it was given before the model was assessed'
  if (rule.maxAgeMs !== undefined && kase.at - at > rule.maxAgeMs)
    return `it is older than ${sayDuration(rule.maxAgeMs)}`
  return problemOfApprover(predicate, kase, rule)
}

function problemOfApprover(
  predicate: ApprovalPredicate,
  kase: PolicyCase,
  rule: ApprovalRule,
): string | undefined {
  if (rule.excludeRequester && isByRequester(predicate, kase.requesters))
    return 'it is by the person who asked for the model'
  if (rule.by !== undefined && !rule.by.includes(predicate.principalId) && !rule.by.includes(predicate.owner))
    return 'the policy names others who may approve'
  if (rule.authentication !== undefined && !rule.authentication.includes(predicate.authentication))
    return `the approver had signed in by ${predicate.authentication}, which the policy does not accept`
  return undefined
}

/** The first scan that the policy asks for: whoever approved before it had nothing to look at. */
function firstScanAt(kase: PolicyCase, stage: StagePolicy): number | undefined {
  if (!stage.evidence.some(({ predicate }) => predicate === 'model-scan')) return undefined
  return statementsOf(kase.statements, 'model-scan').at(0)?.verified.at
}

// Both must differ: two tokens of one person are one person, and so is one token under two names.
function countPeople(approvals: readonly Approval[]): number {
  const owners = new Set(approvals.map(({ predicate }) => predicate.owner))
  const principals = new Set(approvals.map(({ predicate }) => predicate.principalId))
  return Math.min(owners.size, principals.size)
}

/** When so many approvals have grown too old that the count is no longer reached. */
function endOfApprovals(
  approvals: readonly Approval[],
  { count, maxAgeMs }: ApprovalRule,
): number | undefined {
  if (maxAgeMs === undefined) return undefined
  const newestFirst = approvals.toSorted((a, b) => Date.parse(b.predicate.at) - Date.parse(a.predicate.at))
  const needed = newestFirst.findIndex((_, i) => countPeople(newestFirst.slice(0, i + 1)) >= count)
  const last = newestFirst[needed]
  return last === undefined ? undefined : Date.parse(last.predicate.at) + maxAgeMs
}

function rank(stage: GatedStage): number {
  return GATED_STAGES.indexOf(stage)
}
