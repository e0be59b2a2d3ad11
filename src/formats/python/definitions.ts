import { argumentsOf } from './call.ts'
import { makeFunction } from './define.ts'
import { followSpecialMethods } from './follow-call.ts'
import type { PythonNode } from './python-node.ts'
import { type LocalClass, type PythonValue, UNKNOWN } from './python-value.ts'
import { bind, makeScope, noteEvent, type Run, type Scope } from './scope.ts'

/** `def`: noted, bound, and its decorators applied. */
export function defineFunction(
  run: Run,
  scope: Scope,
  node: PythonNode,
  decorators: readonly PythonValue[],
): void {
  const nameNode = node.children.find(({ name }) => name === 'VariableName')
  if (nameNode === undefined) return
  const name = run.text.slice(nameNode.from, nameNode.to)
  const annotation = node.children.find((one) => one.name === 'TypeDef')
  if (annotation !== undefined) run.acts.evaluate(run, scope, annotation.children.at(-1))
  const owner = ownerOf(scope)
  const fn = makeFunction(run, owner === undefined ? scope : (scope.outer ?? scope), {
    node,
    name,
    owner,
    binding: bindingOf(name, owner, decorators),
  })
  const value: PythonValue = { kind: 'function', fn, from: [] }
  for (const callee of decorators.toReversed())
    run.acts.apply(run, scope, { node, callee, args: [value], keywords: new Map() })
  if (owner === undefined) bind(run, scope, name, value)
  else owner.attributes.set(name, value)
}

function bindingOf(
  name: string,
  owner: LocalClass | undefined,
  decorators: readonly PythonValue[],
): 'self' | 'class' | 'nothing' {
  const has = (path: string): boolean => decorators.some((one) => one.kind === 'name' && one.path === path)
  if (owner === undefined || has('staticmethod')) return 'nothing'
  return has('classmethod') || name === '__init_subclass__' || name === '__class_getitem__' ? 'class' : 'self'
}

const CLASS_MARK = '<class>'

function ownerOf(scope: Scope): LocalClass | undefined {
  const mark = scope.names.get(CLASS_MARK)
  return mark?.kind === 'class' ? mark.of : undefined
}

/** `class`: its body is walked now, as Python does. */
export function defineClass(run: Run, scope: Scope, node: PythonNode): PythonValue {
  const nameNode = node.children.find(({ name }) => name === 'VariableName')
  const name = nameNode === undefined ? '?' : run.text.slice(nameNode.from, nameNode.to)
  const given = argumentsOf(
    run,
    scope,
    node.children.find((one) => one.name === 'ArgList'),
  )
  const of: LocalClass = { name, attributes: new Map(), bases: given.args }
  const value: PythonValue = { kind: 'class', of, from: [] }
  // A method sees the names around the class, not those in it; the body itself sees both.
  const body = makeScope(scope)
  body.names.set(CLASS_MARK, value)
  if (run.classes.length < 10_000) run.classes.push(of)
  run.acts.runBody(
    run,
    body,
    node.children.find((one) => one.name === 'Body'),
  )
  for (const [key, member] of body.names) if (key !== CLASS_MARK) of.attributes.set(key, member)
  bind(run, scope, name, value)
  if (run.phase === 'import') followDefinition(run, of, given.keywords.get('metaclass'))
  noteActiveMembers(run, node, of)
  return value
}

/** A metaclass and __init_subclass__ of a base run when the class is made. */
function followDefinition(run: Run, of: LocalClass, metaclass: PythonValue | undefined): void {
  if (metaclass?.kind === 'class') followSpecialMethods(run, metaclass.of)
  if (metaclass?.kind === 'name' || metaclass?.kind === 'function')
    run.acts.apply(run, run.module, {
      node: { name: 'ClassDefinition', from: 0, to: 0, children: [] },
      callee: metaclass,
      args: [UNKNOWN],
      keywords: new Map(),
    })
  for (const base of of.bases) {
    const hook = base.kind === 'class' ? base.of.attributes.get('__init_subclass__') : undefined
    if (hook?.kind === 'function')
      run.acts.apply(run, run.module, {
        node: { name: 'ClassDefinition', from: 0, to: 0, children: [] },
        callee: hook,
        args: [{ kind: 'class', of, from: [] }],
        keywords: new Map(),
      })
  }
}

/** `__getitem__ = os.system` makes a call of every subscript. */
function noteActiveMembers(run: Run, node: PythonNode, of: LocalClass): void {
  for (const [name, value] of of.attributes)
    if (/^__\w+__$/.test(name) && value.kind === 'name' && value.path.includes('.'))
      noteEvent(run, node, {
        kind: 'hand-over',
        callee: value.path,
        args: [],
        keywords: new Map(),
        isHidden: value.isHidden,
      })
}

/** `@…` before a definition. */
export function decorated(run: Run, scope: Scope, node: PythonNode): void {
  const decorators: PythonValue[] = []
  for (const child of node.children) {
    if (child.name === 'Decorator') decorators.push(decoratorOf(run, scope, child))
    else if (child.name === 'FunctionDefinition') defineFunction(run, scope, child, decorators)
    else if (child.name === 'ClassDefinition') {
      let value = defineClass(run, scope, child)
      for (const callee of decorators.toReversed())
        value = run.acts.apply(run, scope, { node: child, callee, args: [value], keywords: new Map() })
    }
  }
}

/** `@a.b(c)`: the grammar lists the names and the arguments flat. */
function decoratorOf(run: Run, scope: Scope, node: PythonNode): PythonValue {
  const names = node.children.filter(({ name }) => name === 'VariableName' || name === 'PropertyName')
  const argList = node.children.find(({ name }) => name === 'ArgList')
  const [first, ...rest] = names
  if (first === undefined) return UNKNOWN
  let callee: PythonNode = first
  for (const part of rest) {
    const property = { ...part, name: 'PropertyName' }
    callee = { name: 'MemberExpression', from: first.from, to: part.to, children: [callee, property] }
  }
  if (argList === undefined) return run.acts.evaluate(run, scope, callee)
  const call = { name: 'CallExpression', from: first.from, to: argList.to, children: [callee, argList] }
  return run.acts.evaluate(run, scope, call)
}
