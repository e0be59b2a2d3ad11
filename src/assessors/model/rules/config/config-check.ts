import type { Observation, Subject } from '../../rule.ts'
import type { ConfigDeed } from '../../subjects/config-subject.ts'

/** Parts of a configuration with one of some deeds, as observations. */
export function configWith(subject: Subject, ...deeds: readonly ConfigDeed[]): readonly Observation[] {
  if (subject.kind !== 'config') return []
  return subject.parts
    .filter(({ deed }) => deeds.includes(deed))
    .map(({ path, why, text, at }) => ({
      key: `${subject.name}:${path}:${text}`,
      message: `${subject.name}: ${why}`,
      ...(at === undefined ? {} : { offset: at }),
      call: text,
    }))
}

/** The same as one observation for each name: forty layers of one unknown class have one cause. */
export function configNames(subject: Subject, deed: ConfigDeed): readonly Observation[] {
  if (subject.kind !== 'config') return []
  const names = Map.groupBy(
    subject.parts.filter((part) => part.deed === deed),
    ({ text }) => text.replace(/\(.*/s, ''),
  )
  return [...names].flatMap(([name, [first, ...rest]]) =>
    first === undefined
      ? []
      : [
          {
            key: `${subject.name}:${name}`,
            message: `${subject.name}: ${first.why}${rest.length === 0 ? '' : `, and ${rest.length} times more`}`,
            call: first.text,
          },
        ],
  )
}
