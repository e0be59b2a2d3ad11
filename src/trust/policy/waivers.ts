import type { Reason } from '../../ground/domain/index.ts'
import type { Verified, WaiverPredicate } from '../evidence/index.ts'
import type { StagePolicy } from './policy.ts'
import { isByRequester, isFuture, noted, type PolicyCase, sayDuration, statementsOf } from './policy-case.ts'

/** A waiver that counts now. */
export interface ActiveWaiver {
  readonly verified: Verified
  readonly owner: string
  /** Milliseconds since 1970. */
  readonly until: number
}

/** No waiver: those of a model do not answer for its parents. */
export const NO_WAIVERS: Waivers = { byRule: new Map(), notes: [] }

/** The waivers that count, by rule, and why the others do not. */
export interface Waivers {
  readonly byRule: ReadonlyMap<string, ActiveWaiver>
  readonly notes: readonly Reason[]
}

/**
 * Waivers that count: allowed at this stage, begun, not ended, not longer than the policy lets them be, and not by the
 * one who asked for the model (where that matters). Of several for one rule the one that ends last counts.
 */
export function collectWaivers(kase: PolicyCase, stage: StagePolicy): Waivers {
  const byRule = new Map<string, ActiveWaiver>()
  const notes: Reason[] = []
  for (const { verified, predicate } of statementsOf(kase.statements, 'waiver')) {
    const problem = problemOfWaiver(kase, stage, { verified, predicate })
    if (problem !== undefined) {
      notes.push(
        noted('ignored.waiver', `The waiver of ${predicate.ruleId} does not count: ${problem}.`, [verified]),
      )
      continue
    }
    const until = Date.parse(predicate.until)
    if (until > (byRule.get(predicate.ruleId)?.until ?? 0))
      byRule.set(predicate.ruleId, { verified, owner: predicate.owner, until })
  }
  return { byRule, notes }
}

function problemOfWaiver(
  kase: PolicyCase,
  { waivers, approvals }: StagePolicy,
  { verified, predicate }: { readonly verified: Verified; readonly predicate: WaiverPredicate },
): string | undefined {
  const until = Date.parse(predicate.until)
  const { maxDurationMs = Number.POSITIVE_INFINITY } = waivers
  if (!waivers.allowed) return `the policy allows none at ${kase.stage}`
  if (isFuture(verified, kase.at)) return `it is dated ${predicate.at}, which is still to come`
  if (kase.at >= until) return `it ended at ${predicate.until}`
  if (until - Date.parse(predicate.at) > maxDurationMs)
    return `it is longer than the ${sayDuration(maxDurationMs)} that the policy allows`
  if (approvals.excludeRequester && isByRequester(predicate, kase))
    return 'it is by the person who asked for the model'
  return undefined
}
