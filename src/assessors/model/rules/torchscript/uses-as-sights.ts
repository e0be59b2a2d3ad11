import { bytecodeUses } from '../../bytecode-uses.ts'
import type { Observation, Subject } from '../../rule.ts'
import type { TorchScriptUse } from '../../subjects/torchscript-subject.ts'

/** One observation for each operator of these roles. */
export function usesAsSights(
  subject: Subject,
  roles: readonly TorchScriptUse['role'][],
  say: (use: TorchScriptUse) => string,
): readonly Observation[] {
  return usesOf(subject)
    .filter(({ role }) => roles.includes(role))
    .map((use) => ({ key: use.operator, message: say(use), offset: use.offset, call: use.call }))
}

function usesOf(subject: Subject): readonly TorchScriptUse[] {
  if (subject.kind === 'torchscript') return subject.uses
  return subject.kind === 'pickle' ? bytecodeUses(subject.facts) : []
}
