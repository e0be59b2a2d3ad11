import { assignTargets } from './assign-targets.ts'
import { setAttribute } from './attribute.ts'
import { foldOperator } from './fold-operator.ts'
import { type PythonNode, splitByComma } from './python-node.ts'
import { listValue, type PythonValue, textOf, UNKNOWN } from './python-value.ts'
import { bind, noteEvent, type Run, type Scope } from './scope.ts'

/** Binds one target: a name, an attribute, a place in a container, or several of these. */
export function assignTarget(run: Run, scope: Scope, target: PythonNode, value: PythonValue): void {
  if (target.name === 'VariableName') {
    bind(run, scope, run.text.slice(target.from, target.to), value)
    return
  }
  if (/^(?:Tuple|Array|Parenthesized)Expression$/.test(target.name))
    assignTargets(run, scope, splitByComma(target.children), value)
  if (target.name === 'MemberExpression') assignMember(run, scope, target, value)
}

function assignMember(run: Run, scope: Scope, target: PythonNode, value: PythonValue): void {
  const [base, ...rest] = target.children
  const object = run.acts.evaluate(run, scope, base)
  const property = rest.find(({ name }) => name === 'PropertyName')
  if (property !== undefined) {
    const name = run.text.slice(property.from, property.to)
    setAttribute(run, object, { node: target, name, value })
  } else if (object.kind === 'name') assignItem(run, { target, object, key: rest.at(-1), scope }, value)
}

interface Item {
  readonly target: PythonNode
  readonly object: PythonValue & { readonly kind: 'name' }
  readonly key: PythonNode | undefined
  readonly scope: Scope
}

function assignItem(run: Run, { target, object, key: keyNode, scope }: Item, value: PythonValue): void {
  const key = textOf(run.acts.evaluate(run, scope, keyNode))
  if (key !== undefined && /^(?:globals|locals|vars)\(\)$/.test(object.path))
    bind(run, run.module, key, value)
  else if (key !== undefined && object.isNamespace === true)
    setAttribute(run, object, { node: target, name: key, value })
  else {
    const { isHidden, path } = object
    noteEvent(run, target, {
      kind: 'assign',
      callee: `${path}[]`,
      args: [value],
      keywords: new Map(),
      isHidden,
    })
  }
}

/** `a = b = value`, with or without annotation. */
export function assignStatement(run: Run, scope: Scope, node: PythonNode): void {
  const sides: PythonNode[][] = [[]]
  for (const child of node.children) {
    if (child.name === 'AssignOp') sides.push([])
    else if (child.name === 'TypeDef') run.acts.evaluate(run, scope, child.children.at(-1))
    else sides.at(-1)?.push(child)
  }
  const right = sides.length > 1 ? (sides.pop() ?? []) : []
  const parts = splitByComma(right)
  const values = parts.map((part) => run.acts.evaluate(run, scope, part.at(-1)))
  const hasComma = right.some(({ name }) => name === ',')
  const value = hasComma || values.length !== 1 ? listValue(values) : (values[0] ?? UNKNOWN)
  if (right.length === 0) return
  for (const targets of sides) assignTargets(run, scope, splitByComma(targets), value)
}

/** `a += value`. */
export function updateStatement(run: Run, scope: Scope, node: PythonNode): void {
  const [target, operator] = node.children
  if (target === undefined || operator === undefined) return
  const sign = run.text.slice(operator.from, operator.to - 1)
  const value = run.acts.evaluate(run, scope, node.children.at(-1))
  const updated = foldOperator(run.acts.evaluate(run, scope, target), sign, value)
  if (target.name === 'VariableName') {
    const scopeOf = scope.declaredGlobal.has(run.text.slice(target.from, target.to)) ? run.module : scope
    scopeOf.names.set(run.text.slice(target.from, target.to), updated)
  } else assignTarget(run, scope, target, updated)
}
