import type { Digest } from '../../src/ground/domain/index.ts'
import { SallyportError } from '../../src/ground/lang/index.ts'
import type { Actor, Registry } from '../../src/services/registry/index.ts'
import type {
  PublisherHistory,
  Reader,
  Requester,
  ReviewAnswer,
  ReviewCase,
  ReviewDetail,
  ReviewQueue,
} from '../../src/services/review/index.ts'

const DAY = 86_400_000

/** What a case starts with; the rest follows from the registry and from the answers. */
export interface CaseFacts {
  readonly stage: ReviewCase['stage']
  readonly reasons: ReviewDetail['reasons']
  readonly requesters: readonly Requester[]
  readonly openedAt: string
  readonly deadline: string
  readonly need: number
  readonly owner?: string
  readonly source?: string
  readonly lineOf?: string
  readonly license?: string
  readonly publisher?: PublisherHistory
  readonly previous?: ReviewDetail['previous']
  readonly state?: ReviewCase['state']
}

interface Held extends CaseFacts {
  readonly state: ReviewCase['state']
  readonly answers: readonly ReviewAnswer[]
}

/** The queue in memory, over a fake registry which seals the answers. */
export interface FakeReview extends ReviewQueue {
  /** Opens a case with all that is known of it. */
  put(digest: Digest, facts: CaseFacts): void
}

export function fakeReview(
  registry: Pick<Registry, 'get' | 'approve' | 'reject' | 'askChanges'>,
  now: () => Date,
): FakeReview {
  const cases = new Map<Digest, Held>()
  const find = (digest: Digest): Held => {
    const held = cases.get(digest)
    if (held === undefined) throw new SallyportError('NOT_FOUND', `no gate has left ${digest} to a person`)
    return held
  }
  const lineOf = async (digest: Digest): Promise<ReviewCase> => {
    const held = find(digest)
    const { answers, need, publisher, reasons, previous: _p, ...rest } = held
    const { name, verdict } = await registry.get(digest)
    const against = reasons.find(({ outcome }) => outcome !== 'allow')
    const waits = held.state === 'open' || held.state === 'changes-asked'
    return {
      ...rest,
      ...{ digest, name, verdict },
      ...(publisher === undefined ? {} : { publisher: publisher.name }),
      outcome: reasons.some(({ outcome }) => outcome === 'deny') ? 'deny' : 'review',
      reason: against?.message ?? 'A person has to look at it.',
      overdue: waits && Date.parse(held.deadline) < now().getTime(),
      requests: held.requesters.reduce((sum, { times }) => sum + times, 0),
      approvals: { have: approversOf(answers).length, need },
    }
  }
  const detail = async (digest: Digest, reader: Reader): Promise<ReviewDetail> => {
    const held = find(digest)
    const { timeline } = await registry.get(digest)
    const newest = timeline.at(-1)
    const whyNot = whyNotApprove(held, reader)
    return {
      ...(await lineOf(digest)),
      ...{ reasons: held.reasons, answers: held.answers, mayApprove: whyNot === undefined },
      ...(held.publisher === undefined ? {} : { publisherHistory: held.publisher }),
      ...(held.previous === undefined ? {} : { previous: held.previous }),
      ...(whyNot === undefined ? {} : { whyNot }),
      ...(newest === undefined ? {} : { ledgerIndex: newest.index }),
    }
  }
  const answer = async (
    digest: Digest,
    said: Pick<ReviewAnswer, 'what' | 'note' | 'conditions'>,
    actor: Actor,
  ): Promise<ReviewDetail> => {
    const held = find(digest)
    const sealed = (await registry.get(digest)).timeline.at(-1)
    if (sealed === undefined) throw new Error('nothing was sealed')
    const { statement, index, at } = sealed
    const answers = [{ ...said, at, principalId: actor.principalId, statement, index }, ...held.answers]
    cases.set(digest, { ...held, answers, state: stateAfter(said.what, answers, held.need) })
    return detail(digest, { ...actor, mayReview: true })
  }
  return {
    put: (digest, facts) => cases.set(digest, { state: 'open', answers: [], ...facts }),
    noteRequest: ({ digest, stage, door, principalId, source, decision }) => {
      const at = now().toISOString()
      const before = cases.get(digest)
      const mine = before?.requesters.find((one) => one.principalId === principalId && one.door === door)
      const others = (before?.requesters ?? []).filter((one) => one !== mine)
      const requesters = [
        { principalId, door, times: (mine?.times ?? 0) + 1, firstAt: mine?.firstAt ?? at, lastAt: at },
        ...others,
      ]
      const deadline = new Date(now().getTime() + 7 * DAY).toISOString()
      const reasons = decision.reasons.map(({ statements: _s, ...reason }) => reason)
      const opened = { stage, openedAt: at, deadline, need: 1, state: 'open' as const, answers: [] }
      cases.set(digest, {
        ...(before ?? opened),
        ...{ requesters, reasons },
        ...(source === undefined ? {} : { source }),
      })
    },
    list: async ({ state, owner, cursor, limit }) => {
      const all = (await Promise.all([...cases.keys()].map(lineOf)))
        .filter((one) => state === undefined || one.state === state)
        .filter((one) => owner === undefined || one.owner === owner)
        .sort((a, b) => b.openedAt.localeCompare(a.openedAt))
      const from = Number(cursor ?? 0)
      if (!Number.isSafeInteger(from))
        throw new SallyportError('BAD_INPUT', 'the cursor is none that was given')
      const items = all.slice(from, from + limit)
      return from + limit < all.length ? { items, next: String(from + limit) } : { items }
    },
    get: detail,
    take: async (digest, { principalId }, actor) => {
      cases.set(digest, { ...find(digest), owner: principalId ?? actor.principalId })
      return detail(digest, { ...actor, mayReview: true })
    },
    setDeadline: async (digest, { deadline }, actor) => {
      if (Date.parse(deadline) <= now().getTime())
        throw new SallyportError('BAD_INPUT', 'the deadline has passed already; name a later day')
      cases.set(digest, { ...find(digest), deadline })
      return detail(digest, { ...actor, mayReview: true })
    },
    approve: async (digest, { stage, note, conditions }, actor) => {
      const whyNot = whyNotApprove(find(digest), { ...actor, mayReview: true })
      if (whyNot !== undefined) throw new SallyportError('CONFLICT', whyNot)
      await registry.approve(digest, { stage, note }, actor)
      return answer(
        digest,
        { what: 'approval', note, ...(conditions === undefined ? {} : { conditions }) },
        actor,
      )
    },
    reject: async (digest, { note }, actor) => {
      find(digest)
      await registry.reject(digest, { note }, actor)
      return answer(digest, { what: 'rejection', note }, actor)
    },
    askChanges: async (digest, { note }, actor) => {
      find(digest)
      await registry.askChanges(digest, { note }, actor)
      return answer(digest, { what: 'changes-requested', note }, actor)
    },
  }
}

function approversOf(answers: readonly ReviewAnswer[]): readonly string[] {
  // What was said before a request for changes or a rejection no longer counts.
  const cut = answers.findIndex(({ what }) => what !== 'approval')
  return [...new Set(answers.slice(0, cut < 0 ? undefined : cut).map(({ principalId }) => principalId))]
}

function stateAfter(
  what: ReviewAnswer['what'],
  answers: readonly ReviewAnswer[],
  need: number,
): ReviewCase['state'] {
  if (what === 'rejection') return 'rejected'
  if (what === 'changes-requested') return 'changes-asked'
  return approversOf(answers).length >= need ? 'approved' : 'open'
}

function whyNotApprove(held: Held, { principalId, mayReview }: Reader): string | undefined {
  if (!mayReview) return 'Your role may not review.'
  if (held.requesters.some((one) => one.principalId === principalId))
    return 'You asked for this model yourself: somebody else has to approve it.'
  if (approversOf(held.answers).includes(principalId))
    return 'You have approved it already; one person counts once.'
  return undefined
}
