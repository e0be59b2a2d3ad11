import {
  type Decision,
  type Digest,
  type GatedStage,
  OUTCOMES,
  type Outcome,
  type Reason,
} from '../../ground/domain/index.ts'
import { isVerified, subjectsOf, tenantOf, type Verified } from '../evidence/index.ts'
import { ancestryOf, judgeAncestors, readOfAncestors } from './ancestry.ts'
import { judgeApprovals, judgeRevocations } from './judge-consent.ts'
import { judgeEvidence, judgeUnasked } from './judge-evidence.ts'
import type { Policy, StagePolicy } from './policy.ts'
import {
  against,
  type Judgement,
  noted,
  type PolicyCase,
  type Requester,
  statementsOf,
} from './policy-case.ts'
import { collectWaivers } from './waivers.ts'

/** What a decision is asked about, and with what it is made. */
export interface DecisionRequest {
  /** UUIDv7 of the decision. */
  readonly id: string
  readonly tenant: string
  readonly subject: Digest
  readonly stage: GatedStage
  /** Everything known about the subject, in any order; decisions among them are not read (ARCHITECTURE, rule 1). */
  readonly statements: readonly Verified[]
  /** Whoever asked for the model, where the caller knows more than the quarantine statements say. */
  readonly requester?: Requester
  /** Everything known about the models that the subject was made from, in any order. */
  readonly ancestry?: readonly Verified[]
  readonly at: Date
}

/**
 * What follows from evidence and consent under a policy. Pure, and total: every reason is returned, those in favour too,
 * and whatever is missing, stale, partial, undecided, undated or failing to evaluate never allows.
 */
export function decide(policy: Policy, request: DecisionRequest): Decision {
  if (![...request.statements, ...(request.ancestry ?? [])].every(isVerified))
    throw new TypeError('decide takes what openStatement returned, nothing else')
  const kase = openCase(request)
  const stage = policy.stages[request.stage]
  const judgements = [
    judgeRevocations(kase),
    ...(stage === undefined || stage.evidence.length === 0
      ? [judgeNothingAsked(policy, request.stage)]
      : judgeStage(kase, stage)),
    noteForeign(request, kase),
  ]
  const reasons = judgements.flatMap((judgement) => judgement.reasons)
  const limits = judgements.flatMap(({ until }) => (until === undefined ? [] : [until]))
  const expiresAt = Math.min(kase.at + (stage?.expiresAfterMs ?? 0), ...limits)
  return {
    id: request.id,
    tenant: request.tenant,
    subject: request.subject,
    stage: request.stage,
    outcome: worstOutcome(reasons),
    reasons,
    policy: { name: policy.name, digest: policy.digest },
    inputs: [
      ...new Set([...kase.statements.map(({ digest }) => digest), ...readOfAncestors(kase)]),
    ].toSorted(),
    decidedAt: request.at.toISOString(),
    expiresAt: new Date(Math.max(kase.at, expiresAt)).toISOString(),
  }
}

function judgeStage(kase: PolicyCase, stage: StagePolicy): readonly Judgement[] {
  const waivers = collectWaivers(kase, stage)
  return [
    { reasons: waivers.notes },
    ...stage.evidence.map((rule) => judgeEvidence(kase, rule, waivers)),
    judgeUnasked(kase, stage),
    judgeAncestors(kase, stage),
    judgeApprovals(kase, stage),
  ]
}

// "A policy that defines no steps imposes no requirements and therefore proves nothing" (go-witness, policy.go).
function judgeNothingAsked(policy: Policy, stage: GatedStage): Judgement {
  const words = {
    message: `The policy "${policy.name}" asks for nothing before ${stage}; a policy that asks for nothing proves nothing.`,
    nextStep: `Write down in the policy what ${stage} asks for.`,
  }
  return { reasons: [against('deny', 'policy.empty', words, [])] }
}

function openCase({
  tenant,
  subject,
  stage,
  statements,
  requester,
  ancestry,
  at,
}: DecisionRequest): PolicyCase {
  const unique = new Map<Digest, Verified>()
  for (const verified of statements) {
    if (verified.kind === 'decision' || tenantOf(verified) !== tenant) continue
    if (subjectsOf(verified).includes(subject)) unique.set(verified.digest, verified)
  }
  // The order in which statements were handed over must not show in the decision.
  const ordered = [...unique.values()].sort(
    (a, b) => (a.at ?? 0) - (b.at ?? 0) || (a.digest < b.digest ? -1 : Number(a.digest > b.digest)),
  )
  const requesters = statementsOf(ordered, 'quarantine').map(({ predicate }) => predicate)
  return {
    tenant,
    subject,
    stage,
    at: at.getTime(),
    statements: ordered,
    requesters: requester === undefined ? requesters : [...requesters, requester],
    askers: statementsOf(ordered, 'access-request').map(
      ({ predicate: { principalId, owner, at: askedAt } }) => ({
        principalId,
        owner,
        askedAt: Date.parse(askedAt),
      }),
    ),
    ancestry: ancestryOf(ancestry ?? [], tenant),
  }
}

function noteForeign(request: DecisionRequest, kase: PolicyCase): Judgement {
  const known = new Set(kase.statements.map(({ digest }) => digest))
  const foreign = request.statements.filter(({ kind, digest }) => kind !== 'decision' && !known.has(digest))
  if (foreign.length === 0) return { reasons: [] }
  const ordered = foreign.toSorted((a, b) => (a.digest < b.digest ? -1 : Number(a.digest > b.digest)))
  const message = `${foreign.length} statements are about another model or tenant and were not read.`
  return { reasons: [noted('ignored.foreign', message, ordered)] }
}

function worstOutcome(reasons: readonly Reason[]): Outcome {
  const worst = OUTCOMES.findLast((outcome) => reasons.some((reason) => reason.outcome === outcome))
  return worst ?? 'deny'
}
