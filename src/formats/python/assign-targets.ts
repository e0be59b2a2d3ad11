import type { PythonNode } from './python-node.ts'
import { itemsOf, originsOf, type PythonValue, unknownFrom } from './python-value.ts'
import type { Run, Scope } from './scope.ts'

/** Binds the targets of a loop or an assignment to a value and its parts. */
export function assignTargets(
  run: Run,
  scope: Scope,
  targets: readonly (readonly PythonNode[])[],
  value: PythonValue,
): void {
  if (targets.length === 1) {
    const target = targets[0]?.at(-1)
    if (target !== undefined) run.acts.assign(run, scope, target, value)
    return
  }
  const items = itemsOf(value)
  targets.forEach((target, i) => {
    const node = target.at(-1)
    const item = target[0]?.name === '*' ? undefined : items?.[i]
    if (node !== undefined) run.acts.assign(run, scope, node, item ?? unknownFrom(originsOf(value)))
  })
}
