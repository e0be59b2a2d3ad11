import { inClass } from './attribute.ts'
import { parametersOf } from './define.ts'
import type { Arguments } from './fold-method.ts'
import { eitherValue, type LocalClass, listValue, type PythonValue, UNKNOWN } from './python-value.ts'
import { type Applied, type FunctionText, MAX_CALL_DEPTH, makeScope, type Run, type Scope } from './scope.ts'

/** Times that the body of one function is walked in one phase; the arguments of calls differ, the calls in it seldom do. */
const MAX_WALKS = 4

/** Walks the body of a function of the text with these arguments; gives what it returns. */
export function followCall(run: Run, key: number, given: Arguments): PythonValue {
  const fn = run.functions[key]
  const counter = `${key} ${run.phase}`
  const walks = run.walks.get(counter) ?? 0
  if (fn === undefined || walks >= MAX_WALKS || run.calls >= MAX_CALL_DEPTH)
    return run.results.get(key) ?? UNKNOWN
  run.walks.set(counter, walks + 1)
  const scope = makeScope(fn.outer)
  bindParameters(fn, scope, given)
  if (fn.owner !== undefined) scope.names.set('__class__', { kind: 'class', of: fn.owner, from: [] })
  const result = inFunction(run, fn, () => {
    if (fn.name === '<lambda>') return run.acts.evaluate(run, scope, fn.node.children.at(-1))
    run.acts.runBody(run, scope, fn.node.children.at(-1))
    return scope.returned.length === 0 ? UNKNOWN : scope.returned.reduce(eitherValue)
  })
  run.results.set(key, result)
  return result
}

function inFunction(run: Run, fn: FunctionText, walk: () => PythonValue): PythonValue {
  const { text, within, generatedAt, branches } = run
  run.text = fn.text
  run.within = fn.qualifiedName
  run.generatedAt = fn.generatedAt ?? generatedAt
  run.branches = 0
  run.calls++
  try {
    return walk()
  } finally {
    Object.assign(run, { text, within, generatedAt, branches })
    run.calls--
  }
}

function bindParameters(fn: FunctionText, scope: Scope, { args, keywords }: Arguments): void {
  let next = 0
  for (const part of parametersOf(fn.node)) {
    const node = part.find(({ name }) => name === 'VariableName')
    if (node === undefined) continue
    const name = fn.text.slice(node.from, node.to)
    const isRest = part[0]?.name === '*'
    const value =
      part[0]?.name === '**'
        ? UNKNOWN
        : isRest
          ? listValue(args.slice(next))
          : (args[next] ?? keywords.get(name) ?? fn.defaults.get(name) ?? UNKNOWN)
    next += isRest ? args.length : 1
    scope.names.set(name, value)
  }
}

/** `Class(…)`: its own construction, or that of what it derives from. On import every special method may be reached. */
export function makeInstance(run: Run, scope: Scope, of: LocalClass, call: Applied): PythonValue {
  const self: PythonValue = { kind: 'instance', of, from: [] }
  const withSelf = { ...call, args: [self, ...call.args] }
  for (const name of ['__new__', '__init__', '__post_init__']) {
    const method = inClass(of, name)
    if (method !== undefined) run.acts.apply(run, scope, { ...withSelf, callee: method })
  }
  if (inClass(of, '__init__') === undefined)
    for (const base of of.bases)
      if (base.kind === 'name') run.acts.apply(run, scope, { ...call, callee: base })
  if (run.phase === 'import') followSpecialMethods(run, of)
  return self
}

/** Operators, `with`, `del` and formatting call these without any call being written. */
export function followSpecialMethods(run: Run, of: LocalClass): void {
  const self: PythonValue = { kind: 'instance', of, from: [] }
  for (const [name, value] of of.attributes)
    if (/^__\w+__$/.test(name) && value.kind === 'function')
      followCall(run, value.fn.key, { args: [self], keywords: new Map() })
}
