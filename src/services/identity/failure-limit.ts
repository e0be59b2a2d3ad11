import { SallyportError } from '../../ground/lang/index.ts'

/** Different wrong secrets from one address within the window; more is guessing. */
const MAX_FAILURES = 20
const WINDOW_MS = 5 * 60_000
/** Addresses remembered at once. The oldest is forgotten first, so that memory is bounded (CWE-770). */
const MAX_ADDRESSES = 10_000

/** Counts wrong secrets by address. The same wrong secret again counts once: a stale client locks nobody out. */
export interface FailureLimit {
  /** @throws SallyportError `RATE_LIMITED` with `retryAfterS` in its detail */
  check(from: string): void
  note(from: string, hash: string): void
}

export function createFailureLimit(now: () => Date): FailureLimit {
  const failures = new Map<string, Map<string, number>>()
  return {
    check(from) {
      const seen = failures.get(from)
      if (seen === undefined) return
      const since = now().getTime() - WINDOW_MS
      for (const [hash, at] of seen) if (at <= since) seen.delete(hash)
      if (seen.size < MAX_FAILURES) return
      const oldest = Math.min(...seen.values())
      throw new SallyportError(
        'RATE_LIMITED',
        'too many wrong credentials from this address; wait and try again',
        {
          detail: { retryAfterS: Math.max(1, Math.ceil((oldest - since) / 1000)) },
        },
      )
    },
    note(from, hash) {
      const seen = failures.get(from) ?? new Map<string, number>()
      if (seen.size < MAX_FAILURES || seen.has(hash)) seen.set(hash, now().getTime())
      failures.delete(from)
      failures.set(from, seen)
      const oldest = failures.keys().next()
      if (failures.size > MAX_ADDRESSES && oldest.done === false) failures.delete(oldest.value)
    },
  }
}
