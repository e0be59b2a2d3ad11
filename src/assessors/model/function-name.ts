import type { Value } from '../../formats/pickle/index.ts'

/** The name of an imported function. The C twins, the names of Python 2 and the methods behind operators are the same functions. */
export function functionName(callee: Value): string | undefined {
  if (callee.kind !== 'global') return undefined
  const module =
    callee.module === '_operator' ? 'operator' : callee.module.replace(/^__builtin(__|s__)$/, 'builtins')
  const name = `${module}.${callee.name}`
  return name.replace(/^(?:operator\.|builtins\.int\.)__(\w+)__$/, 'operator.$1')
}
