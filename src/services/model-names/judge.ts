import type { Decision, Digest, GatedStage } from '../../ground/domain/index.ts'
import type { NamesRegistry } from './ports.ts'

/** Judgements kept; each is a few kB. */
const MAX_KEPT = 2_000
/** Characters of a refusal: what a client prints in a terminal. */
const MAX_MESSAGE = 900

/** Decides, and remembers until a statement comes in or the decision expires: a revocation is seen by the next question. */
export type Judge = (digest: Digest, stage: GatedStage) => Promise<Decision>

/** A judge before a registry. */
export function createJudge(deps: {
  readonly registry: Pick<NamesRegistry, 'decide' | 'ledgerSize'>
  readonly now: () => Date
}): Judge {
  const kept = new Map<string, { readonly decision: Decision; readonly ledgerSize: number }>()
  return async (digest, stage) => {
    const key = `${stage} ${digest}`
    const ledgerSize = deps.registry.ledgerSize()
    const known = kept.get(key)
    if (known?.ledgerSize === ledgerSize && Date.parse(known.decision.expiresAt) > deps.now().getTime())
      return known.decision
    const decision = await deps.registry.decide(digest, stage)
    kept.delete(key)
    kept.set(key, { decision, ledgerSize })
    const [oldest] = kept.keys()
    if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest)
    return decision
  }
}

/** One line: why not, what to do next, where to look. */
export function sayWhyNot(decision: Decision, reviewUrl: string): string {
  const [first, ...more] = decision.reasons.filter(({ outcome }) => outcome === decision.outcome)
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`
  const why = first === undefined ? `the policy says ${decision.outcome}` : first.message
  const next = first?.nextStep === undefined ? '' : ` Next: ${first.nextStep}`
  const line = `${why}${others}${next} See ${reviewUrl}`.replaceAll(/\s+/g, ' ')
  return line.length <= MAX_MESSAGE ? line : `${line.slice(0, MAX_MESSAGE - 3)}...`
}
