import { type PythonNode, splitByComma } from './python-node.ts'
import type { LocalClass, LocalFunction, PythonValue } from './python-value.ts'
import type { FunctionText, Run, Scope } from './scope.ts'

/** Functions of one text that are kept. */
const MAX_FUNCTIONS = 20_000

/** A lambda; its defaults are evaluated now, its body when it is called. */
export function makeLambda(run: Run, scope: Scope, node: PythonNode): PythonValue {
  const fn = makeFunction(run, scope, { node, name: '<lambda>', owner: undefined, binding: 'nothing' })
  return { kind: 'function', fn, from: [] }
}

interface Definition {
  readonly node: PythonNode
  readonly name: string
  readonly owner: LocalClass | undefined
  readonly binding: LocalFunction['binding']
}

/** Notes a function of the text. Defaults and annotations of parameters are evaluated where the definition stands. */
export function makeFunction(run: Run, scope: Scope, definition: Definition): FunctionText {
  const { node, name, owner, binding } = definition
  const parent = owner?.name ?? run.within
  const fn: FunctionText = {
    name,
    qualifiedName: parent === '' ? name : `${parent}.${name}`,
    key: run.functions.length,
    binding,
    node,
    text: run.text,
    outer: scope,
    owner,
    defaults: defaultsOf(run, scope, node),
    generatedAt: run.generatedAt,
  }
  if (run.functions.length < MAX_FUNCTIONS) run.functions.push(fn)
  return fn
}

/** Parameters by comma: the nodes of one. */
export function parametersOf(node: PythonNode): readonly (readonly PythonNode[])[] {
  return splitByComma(node.children.find(({ name }) => name === 'ParamList')?.children ?? [])
}

function defaultsOf(run: Run, scope: Scope, node: PythonNode): ReadonlyMap<string, PythonValue> {
  const defaults = new Map<string, PythonValue>()
  for (const part of parametersOf(node)) {
    const name = part.find((one) => one.name === 'VariableName')
    const annotation = part.find((one) => one.name === 'TypeDef')
    if (annotation !== undefined) run.acts.evaluate(run, scope, annotation.children.at(-1))
    if (name === undefined || !part.some((one) => one.name === 'AssignOp')) continue
    defaults.set(run.text.slice(name.from, name.to), run.acts.evaluate(run, scope, part.at(-1)))
  }
  return defaults
}
