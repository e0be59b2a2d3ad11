/** Milliseconds between two looks at the ledger while somebody waits: a revocation shall reach everybody within a second. */
const LOOK_MS = 50

/** Wakes those who wait for the ledger to move. One timer for all of them, and none while nobody waits. */
export interface Ticker {
  /** Resolves when the place is another than `before`, after `waitMs`, or when the ticker closes. */
  moved(before: number, waitMs: number): Promise<void>
  waiting(): number
  isClosed(): boolean
  close(): void
}

/** @param cursor the ledger's place, cheap to ask for */
export function createTicker(cursor: () => number): Ticker {
  interface Waiter {
    readonly before: number
    readonly until: number
    readonly go: () => void
  }
  const waiters = new Set<Waiter>()
  let timer: NodeJS.Timeout | undefined
  let closed = false
  const look = () => {
    const now = performance.now()
    const place = closed ? Number.NaN : cursor()
    for (const waiter of waiters) {
      if (waiter.before === place && now < waiter.until) continue
      waiters.delete(waiter)
      waiter.go()
    }
    if (waiters.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
  return {
    moved: (before, waitMs) =>
      new Promise((go) => {
        waiters.add({ before, until: performance.now() + waitMs, go })
        if (closed) look()
        else timer ??= setInterval(look, LOOK_MS)
      }),
    waiting: () => waiters.size,
    isClosed: () => closed,
    close: () => {
      closed = true
      look()
    },
  }
}
