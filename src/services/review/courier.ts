import { SallyportError } from '../../ground/lang/index.ts'
import type { NoticeChannel, ReviewBook } from './ports.ts'

/** Notices of one round. */
const TOGETHER = 50
/** Milliseconds for one delivery. */
const SEND_MS = 20_000
/** Milliseconds until the second attempt; each pause is twice the one before, up to an hour. */
const FIRST_PAUSE_MS = 5_000
const LONGEST_PAUSE_MS = 3_600_000
/** Attempts in all: the last is more than a day after the first. */
const MAX_ATTEMPTS = 30

/** What brings notices from the outbox to people. */
export interface Courier {
  /** Tries what is due, once each. @returns how many were delivered */
  round(signal: AbortSignal): Promise<number>
}

/**
 * Delivers from the durable outbox. A channel that fails holds up neither the others nor a review; a notice that was given up
 * is reported once.
 */
export function createCourier(deps: {
  readonly book: Pick<ReviewBook, 'dueNotices' | 'settleNotice'>
  readonly channels: readonly NoticeChannel[]
  readonly now: () => Date
  readonly report: (what: string, cause: unknown) => void
}): Courier {
  const { book, channels, now, report } = deps
  return {
    round: async (signal) => {
      let delivered = 0
      for (const { attempts, ...notice } of book.dueNotices(now().toISOString(), TOGETHER)) {
        if (signal.aborted) return delivered
        const channel = channels.find(({ name }) => name === notice.channel)
        try {
          if (channel === undefined)
            throw new SallyportError('BAD_CONFIG', `${notice.channel} is in the settings no longer`)
          await channel.send(notice, AbortSignal.any([signal, AbortSignal.timeout(SEND_MS)]))
          book.settleNotice(notice.id, notice.channel, 'sent')
          delivered += 1
        } catch (cause) {
          if (signal.aborted) return delivered
          const isLast = channel === undefined || attempts + 1 >= MAX_ATTEMPTS
          book.settleNotice(notice.id, notice.channel, isLast ? 'given-up' : { at: later(now(), attempts) })
          if (isLast || attempts === 0)
            report(`${notice.channel} ${isLast ? 'was given up' : 'is tried again later'}`, cause)
        }
      }
      return delivered
    },
  }
}

function later(now: Date, attempts: number): string {
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempts, 20))
  return new Date(now.getTime() + pause).toISOString()
}
