import type { Decision, Digest } from '../../ground/domain/index.ts'
import { predicateOf } from '../../trust/evidence/index.ts'
import type { Policy } from '../../trust/policy/index.ts'
import type { FoundStatement, StoredCase } from './ports.ts'
import type { CaseState, ReviewAnswer } from './review-port.ts'

/** A case under what its gate would decide now, and what was said of its model. Pure. */
export function settleCase(
  kase: StoredCase,
  decision: Decision,
  statements: readonly FoundStatement[],
  policy: Policy,
): StoredCase {
  const [newest] = answersIn(statements)
  const isRevoked = statements.some(({ verified }) => verified.name === 'revocation')
  const { lastAnswer: _last, validUntil: _until, ...rest } = kase
  return {
    ...rest,
    ...(decision.outcome === 'allow' ? {} : { outcome: decision.outcome, reason: decisiveReason(decision) }),
    state: stateOf(kase, decision, isRevoked ? 'rejection' : newest?.what),
    approvals: {
      have: countApprovers(decision, statements),
      need: policy.stages[kase.stage]?.approvals.count ?? 0,
    },
    seenIndex: statements.at(-1)?.index ?? kase.seenIndex,
    // A denial changes with a new statement only; what holds, or waits for a day, ends with its decision.
    ...(decision.outcome === 'allow' ? { validUntil: decision.expiresAt } : {}),
    ...(newest === undefined ? {} : { lastAnswer: newest.statement }),
  }
}

function stateOf(kase: StoredCase, decision: Decision, last: ReviewAnswer['what'] | undefined): CaseState {
  if (decision.outcome === 'allow') return 'approved'
  if (last === 'rejection') return 'rejected'
  if (last === 'changes-requested') return 'changes-asked'
  return kase.state === 'approved' || kase.state === 'lapsed' ? 'lapsed' : 'open'
}

/** The first of the reasons that made the outcome. */
export function decisiveReason({ outcome, reasons, policy }: Decision): string {
  return (
    reasons.find((reason) => reason.outcome === outcome)?.message ??
    `The policy "${policy.name}" says ${outcome}.`
  )
}

const COUNTED: readonly string[] = ['ok.approvals', 'approvals.too-few']

/** People whose approvals the policy counted: principals of one person count once. */
function countApprovers({ reasons }: Decision, statements: readonly FoundStatement[]): number {
  const counted = new Set(
    reasons.flatMap((reason) => (COUNTED.includes(reason.code) ? reason.statements : [])),
  )
  const approvals = statements.flatMap(({ digest, verified }) => {
    const approval = counted.has(digest) ? predicateOf(verified, 'approval') : undefined
    return approval === undefined ? [] : [approval]
  })
  const owners = new Set(approvals.map(({ owner }) => owner))
  const principals = new Set(approvals.map(({ principalId }) => principalId))
  return Math.min(owners.size, principals.size)
}

const ANSWERS = ['approval', 'rejection', 'changes-requested'] as const

/** What people said of a model, newest first. */
export function answersIn(statements: readonly FoundStatement[]): readonly ReviewAnswer[] {
  const answers = statements.flatMap(({ index, digest, verified }): readonly ReviewAnswer[] => {
    const what = ANSWERS.find((name) => name === verified.name)
    const said = what === undefined ? undefined : predicateOf(verified, what)
    if (what === undefined || said === undefined) return []
    const conditions = predicateOf(verified, 'approval')?.conditions
    const { at, principalId, note } = said
    const more = conditions === undefined ? {} : { conditions }
    return [{ at, principalId, what, note, statement: digest as Digest, index, ...more }]
  })
  return answers.reverse()
}
