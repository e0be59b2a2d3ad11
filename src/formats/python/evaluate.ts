import { assignTargets } from './assign-targets.ts'
import { attributeOf, subscriptOf } from './attribute.ts'
import { evaluateCall } from './call.ts'
import { makeLambda } from './define.ts'
import { foldOperator, foldSlice, showText } from './fold-operator.ts'
import { type PythonNode, splitByComma } from './python-node.ts'
import {
  type Entry,
  eitherValue,
  itemsOf,
  listValue,
  mergeFrom,
  NONE_VALUE,
  nameValue,
  numberOf,
  originsOf,
  type PythonValue,
  textValue,
  UNKNOWN,
  unknownFrom,
} from './python-value.ts'
import { piecesOfFormat, readNumber, readString } from './read-literal.ts'
import { lookUp, MAX_NESTING, makeScope, noteProblem, type Run, type Scope, spend, starsOf } from './scope.ts'

type Evaluate = (run: Run, scope: Scope, node: PythonNode) => PythonValue

const EXPRESSIONS: Readonly<Record<string, Evaluate>> = {
  VariableName: nameOf,
  String: (run, _scope, node) => readString(run.text.slice(node.from, node.to)),
  Number: (run, _scope, node) => readNumber(run.text.slice(node.from, node.to)),
  Boolean: (run, _scope, node) => ({
    kind: 'constant',
    value: run.text.startsWith('True', node.from),
    from: [],
  }),
  None: () => NONE_VALUE,
  FormatString: formatOf,
  ContinuedString: (run, scope, node) =>
    node.children.map((child) => evaluate(run, scope, child)).reduce((a, b) => continued(a, b)),
  BinaryExpression: binaryOf,
  UnaryExpression: unaryOf,
  ParenthesizedExpression: (run, scope, node) => evaluate(run, scope, node.children.at(-1)),
  NamedExpression: (run, scope, node) => {
    const value = evaluate(run, scope, node.children.at(-1))
    const [target] = node.children
    if (target !== undefined) run.acts.assign(run, scope, target, value)
    return value
  },
  ConditionalExpression: (run, scope, node) => {
    const parts = node.children.filter(({ name }) => name !== 'if' && name !== 'else')
    const [yes = UNKNOWN, , no = UNKNOWN] = parts.map((part) => evaluate(run, scope, part))
    return eitherValue(yes, no)
  },
  LambdaExpression: makeLambda,
  AwaitExpression: (run, scope, node) => evaluate(run, scope, node.children.at(-1)),
  YieldExpression: (run, scope, node) => evaluateAll(run, scope, node),
  TupleExpression: listOf,
  ArrayExpression: listOf,
  SetExpression: listOf,
  DictionaryExpression: dictOf,
  ComprehensionExpression: comprehensionOf,
  ArrayComprehensionExpression: comprehensionOf,
  SetComprehensionExpression: comprehensionOf,
  DictionaryComprehensionExpression: comprehensionOf,
  CallExpression: evaluateCall,
  MemberExpression: memberOf,
}

/** What an expression gives, as far as it can be told; notes every call in it. */
export function evaluate(run: Run, scope: Scope, node: PythonNode | undefined): PythonValue {
  if (node === undefined || !spend(run, node.from)) return UNKNOWN
  if (run.depth >= MAX_NESTING) {
    noteProblem(run, 'depth', `expressions are nested deeper than ${MAX_NESTING}`, node.from)
    return UNKNOWN
  }
  run.depth++
  try {
    return EXPRESSIONS[node.name]?.(run, scope, node) ?? evaluateAll(run, scope, node)
  } finally {
    run.depth--
  }
}

/** For what has no value of interest: its parts may still hold calls. */
function evaluateAll(run: Run, scope: Scope, node: PythonNode): PythonValue {
  const parts = node.children.map((child) => evaluate(run, scope, child))
  return unknownFrom(mergeFrom(...parts.map((part) => originsOf(part))))
}

function nameOf(run: Run, scope: Scope, node: PythonNode): PythonValue {
  const name = run.text.slice(node.from, node.to)
  const known = lookUp(scope, name)
  if (known !== undefined) return known
  const plain = nameValue(name.normalize('NFKC'))
  const stars = starsOf(scope)
  return stars.length === 0
    ? plain
    : stars
        .slice(-3)
        .map((module) => nameValue(`${module}.${name}`))
        .reduce(eitherValue, plain)
}

function formatOf(run: Run, scope: Scope, node: PythonNode): PythonValue {
  const parts = piecesOfFormat(node, run.text).map((piece) =>
    typeof piece === 'string' ? textValue(piece) : shown(evaluateReplacement(run, scope, piece)),
  )
  const from = mergeFrom(...parts.map((part) => originsOf(part)), parts.length > 1 ? ['f-string'] : [])
  const texts = parts.map((part) => (part.kind === 'text' ? part.value : undefined))
  const known = texts.indexOf(undefined)
  return known < 0 ? textValue(texts.join(''), from) : unknownFrom(from, texts.slice(0, known).join(''))
}

function evaluateReplacement(run: Run, scope: Scope, node: PythonNode): PythonValue {
  const parts = node.children.filter(({ name }) => name !== 'FormatConversion')
  for (const spec of parts.filter(({ name }) => name === 'FormatSpec')) evaluateAll(run, scope, spec)
  return evaluate(run, scope, parts[0])
}

function shown(value: PythonValue): PythonValue {
  const text = showText(value)
  return text === undefined ? unknownFrom(originsOf(value)) : textValue(text, value.from)
}

/** Literals side by side are one literal, not a computed text. */
function continued(a: PythonValue, b: PythonValue): PythonValue {
  const from = mergeFrom(originsOf(a), originsOf(b))
  if (a.kind === 'bytes' && b.kind === 'bytes') return { kind: 'bytes', value: a.value + b.value, from }
  return a.kind === 'text' && b.kind === 'text' ? textValue(a.value + b.value, from) : unknownFrom(from)
}

/** Long sums are nested on their left side; they are taken apart without recursion. */
function binaryOf(run: Run, scope: Scope, node: PythonNode): PythonValue {
  const steps: { readonly operator: string; readonly right: PythonNode | undefined }[] = []
  let left: PythonNode | undefined = node
  while (left?.name === 'BinaryExpression') {
    const [first, ...rest]: readonly PythonNode[] = left.children
    const operator = rest[0]
    steps.push({
      operator: operator === undefined ? '' : run.text.slice(operator.from, operator.to),
      right: rest.at(-1),
    })
    if (!spend(run, left.from)) return UNKNOWN
    left = first
  }
  let value = evaluate(run, scope, left)
  for (const { operator, right } of steps.reverse()) {
    const other = evaluate(run, scope, right)
    value =
      operator === 'or' || operator === 'and'
        ? eitherValue(value, other)
        : foldOperator(value, operator, other)
  }
  return value
}

function unaryOf(run: Run, scope: Scope, node: PythonNode): PythonValue {
  const value = evaluate(run, scope, node.children.at(-1))
  const number = numberOf(value)
  const sign = run.text[node.from]
  if (number === undefined || (sign !== '-' && sign !== '~')) return number === undefined ? UNKNOWN : value
  return { kind: 'number', value: sign === '-' ? -number : ~number, from: value.from }
}

function listOf(run: Run, scope: Scope, node: PythonNode): PythonValue {
  const items: PythonValue[] = []
  for (const part of splitByComma(node.children)) {
    const value = evaluate(run, scope, part.at(-1))
    if (part[0]?.name === '*') items.push(...(itemsOf(value) ?? [unknownFrom(originsOf(value))]))
    else items.push(value)
  }
  return listValue(items)
}

function dictOf(run: Run, scope: Scope, node: PythonNode): PythonValue {
  const entries: Entry[] = []
  for (const part of splitByComma(node.children)) {
    const [key, colon] = part
    const value = evaluate(run, scope, part.at(-1))
    if (key?.name === '**') entries.push(...(value.kind === 'dict' ? value.entries : []))
    else entries.push([colon?.name === ':' ? evaluate(run, scope, key) : UNKNOWN, value])
  }
  return { kind: 'dict', entries, from: [] }
}

function memberOf(run: Run, scope: Scope, node: PythonNode): PythonValue {
  const [base, ...rest] = node.children
  const value = evaluate(run, scope, base)
  const property = rest.find(({ name }) => name === 'PropertyName')
  if (property !== undefined) return attributeOf(run, value, run.text.slice(property.from, property.to))
  const parts = splitByComma(rest)
  const part = parts[0] ?? []
  if (parts.length === 1 && part.some(({ name }) => name === ':')) return sliceOf(run, scope, { value, part })
  const indices = parts.map((one) => evaluate(run, scope, one.at(-1)))
  return subscriptOf(run, value, indices.length === 1 ? (indices[0] ?? UNKNOWN) : listValue(indices))
}

function sliceOf(
  run: Run,
  scope: Scope,
  { value, part }: { readonly value: PythonValue; readonly part: readonly PythonNode[] },
): PythonValue {
  const bounds: (number | undefined)[] = [undefined, undefined, undefined]
  let at = 0
  let isKnown = true
  for (const node of part) {
    if (node.name === ':') at++
    else {
      const bound = evaluate(run, scope, node)
      bounds[at] = numberOf(bound)
      isKnown &&= bounds[at] !== undefined || bound.kind === 'constant'
    }
  }
  const [start, stop, step] = bounds
  const folded = isKnown ? foldSlice(value, [start, stop, step]) : undefined
  return folded ?? (value.kind === 'name' ? value : unknownFrom(originsOf(value)))
}

/** Rounds of one comprehension that are followed. */
const MAX_ROUNDS = 4096

/** `[f(x) for x in known if …]`, written out when all is known. */
function comprehensionOf(run: Run, scope: Scope, node: PythonNode): PythonValue {
  const inner = makeScope(scope)
  const forAt = node.children.findIndex(({ name }) => name === 'for' || name === 'async')
  const result = node.children.slice(0, forAt)
  const clauses = node.children.slice(forAt)
  const items: PythonValue[] = []
  const isWhole = runClauses(run, inner, { clauses, rounds: { left: MAX_ROUNDS } }, () => {
    const parts = result
      .filter(({ name }) => name !== ':' && name !== '*')
      .map((one) => evaluate(run, inner, one))
    items.push(parts.length === 1 ? (parts[0] ?? UNKNOWN) : listValue(parts))
  })
  if (isWhole && !node.name.startsWith('Dict')) return listValue(items)
  return unknownFrom(mergeFrom(...items.slice(0, 20).map((item) => originsOf(item))))
}

interface Clauses {
  readonly clauses: readonly PythonNode[]
  readonly rounds: { left: number }
}

/** Runs `each` for every round of the clauses; false when the rounds are not known, then once for all. */
function runClauses(run: Run, scope: Scope, { clauses, rounds }: Clauses, each: () => void): boolean {
  const list = clauses[0]?.name === 'async' ? clauses.slice(1) : clauses
  const [first] = list
  if (first === undefined) {
    each()
    return true
  }
  if (first.name === 'if') {
    const condition = evaluate(run, scope, list[1])
    const isRefused = 'value' in condition && !condition.value
    if (!isRefused)
      return runClauses(run, scope, { clauses: list.slice(2), rounds }, each) && 'value' in condition
    return true
  }
  const inAt = list.findIndex(({ name }) => name === 'in')
  if (first.name !== 'for' || inAt < 0) {
    each()
    return false
  }
  const targets = splitByComma(list.slice(1, inAt))
  const source = evaluate(run, scope, list[inAt + 1])
  const rest = { clauses: list.slice(inAt + 2), rounds }
  const round = (value: PythonValue): boolean => {
    assignTargets(run, scope, targets, value)
    return runClauses(run, scope, rest, each)
  }
  const items = itemsOf(source)
  if (items === undefined || items.length > rounds.left) {
    round(unknownFrom(originsOf(source)))
    return false
  }
  rounds.left -= items.length
  let isWhole = true
  for (const item of items) {
    if (run.stepsLeft <= 0) return false
    isWhole = round(item) && isWhole
  }
  return isWhole
}
