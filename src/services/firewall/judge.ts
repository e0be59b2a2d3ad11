import type { Decision, Digest } from '../../ground/domain/index.ts'
import type { Actor } from '../registry/index.ts'
import type { FirewallDeps } from './firewall-deps.ts'

/** Judgements kept; each is a few kB. */
const MAX_KEPT = 2_000

/**
 * Decisions, each kept until a statement comes in or it expires: a revocation is seen by the next question. What was held back and is
 * allowed now (people approved it) is sealed before the first byte leaves, once however many ask.
 */
export function createJudge({
  registry,
  now,
}: Pick<FirewallDeps, 'registry' | 'now'>): (digest: Digest, actor: Actor) => Promise<Decision> {
  const kept = new Map<Digest, { readonly decision: Decision; readonly ledgerSize: number }>()
  const running = new Map<Digest, { readonly ledgerSize: number; readonly work: Promise<Decision> }>()
  const decideAnew = async (digest: Digest, actor: Actor, wasAllowed: boolean): Promise<Decision> => {
    const decision = await registry.decide(digest, 'development')
    if (decision.outcome !== 'allow' || wasAllowed) return decision
    const { decision: last } = await registry.get(digest)
    if (last?.stage === 'development' && last.outcome === 'allow') return decision
    return registry.promote(digest, { stage: 'development' }, actor)
  }
  return async (digest, actor) => {
    const ledgerSize = registry.ledgerSize()
    const known = kept.get(digest)
    if (known?.ledgerSize === ledgerSize && Date.parse(known.decision.expiresAt) > now().getTime())
      return known.decision
    const other = running.get(digest)
    // Only one that began after the last statement came in: a revocation must not meet an answer from before it.
    if (other?.ledgerSize === ledgerSize) return other.work
    const work = decideAnew(digest, actor, known?.decision.outcome === 'allow')
    running.set(digest, { ledgerSize, work })
    const decision = await work.finally(() => {
      if (running.get(digest)?.work === work) running.delete(digest)
    })
    kept.delete(digest)
    kept.set(digest, { decision, ledgerSize })
    const [oldest] = kept.keys()
    if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest)
    return decision
  }
}
