import { GATED_STAGES, type GatedStage } from '../../ground/domain/index.ts'
import type { ApprovalRule, EvidenceRule, Policy, StagePolicy, TrainingPolicy } from './policy.ts'
import { sayDuration } from './policy-case.ts'
import { sayAutomatic, sayList } from './say-automatic.ts'

/** One sentence of a policy, and of which stage it speaks. */
export interface PolicySentence {
  readonly stage: GatedStage | 'training'
  readonly text: string
}

/** A whole policy in sentences that a person can object to. Pure; nothing that the policy asks is left out. */
export function sayPolicy(policy: Policy): readonly PolicySentence[] {
  const stages = GATED_STAGES.flatMap((stage): readonly PolicySentence[] =>
    sayStage(policy.stages[stage], stage).map((text) => ({ stage, text })),
  )
  const training = policy.training === undefined ? undefined : sayTraining(policy.training)
  return training === undefined ? stages : [...stages, { stage: 'training', text: training }]
}

function sayStage(stage: StagePolicy | undefined, name: GatedStage): readonly string[] {
  if (stage === undefined) return [`Nothing reaches ${name}: the policy does not name it.`]
  return [
    ...stage.evidence.flatMap((rule) => sayEvidence(rule, name)),
    ...stage.automatic.map((rule) => sayAutomatic(rule, name)),
    sayApprovals(stage.approvals, name),
    sayWaivers(stage.waivers, name),
    `A model made from one that was revoked ${sayOutcome(stage.ancestors.revoked)}; one made from a malicious one ${sayOutcome(stage.ancestors.malicious)}.`,
    `A decision for ${name} holds for ${sayDuration(stage.expiresAfterMs)}, and no longer than what it rests on.`,
  ]
}

function sayOutcome(outcome: 'review' | 'deny'): string {
  return outcome === 'review' ? 'goes to a person' : 'is refused'
}

function sayEvidence(rule: EvidenceRule, stage: GatedStage): readonly string[] {
  const { predicate, signers, maxAgeMs, coverage, tolerate, conditions, acceptFrom } = rule
  const by = signers.map((signer) =>
    signer === 'assessor' ? 'a believed assessor' : `the key ${signer.slice(0, 16)}`,
  )
  const age = maxAgeMs === undefined ? '' : `, not older than ${sayDuration(maxAgeMs)}`
  const gap = coverage === 'full' ? 'is refused' : 'goes to a person'
  const tolerated = [
    ...(tolerate.severities.length === 0 ? [] : [`of the severity ${sayList(tolerate.severities, 'or')}`]),
    ...(tolerate.ruleIds.length === 0 ? [] : [`of ${sayList(tolerate.ruleIds, 'or')}`]),
  ]
  return [
    `Before ${stage} there must be a ${predicate} by ${sayList(by, 'or')}${age}; what was not read in full ${gap}.`,
    ...(tolerated.length === 0
      ? []
      : [`Suspicious findings ${tolerated.join(' and ')} are tolerated in a ${predicate}.`]),
    ...conditions.map(({ message }) => `Of a ${predicate} this must be true: ${message}`),
    ...acceptFrom.map(
      ({ relation, maxDepth }) =>
        `Where a model has no ${predicate}, that of a model it is a ${relation} of speaks for it, over at most ${maxDepth} ${maxDepth === 1 ? 'step' : 'steps'}.`,
    ),
  ]
}

function sayApprovals(rule: ApprovalRule, stage: GatedStage): string {
  const { count, excludeRequester, by, authentication, maxAgeMs } = rule
  if (count === 0) return `Nobody need approve a model for ${stage}, unless somebody has rejected it.`
  const limits = [
    ...(excludeRequester ? [count === 1 ? 'who did not ask for it' : 'none of whom asked for it'] : []),
    ...(by === undefined ? [] : [`out of ${sayList(by, 'and')}`]),
    ...(authentication === undefined ? [] : [`signed in by ${sayList(authentication, 'or')}`]),
    ...(maxAgeMs === undefined ? [] : [`within the last ${sayDuration(maxAgeMs)}`]),
  ]
  const who = count === 1 ? 'One person must' : `${count} different people must`
  const which = limits.length === 0 ? '' : `, ${limits.join(', ')}`
  return `${who} approve a model for ${stage}${which}.`
}

function sayWaivers({ allowed, maxDurationMs }: StagePolicy['waivers'], stage: GatedStage): string {
  if (!allowed) return `No finding may be waived for ${stage}.`
  const length = maxDurationMs === undefined ? '' : `, for at most ${sayDuration(maxDurationMs)}`
  return `A person may answer for suspicious findings${length}; for malicious ones nobody may.`
}

function sayTraining({ requireVettedData, maxAgeMs, onViolation }: TrainingPolicy): string {
  if (!requireVettedData) return 'A training run may read data that nobody vetted.'
  const then = onViolation === 'deny' ? 'does not begin' : 'runs, and its record says so'
  return `A training run whose data was not vetted within ${sayDuration(maxAgeMs)} ${then}.`
}
