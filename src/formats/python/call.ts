import { foldFunction } from './fold-function.ts'
import { type Arguments, foldMethod } from './fold-method.ts'
import { followCall, makeInstance } from './follow-call.ts'
import { type PythonNode, splitByComma } from './python-node.ts'
import {
  eitherValue,
  itemsOf,
  listValue,
  mergeFrom,
  nameValue,
  originsOf,
  type PythonValue,
  textOf,
  UNKNOWN,
  unknownFrom,
} from './python-value.ts'
import { type Applied, lookUp, noteEvent, type Run, type Scope, spend } from './scope.ts'
import { SPECIAL_CALLS } from './special-calls.ts'

/** A call expression: callee and arguments first, then what calling does. */
export function evaluateCall(run: Run, scope: Scope, node: PythonNode): PythonValue {
  const [calleeNode, argList] = node.children
  const callee = run.acts.evaluate(run, scope, calleeNode)
  const given = argumentsOf(run, scope, argList)
  if (callee.kind === 'method' && callee.self.kind === 'list') grow(run, scope, node, given)
  return applyCall(run, scope, { node, callee, ...given })
}

/** Arguments by place and by name; what is spread from something unknown is unknown. */
export function argumentsOf(run: Run, scope: Scope, argList: PythonNode | undefined): Arguments {
  const args: PythonValue[] = []
  const keywords = new Map<string, PythonValue>()
  for (const part of splitByComma(argList?.children ?? [])) {
    const [first, second] = part
    const isLoop = part.some(({ name }) => name === 'for')
    if (first === undefined) continue
    const node = isLoop ? { ...first, name: 'ComprehensionExpression', children: part } : part.at(-1)
    const value = run.acts.evaluate(run, scope, node)
    if (first.name === '**') spreadKeywords(value, keywords)
    else if (second?.name === 'AssignOp') keywords.set(run.text.slice(first.from, first.to), value)
    else if (first.name === '*') args.push(...(itemsOf(value) ?? [unknownFrom(originsOf(value))]))
    else args.push(value)
  }
  return { args, keywords }
}

function spreadKeywords(value: PythonValue, keywords: Map<string, PythonValue>): void {
  for (const [key, item] of value.kind === 'dict' ? value.entries : [])
    if (key.kind === 'text') keywords.set(key.value, item)
}

/** `list.append(x)` and the like change the list that a name holds. */
function grow(run: Run, scope: Scope, node: PythonNode, { args: [value = UNKNOWN] }: Arguments): void {
  const [base, property] = node.children[0]?.children.filter(({ name }) => name !== '.') ?? []
  if (base?.name !== 'VariableName' || property === undefined) return
  const name = run.text.slice(base.from, base.to)
  const list = lookUp(scope, name)
  const method = run.text.slice(property.from, property.to)
  if (list?.kind !== 'list' || list.items.length > 10_000) return
  if (method === 'append') scope.names.set(name, listValue([...list.items, value], list.from))
  if (method === 'extend')
    scope.names.set(name, listValue([...list.items, ...(itemsOf(value) ?? [UNKNOWN])], list.from))
  if (method === 'reverse') scope.names.set(name, listValue(list.items.toReversed(), list.from))
}

/** What calling does, by what is called. */
export function applyCall(run: Run, scope: Scope, call: Applied): PythonValue {
  const { callee } = call
  if (!spend(run, call.node.from)) return UNKNOWN
  switch (callee.kind) {
    case 'name':
      return applyName(run, scope, call, callee)
    case 'any':
      return callee.of
        .map((one) => applyCall(run, scope, { ...call, callee: one }))
        .reduce(eitherValue, UNKNOWN)
    case 'function':
      return followCall(run, callee.fn.key, call)
    case 'class':
      return makeInstance(run, scope, callee.of, call)
    case 'instance': {
      const method = callee.of.attributes.get('__call__') ?? callee.of.attributes.get('forward')
      return method === undefined
        ? UNKNOWN
        : applyCall(run, scope, { ...call, callee: method, args: [callee, ...call.args] })
    }
    case 'partial':
      return applyCall(run, scope, {
        ...call,
        callee: callee.callee,
        args: [...callee.args, ...call.args],
        keywords: new Map([...callee.keywords, ...call.keywords]),
      })
    case 'method':
      return foldMethod(callee.self, callee.name, call) ?? fromAll(call)
    default:
      return fromAll(call)
  }
}

function fromAll({ callee, args }: Applied): PythonValue {
  return unknownFrom(mergeFrom(originsOf(callee), ...args.map((arg) => originsOf(arg))))
}

function applyName(
  run: Run,
  scope: Scope,
  call: Applied,
  callee: PythonValue & { readonly kind: 'name' },
): PythonValue {
  // f.__call__(x) is f(x), and Class.__init__(self, x) makes what Class(x) makes.
  const path = callee.path.replace(/\.__(?:call|init|new|func|wrapped)__$/, '')
  const special = Object.hasOwn(SPECIAL_CALLS, path) ? SPECIAL_CALLS[path] : undefined
  const known = special?.(run, scope, call) ?? foldFunction(path, call)
  if (known !== undefined) return known
  noteEvent(run, call.node, {
    kind: 'call',
    callee: path,
    args: call.args,
    keywords: call.keywords,
    isHidden: callee.isHidden,
    seed: callee.seed,
  })
  const from = mergeFrom(
    callee.from,
    ...call.args.map((arg) => originsOf(arg)),
    ...[...call.keywords.values()].map((arg) => originsOf(arg)),
    [path],
  )
  const seed = textOf(call.args[0]) ?? callee.seed
  const result = nameValue(resultPath(path, seed), from, callee.isHidden)
  return result.kind === 'name' && seed !== undefined ? { ...result, seed } : result
}

/** A setting is told by its key; anything else by the call that gives it. */
function resultPath(path: string, seed: string | undefined): string {
  const isSetting = path === 'os.environ.get' || path === 'os.getenv' || path === 'os.environ.pop'
  if (isSetting && seed !== undefined && /^\w{1,60}$/.test(seed)) return `os.environ.${seed}`
  return path === 'pathlib.Path.home' ? 'pathlib.Path()' : `${path}()`
}
