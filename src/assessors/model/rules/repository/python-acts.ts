import type { Observation, Subject } from '../../rule.ts'
import type { PythonAct } from '../../subjects/python-subject.ts'

/** The acts of a Python text of one level and one of these moments, as a rule tells them. */
export function actsOf(
  subject: Subject,
  level: PythonAct['level'],
  moments: readonly PythonAct['moment'][],
): readonly Observation[] {
  if (subject.kind !== 'python') return []
  return subject.acts
    .filter((act) => act.level === level && moments.includes(act.moment))
    .map(({ message, event }) => ({
      key: `${event.callee} ${event.within} ${event.source.slice(0, 100)}`,
      message,
      offset: event.offset,
      call: event.source,
    }))
}

/** Beginning of a remote-code module, for examples. */
export const MODULE =
  'import torch\nfrom transformers import PreTrainedModel\n\nclass Acme(PreTrainedModel):\n'
