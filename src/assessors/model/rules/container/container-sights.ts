import type { Observation, Subject } from '../../rule.ts'
import type { ContainerSightKind } from '../../subjects/container-subject.ts'

/** Observations for the sights of one kind, one for each member. */
export function observeSights(subject: Subject, kind: ContainerSightKind): readonly Observation[] {
  if (subject.kind !== 'container') return []
  const first = new Map<string, Observation>()
  for (const sight of subject.sights) {
    const key = sight.member ?? ''
    if (sight.kind !== kind || first.has(key)) continue
    const shown = sight.member === undefined ? '' : `${JSON.stringify(sight.member.slice(0, 200))}: `
    const offset = sight.offset === undefined ? {} : { offset: sight.offset }
    first.set(key, { key, message: `${shown}${sight.message}`, ...offset })
  }
  return [...first.values()]
}
