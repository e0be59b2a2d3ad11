import type { ImportSeen } from '../../import-seen.ts'
import type { Observation, Subject } from '../../rule.ts'

/** The imports of a pickle that a rule is about; none for other subjects. */
export function importsOf(subject: Subject, wanted: (seen: ImportSeen) => boolean): readonly ImportSeen[] {
  return subject.kind === 'pickle' ? subject.facts.imports.filter(wanted) : []
}

/** One observation for an import, whatever the number of its uses: one cause, one finding. */
export function describeImport(verb: string): (seen: ImportSeen) => Observation {
  return (seen) => {
    const full = `${seen.module}.${seen.name}`
    const times = seen.count > 1 ? `, ${seen.count} times` : ''
    const called = seen.call === undefined ? '' : ` and calls ${seen.call}`
    return {
      key: full,
      message: `${verb} ${full}${times}${called}`,
      offset: seen.callOffset ?? seen.offset,
      context: seen.trail,
      call: seen.call ?? full,
    }
  }
}
