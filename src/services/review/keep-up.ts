import { subjectsOf } from '../../trust/evidence/index.ts'
import { foldFacts } from './fold-facts.ts'
import { sealRequests } from './note-requests.ts'
import type { ModelFacts, ReviewBook } from './ports.ts'
import type { QueueDeps } from './queue-deps.ts'
import { noticesOf } from './say-notice.ts'
import { answersIn, settleCase } from './settle-case.ts'

/** Statements read between two writes. */
const FOLD_TOGETHER = 200
/** Cases settled in one look; the rest in the next. */
const SETTLE_TOGETHER = 200

/** Brings the queue up to the ledger's end: who was held back, what is known of models, where cases stand, what is overdue. */
export async function keepUp(deps: QueueDeps): Promise<void> {
  await sealRequests(deps)
  await foldLedger(deps)
  await settleCases(deps)
  tellOverdue(deps)
}

async function foldLedger(deps: QueueDeps): Promise<void> {
  const { book, registry } = deps
  for (let from = book.cursor(); from < registry.ledgerSize(); from = book.cursor()) {
    const { next, changed } = await foldBatch(deps, from)
    if (next === from) return
    book.fold(next, changed)
  }
}

async function foldBatch({ book, registry }: QueueDeps, from: number) {
  const changed = new Map<string, ModelFacts>()
  // What this batch has changed already stands before what the book has.
  const facts: ReviewBook['facts'] = (digest) => changed.get(digest) ?? book.facts(digest)
  let next = from
  for await (const { index, verified } of registry.statements(from, FOLD_TOGETHER)) {
    next = index + 1
    if (verified === undefined) continue
    for (const digest of subjectsOf(verified)) {
      const after = foldFacts(facts, digest, { index, verified })
      if (after !== undefined) changed.set(digest, after)
    }
  }
  return { next, changed: [...changed.values()] }
}

async function settleCases(deps: QueueDeps): Promise<void> {
  const { book, registry } = deps
  for (const digest of book.unsettled(deps.now().toISOString(), SETTLE_TOGETHER)) {
    const before = book.case(digest)
    if (before === undefined) continue
    const statements = await registry.about(digest)
    const decision = await registry.decide(digest, before.stage)
    // A request may have moved the case meanwhile; then the next look settles it.
    const now = book.case(digest)
    if (now === undefined || now.stage !== before.stage || now.openedAt !== before.openedAt) continue
    const settled = settleCase(now, decision, statements, deps.policy)
    const answer = answersIn(statements).find(({ statement }) => statement === settled.lastAnswer)
    const isNew = answer !== undefined && answer.statement !== now.lastAnswer && answer.at >= now.openedAt
    const at = deps.now().toISOString()
    book.save(settled, isNew ? noticesOf(deps, settled, { event: 'review.answered', at, answer }) : [])
  }
}

function tellOverdue(deps: QueueDeps): void {
  const at = deps.now().toISOString()
  for (const kase of deps.book.overdue(at, SETTLE_TOGETHER))
    deps.book.save({ ...kase, toldOverdue: true }, noticesOf(deps, kase, { event: 'review.overdue', at }))
}
