import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { openReviewBook } from './adapters/review-sqlite/index.ts'
import type { ReviewDoor } from './faces/cli/index.ts'
import type { Digest } from './ground/domain/index.ts'
import { SallyportError, uuidV7 } from './ground/lang/index.ts'
import type { Parts } from './home-parts.ts'
import type { OpenRegistry } from './services/registry/index.ts'
import {
  createReviewQueue,
  type OpenReviewQueue,
  type Reader,
  type ReviewBook,
  type ReviewQueue,
  type ReviewRegistry,
  watchRegistry,
} from './services/review/index.ts'
import type { Settings } from './services/settings/index.ts'
import { openStatement, type Verified } from './trust/evidence/index.ts'

/** What the queue needs of an open home. */
type ReviewParts = Pick<Parts, 'registry' | 'ledger' | 'view' | 'trusted' | 'beliefs' | 'policy'>

/** The queue of a home, and its registry with what lands in it. */
export interface OpenReview {
  readonly queue: OpenReviewQueue
  readonly book: ReviewBook
  close(): Promise<void>
}

/** Names under which notices wait for the ways that the settings name. */
function channelNames(settings: Settings): readonly string[] {
  return [
    ...settings.noticeWebhooks.map((url) => `webhook ${url}`),
    ...(settings.noticeSlackUrlFile === undefined ? [] : ['slack']),
    ...(settings.noticeSmtpUrlFile === undefined ? [] : ['mail']),
  ]
}

/**
 * Opens the queue of a home.
 * @param at `url` where the console stands, for links
 * @throws SallyportError `STORE_FAILED`
 */
export function openReview(
  settings: Settings,
  parts: ReviewParts,
  at: { readonly url: () => string; readonly report: (what: string, cause: unknown) => void },
): OpenReview {
  const book = openReviewBook(join(settings.home, 'review.db'))
  const queue = createReviewQueue({
    book,
    registry: registryOf(parts),
    policy: parts.policy,
    channels: channelNames(settings),
    pageOf: (digest) => `${at.url()}/review/${encodeURIComponent(digest)}`,
    reviewDays: settings.reviewDays,
    now: () => new Date(),
    newId: () => uuidV7(new Date(), randomBytes(10)),
    report: (cause) => at.report('the review queue could not keep up', cause),
  })
  return {
    queue,
    book,
    close: async () => {
      await queue.close()
      book.close()
    },
  }
}

/** The registry of a home whose refusals land in the queue; the queue is opened when there is something to tell. */
export function watchedRegistry(
  parts: ReviewParts,
  open: () => OpenReviewQueue,
  report: (what: string, cause: unknown) => void,
): OpenRegistry {
  return watchRegistry(parts.registry, {
    queue: async () => open(),
    policy: parts.policy,
    report: (cause) => report('the review queue was not told', cause),
  })
}

function registryOf({ registry, ledger, view, trusted, beliefs }: ReviewParts): ReviewRegistry {
  return {
    // An entry counts when it is folded: what the registry answers is made of no more than that.
    ledgerSize: () => view.cursor(),
    statements: async function* (from, count) {
      for await (const { index, digest, envelope } of ledger.entries(from, count)) {
        if (index >= view.cursor()) return
        const loggedAt = await beliefs.loggedAt(index)
        const verified = tryOpen(envelope, trusted, loggedAt)
        yield { index, digest, ...(verified === undefined ? {} : { verified }) }
      }
    },
    about: async (digest) =>
      (await registry.desk.statements(digest)).map(({ row, verified }) => ({
        ...{ index: row.index, digest: row.digest, verified },
      })),
    decide: registry.decide,
    approve: registry.approve,
    reject: registry.reject,
    askChanges: registry.askChanges,
    attestRequest: async (digest: Digest, predicate) => {
      const subjects = [await registry.desk.subject(digest)]
      await registry.desk.attest({ name: 'access-request', subjects, predicate })
    },
  }
}

/** What does not verify says nothing of a model; `log fsck` and `rebuild` count and name it. */
function tryOpen(
  envelope: Uint8Array,
  trusted: ReviewParts['trusted'],
  loggedAt: Date | undefined,
): Verified | undefined {
  try {
    return openStatement(envelope, trusted, loggedAt === undefined ? {} : { loggedAt })
  } catch (cause) {
    if (cause instanceof SallyportError) return undefined
    throw cause
  }
}

/** The queue as the command line uses it: opened by the first command that has something to tell or to ask. */
export function lateReview(settings: Settings, parts: ReviewParts) {
  const report = (what: string, cause: unknown) =>
    void process.stderr.write(`  ! ${what}: ${cause instanceof Error ? cause.message : String(cause)}\n`)
  const url = () =>
    `${settings.tlsCertFile === undefined ? 'http' : 'https'}://${settings.host}:${settings.port}`
  let opened: OpenReview | undefined
  const open = (): OpenReviewQueue => {
    opened ??= openReview(settings, parts, { url, report })
    return opened.queue
  }
  return {
    registry: watchedRegistry(parts, open, report),
    door: (actor: ReviewDoor['actor']) => reviewDoor(open(), actor),
    close: async () => opened?.close(),
  }
}

/** A queue as the command line asks of it. @param actor who acts, each time anew */
export function reviewDoor(queue: ReviewQueue, actor: ReviewDoor['actor']): ReviewDoor {
  return { ...queue, actor, reader: () => readerOf(actor) }
}

/** Whoever may not approve may read all the same. */
async function readerOf(actor: ReviewDoor['actor']): Promise<Reader> {
  try {
    return { ...(await actor({ verb: 'approve' })), mayReview: true }
  } catch (cause) {
    if (!(cause instanceof SallyportError) || cause.code !== 'FORBIDDEN') throw cause
    return { principalId: '', owner: '', mayReview: false }
  }
}
