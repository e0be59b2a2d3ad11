import type { GatedStage, Reason } from '../../ground/domain/index.ts'
import { GATED_STAGES } from '../../ground/domain/index.ts'
import type { ApprovalPredicate, Consent, Verified } from '../evidence/index.ts'
import { problemOfConditions } from './approval-conditions.ts'
import { judgeAutomatic } from './automatic.ts'
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

/**
 * Whether enough of the right people want the model at this stage, after the last who did not. Where a rule of the policy
 * asks nobody, nobody is counted; a person's no stands even so.
 */
export function judgeApprovals(kase: PolicyCase, stage: StagePolicy): Judgement {
  const rule = stage.approvals
  const no = lastNo(kase)
  const context = { kase, rule, rejectedAt: no?.verified.at, seenAt: firstScanAt(kase, stage) }
  const { counting, notes } = sortOut(statementsOf(kase.statements, 'approval'), context)
  const reasons: Reason[] = [...notes]
  if (no !== undefined && counting.length === 0) reasons.push(sayNo(no))
  const automatic = judgeAutomatic(kase, stage.automatic)
  if (automatic !== undefined) reasons.push(automatic)
  if (rule.count === 0 || automatic !== undefined) {
    // One approval that counts is enough to lift a no: it stays lifted as long as the last of them holds.
    const until = no === undefined ? undefined : endOfApprovals(counting, { ...rule, count: 1 })
    return { reasons, ...(until === undefined ? {} : { until }) }
  }
  if (rule.excludeRequester && kase.requesters.length === 0)
    return { reasons: [...reasons, requesterUnknown()] }
  return judgeCount(reasons, counting, { kase, rule })
}

interface No {
  readonly verified: Verified
  readonly predicate: Consent
}

/** The last rejection or wish for changes: approvals from before were given to something that somebody has objected to since. */
function lastNo(kase: PolicyCase): No | undefined {
  const all = [
    ...statementsOf(kase.statements, 'rejection'),
    ...statementsOf(kase.statements, 'changes-requested'),
  ]
  // Of two of one time the rejection counts: it is the harder word.
  return all
    .toSorted((a, b) => (a.verified.at ?? 0) - (b.verified.at ?? 0) || hardness(a) - hardness(b))
    .at(-1)
}

function hardness({ verified }: No): number {
  return Number(verified.name === 'rejection')
}

function sayNo({ verified, predicate }: No): Reason {
  const isRejection = verified.name === 'rejection'
  const [outcome, code, what] = isRejection
    ? (['deny', 'consent.rejected', 'The model was rejected'] as const)
    : (['review', 'consent.changes-requested', 'Changes were asked for'] as const)
  const words = {
    message: `${what} at ${predicate.at}, and nobody who counts has approved it since: ${predicate.note}`,
    nextStep: isRejection
      ? 'Settle what the rejection says; a later approval lifts it.'
      : 'Make the changes and bring the new bytes in, or settle it: a later approval lifts this.',
  }
  return against(outcome, code, words, [verified])
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
      message:
        rule.count === 1
          ? `One person must approve the model for ${kase.stage}; nobody has.`
          : `${rule.count} different people must approve the model for ${kase.stage}; ${people} have.`,
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
  return problemOfConditions(kase, predicate.conditions) ?? problemOfApprover(predicate, kase, rule)
}

function problemOfApprover(
  predicate: ApprovalPredicate,
  kase: PolicyCase,
  rule: ApprovalRule,
): string | undefined {
  if (rule.excludeRequester && isByRequester(predicate, kase))
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

/** When so many approvals have grown too old, or have ended, that the count is no longer reached. */
function endOfApprovals(
  approvals: readonly Approval[],
  { count, maxAgeMs }: ApprovalRule,
): number | undefined {
  const endOf = ({ predicate: { at, conditions } }: Approval) =>
    Math.min(
      maxAgeMs === undefined ? Number.POSITIVE_INFINITY : Date.parse(at) + maxAgeMs,
      conditions?.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(conditions.until),
    )
  const lastFirst = approvals.toSorted((a, b) => endOf(b) - endOf(a) || 0) // Infinity less itself is no number.
  const needed = lastFirst.findIndex((_, i) => countPeople(lastFirst.slice(0, i + 1)) >= count)
  const last = lastFirst[needed]
  const end = last === undefined ? undefined : endOf(last)
  return end === Number.POSITIVE_INFINITY ? undefined : end
}

function rank(stage: GatedStage): number {
  return GATED_STAGES.indexOf(stage)
}
