import type { Digest } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import { keepUp } from './keep-up.ts'
import { createRequestNotes } from './note-requests.ts'
import type { CasePlace, StoredCase } from './ports.ts'
import type { QueueDeps } from './queue-deps.ts'
import { caseOf, knownCase, readCase } from './read-case.ts'
import type { ReviewDetail, ReviewQueue } from './review-port.ts'
import { noticesOf } from './say-notice.ts'

/** A queue that must be closed, and looks after itself when told to. */
export interface OpenReviewQueue extends ReviewQueue {
  /** Brings the queue up to the ledger's end; one look at a time. */
  keepUp(): Promise<void>
  /** Writes what waits in memory. Resolves when the look that is under way has ended. */
  close(): Promise<void>
}

/** The queue of one registry. */
export function createReviewQueue(deps: QueueDeps): OpenReviewQueue {
  let last: Promise<unknown> = Promise.resolve()
  let isClosed = false
  const look = (): Promise<void> => {
    const mine = last.then(
      () => keepUp(deps),
      () => keepUp(deps),
    )
    last = mine
    return mine
  }
  const notes = createRequestNotes(deps, () => {
    if (!isClosed) look().catch(deps.report)
  })
  const settled = async () => {
    notes.flush()
    await look()
  }
  return {
    noteRequest: notes.note,
    keepUp: settled,
    close: async () => {
      isClosed = true
      notes.flush()
      await last.catch(() => undefined) // Whoever asked for that look has its failure.
    },
    list: async ({ cursor, ...query }) => {
      await settled()
      const page = deps.book.cases({ ...query, limit: query.limit + 1, ...placeOf(cursor) })
      const items = page.slice(0, query.limit)
      const end = page.length > query.limit ? items.at(-1) : undefined
      return {
        items: items.map((kase) => caseOf(deps, kase)),
        ...(end === undefined ? {} : { next: cursorOf(end) }),
      }
    },
    get: async (digest, reader) => {
      await settled()
      return readCase(deps, digest, reader)
    },
    ...answersOf(deps, settled),
  }
}

type Answers = Pick<ReviewQueue, 'take' | 'setDeadline' | 'approve' | 'reject' | 'askChanges'>

function answersOf(deps: QueueDeps, settled: () => Promise<void>): Answers {
  const change = (digest: Digest, next: Partial<StoredCase>, isTaken: boolean): void => {
    const kase = { ...knownCase(deps, digest), ...next }
    const at = deps.now().toISOString()
    deps.book.save(kase, isTaken ? noticesOf(deps, kase, { event: 'review.taken', at }) : [])
  }
  const page = (digest: Digest, { principalId, owner }: { principalId: string; owner: string }) =>
    readCase(deps, digest, { principalId, owner, mayReview: true })
  const sealed = async (digest: Digest, deed: () => Promise<unknown>, actor: Parameters<typeof page>[1]) => {
    knownCase(deps, digest)
    await deed()
    await settled()
    return page(digest, actor)
  }
  return {
    take: async (digest, { principalId }, actor): Promise<ReviewDetail> => {
      await settled()
      change(digest, { owner: principalId ?? actor.principalId }, true)
      return page(digest, actor)
    },
    setDeadline: async (digest, request, actor) => {
      await settled()
      const deadline = new Date(request.deadline)
      if (!(deadline > deps.now()))
        throw new SallyportError(
          'BAD_INPUT',
          `a deadline must be later than now; "${request.deadline.slice(0, 80)}" is not`,
        )
      change(digest, { deadline: deadline.toISOString(), toldOverdue: false }, false)
      return page(digest, actor)
    },
    approve: (digest, request, actor) =>
      sealed(digest, () => deps.registry.approve(digest, request, actor), actor),
    reject: (digest, request, actor) =>
      sealed(digest, () => deps.registry.reject(digest, request, actor), actor),
    askChanges: (digest, request, actor) =>
      sealed(digest, () => deps.registry.askChanges(digest, request, actor), actor),
  }
}

function cursorOf({ openedAt, digest }: StoredCase): string {
  return Buffer.from(`v1:${openedAt} ${digest}`).toString('base64url')
}

function placeOf(cursor: string | undefined): { readonly after?: CasePlace } {
  if (cursor === undefined) return {}
  const [, openedAt, digest] =
    /^v1:(\S{24}) (sha256:[0-9a-f]{64})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? []
  if (openedAt === undefined || digest === undefined)
    throw new SallyportError('BAD_INPUT', 'the cursor is none that this server gave out; start without one')
  return { after: { openedAt, digest: digest as Digest } }
}
