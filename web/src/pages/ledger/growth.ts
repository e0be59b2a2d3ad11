import type { TimelineEntry } from '../../api/contract.ts'

export interface GrowthPoint {
  /** POSIX seconds. */
  readonly at: number
  /** Entries in the log once this one stood. */
  readonly size: number
}

/** The log's size over time from the entries whose time is known; each entry counts once. */
export function growthOf(entries: readonly Pick<TimelineEntry, 'at' | 'index'>[]): readonly GrowthPoint[] {
  const byIndex = new Map(entries.map((entry) => [entry.index, Date.parse(entry.at) / 1000]))
  return [...byIndex].map(([index, at]) => ({ at, size: index + 1 })).sort((a, b) => a.size - b.size)
}
