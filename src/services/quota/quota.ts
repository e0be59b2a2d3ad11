import { SallyportError } from '../../ground/lang/index.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** Principals whose last minute is remembered; the one that asked longest ago is forgotten first (CWE-770). */
const MAX_PRINCIPALS = 10_000

/** What one principal may take through the doors of this server. What is absent has no limit. */
export interface QuotaLimits {
  readonly bytesPerDay?: number
  readonly requestsPerMinute?: number
}

/** How many bytes went to whom on which day. It survives a restart. */
export interface UsageBook {
  /** @param day `2026-11-21`, UTC */
  used(principalId: string, day: string): number
  add(principalId: string, day: string, bytes: number): void
}

/** Keeps one principal, or a token that was stolen, from emptying the store or drowning the others. */
export interface Quota {
  /** Counts a request. @throws SallyportError `RATE_LIMITED` with `retryAfterS` in its detail */
  request(principalId: string): void
  /** Counts bytes that are about to leave. @throws SallyportError `RATE_LIMITED` with `retryAfterS` in its detail */
  bytes(principalId: string, count: number): void
}

interface Bucket {
  /** Requests that may come now. */
  left: number
  /** Milliseconds since 1970. */
  at: number
}

/** The limits of one server: requests by a bucket that fills again over a minute, bytes by the UTC day. */
export function createQuota(
  limits: QuotaLimits,
  deps: { readonly usage: UsageBook; readonly now: () => Date },
): Quota {
  const buckets = new Map<string, Bucket>()
  return {
    request: (principalId) => {
      const { requestsPerMinute: limit } = limits
      if (limit === undefined) return
      const at = deps.now().getTime()
      const { left, at: before } = buckets.get(principalId) ?? { left: limit, at }
      const filled = Math.min(limit, left + (Math.max(0, at - before) * limit) / MINUTE_MS)
      buckets.delete(principalId)
      buckets.set(principalId, { left: filled < 1 ? filled : filled - 1, at })
      const [oldest] = buckets.keys()
      if (buckets.size > MAX_PRINCIPALS && oldest !== undefined) buckets.delete(oldest)
      if (filled >= 1) return
      const retryAfterS = Math.max(1, Math.ceil(((1 - filled) * MINUTE_MS) / limit / 1000))
      const message = `more than ${limit} requests in a minute; ask again in ${retryAfterS} s`
      throw new SallyportError('RATE_LIMITED', message, { detail: { retryAfterS } })
    },
    bytes: (principalId, count) => {
      const { bytesPerDay: limit } = limits
      if (limit === undefined) return
      const at = deps.now()
      const day = at.toISOString().slice(0, 10)
      const used = deps.usage.used(principalId, day)
      if (used + count > limit) {
        const retryAfterS = Math.ceil((DAY_MS - (at.getTime() % DAY_MS)) / 1000)
        const message = `${gib(count)} more would pass today's limit of ${gib(limit)}, of which ${gib(used)} are used; it begins anew at midnight UTC, and an administrator can raise it (quotaGibPerDay)`
        throw new SallyportError('RATE_LIMITED', message, { detail: { retryAfterS } })
      }
      deps.usage.add(principalId, day, count)
    },
  }
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toPrecision(3)} GiB`
}
