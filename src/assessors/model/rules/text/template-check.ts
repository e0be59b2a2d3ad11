import type { Observation, Subject } from '../../rule.ts'
import type { TemplateDeed } from '../../subjects/template-subject.ts'

/** Parts of a template with one of some deeds, as observations: one a part. */
function partsWith(subject: Subject, ...deeds: readonly TemplateDeed[]): readonly Observation[] {
  if (subject.kind !== 'template') return []
  return subject.parts
    .filter(({ deed }) => deeds.includes(deed))
    .map(({ why, text, at }) => ({
      key: `${subject.name}:${text}`,
      message: `${subject.name} ${why}: ${text} (character ${at} of the template)`,
      ...(subject.offset === undefined ? {} : { offset: subject.offset }),
      call: text,
    }))
}

/** The same as one observation: many parts of one template have one cause. */
export function templateWith(subject: Subject, ...deeds: readonly TemplateDeed[]): readonly Observation[] {
  const [first, ...rest] = partsWith(subject, ...deeds)
  if (first === undefined || subject.kind !== 'template') return []
  const more = rest.length === 0 ? '' : `; and ${rest.length} more`
  return [
    {
      ...first,
      key: `${subject.name}`,
      message: `${first.message}${more}`,
      context: rest.slice(0, 10).map(({ message }) => message),
    },
  ]
}
