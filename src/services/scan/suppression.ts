import type { Finding } from '../../ground/domain/index.ts'
import type { NameMatcher } from './glob.ts'

const DAY_MS = 86_400_000

/** One exception: whose it is, why, and how long. */
export interface Suppression {
  readonly rule: string
  /** A glob over names from where the scan ran. */
  readonly path?: string
  readonly fingerprint?: string
  readonly owner: string
  readonly reason: string
  /** The last day that it holds, `YYYY-MM-DD`, UTC. */
  readonly until: string
  /** Where it stands in its file. */
  readonly line: number
  readonly matchesPath?: NameMatcher
}

/** The first moment after a day; `undefined` when it is none. */
export function endOf(day: string): number | undefined {
  const start = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN
  return Number.isNaN(start) || new Date(start).toISOString().slice(0, 10) !== day
    ? undefined
    : start + DAY_MS
}

/** Whether a suppression's end date has passed. */
export function isExpired(suppression: Suppression, now: Date): boolean {
  return now.getTime() >= (endOf(suppression.until) ?? 0)
}

/** Whether a suppression means a finding at a path. What is malicious is put aside by fingerprint only: a pattern would cover the next attack too. */
export function covers(suppression: Suppression, finding: Finding, path: string): boolean {
  if (suppression.rule !== finding.ruleId) return false
  if (suppression.fingerprint === undefined && finding.verdict === 'malicious') return false
  if (suppression.fingerprint !== undefined && suppression.fingerprint !== finding.fingerprint) return false
  return suppression.matchesPath?.(path) ?? true
}
