import { SallyportError } from '../../ground/lang/index.ts'
import type { Notice, NoticeChannel, ReviewBook } from './ports.ts'

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

interface CourierDeps {
  readonly book: Pick<ReviewBook, 'dueNotices' | 'settleNotice'>
  readonly channels: readonly NoticeChannel[]
  readonly now: () => Date
  readonly report: (what: string, cause: unknown) => void
}

/**
 * Delivers from the durable outbox. A channel that fails holds up neither the others nor a review; the first failure of a
 * notice and the last are reported.
 */
export function createCourier(deps: CourierDeps): Courier {
  return {
    round: async (signal) => {
      let delivered = 0
      for (const notice of deps.book.dueNotices(deps.now().toISOString(), TOGETHER)) {
        if (signal.aborted) break
        if (await deliver(deps, notice, signal)) delivered += 1
      }
      return delivered
    },
  }
}

async function deliver(
  { book, channels, now, report }: CourierDeps,
  { attempts, ...notice }: Notice & { readonly attempts: number },
  signal: AbortSignal,
): Promise<boolean> {
  const { id, channel: name } = notice
  const channel = channels.find((one) => one.name === name)
  try {
    if (channel === undefined) throw new SallyportError('BAD_CONFIG', `${name} is in the settings no longer`)
    await channel.send(notice, AbortSignal.any([signal, AbortSignal.timeout(SEND_MS)]))
    book.settleNotice(id, name, 'sent')
    return true
  } catch (cause) {
    if (signal.aborted) return false // The house is closing; the next start tries again.
    const isLast = channel === undefined || attempts + 1 >= MAX_ATTEMPTS
    book.settleNotice(id, name, isLast ? 'given-up' : { at: later(now(), attempts) })
    if (isLast) report(`a notice for ${name} was given up`, cause)
    else if (attempts === 0) report(`a notice for ${name} is tried again later`, cause)
    return false
  }
}

function later(now: Date, attempts: number): string {
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempts, 20))
  return new Date(now.getTime() + pause).toISOString()
}
