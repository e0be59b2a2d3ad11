import type { ZipAnomaly } from '../../../../formats/zip/index.ts'
import type { Observation, Subject } from '../../rule.ts'

/** Observations for the anomalies of some kinds, one for each kind and member. */
export function observeAnomalies(
  subject: Subject,
  kinds: readonly ZipAnomaly['kind'][],
): readonly Observation[] {
  if (subject.kind !== 'zip') return []
  const first = new Map<string, Observation>()
  for (const { kind, member, message, offset } of subject.view.anomalies) {
    const key = `${kind}:${member ?? ''}`
    if (!kinds.includes(kind) || first.has(key)) continue
    const shown = member === undefined ? '' : `${JSON.stringify(member.slice(0, 200))}: `
    first.set(key, { key, message: `${shown}${message}`, offset })
  }
  const byKind = Map.groupBy(first.values(), ({ key }) => key.slice(0, key.indexOf(':')))
  return [...byKind.values()].flatMap(summed)
}

/** Findings of one kind in one archive that are told one by one; what is done to more members is one thing done to all. */
const MAX_TOLD = 8
/** Those of more that are still shown. */
const SHOWN = 2

function summed(all: readonly Observation[]): readonly Observation[] {
  const next = all[SHOWN]
  if (all.length <= MAX_TOLD || next === undefined) return all
  const message = `${next.message}; and ${all.length - SHOWN - 1} more members likewise`
  return [...all.slice(0, SHOWN), { ...next, message }]
}
