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
  return [...first.values()]
}
