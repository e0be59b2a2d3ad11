/** A list whose names are read after its items. */
export interface Scope {
  names: readonly string[]
}

/** One step from a value to what is inside it. */
export interface Step {
  readonly parent: Step | undefined
  readonly label: string
  readonly scope?: Scope
  readonly index?: number
}

/** Steps that are shown; deeper ones are left out in the middle of nowhere anyway. */
const MAX_SHOWN = 12

/** A path as R code would write it: `$terms@predvars`, `[[3]]`. */
export function writePath(step: Step | undefined): string {
  const parts: string[] = []
  for (let at = step; at !== undefined && parts.length < MAX_SHOWN; at = at.parent) parts.push(writeStep(at))
  return parts.reverse().join('')
}

function writeStep({ label, scope, index }: Step): string {
  if (scope === undefined || index === undefined) return label
  const name = scope.names[index]
  return name === undefined || name === '' ? `[[${index + 1}]]` : `$${name}`
}

/** The name of the last step, if it has one. */
export function nameOf(step: Step | undefined): string | undefined {
  if (step === undefined) return undefined
  const name = step.scope === undefined ? step.label.slice(1) : step.scope.names[step.index ?? -1]
  return name === '' ? undefined : name
}
