import { foldCall } from './fold-call.ts'
import { foldAccess, foldFilter } from './fold-filter.ts'
import { operate, sliceOf } from './fold-text.ts'
import type { Fold, FoldedArguments, Folding } from './folding.ts'
import { combine, either, type Guess, known, leastOf, open, traitsOf, unfollowed } from './guess.ts'
import type { Arguments, Expression } from './jinja-ast.ts'
import { armTriggers, triggersOf } from './triggers.ts'

/** What is known of an expression; what it does is noted. */
export function foldExpression(folding: Folding, node: Expression): Guess {
  if (!folding.step(node.at)) return open('')
  return folding.nest(node.at, () => foldNode(folding, node), open(''))
}

function foldNode(folding: Folding, node: Expression): Guess {
  const fold: Fold = (inner) => foldExpression(folding, inner)
  const foldArgs = (args: Arguments): FoldedArguments => ({
    positional: args.positional.map(({ value }) => fold(value)),
    named: new Map(args.named.map(([name, value]) => [name, fold(value)])),
    isPlain: args.positional[0]?.value.kind === 'literal',
  })
  switch (node.kind) {
    case 'literal':
      if (typeof node.value === 'string') folding.write(node.value, node.at)
      return known(node.value)
    case 'name':
      return foldName(folding, node.name, node.at)
    case 'list':
      return known({ kind: 'list', items: node.items.map(fold) })
    case 'dict':
      return foldDict(node.entries, fold)
    case 'attribute': {
      const of = fold(node.of)
      return foldAccess(folding, { of, index: known(node.name), how: 'dot', isPlain: true, at: node.at })
    }
    case 'item': {
      const of = fold(node.of)
      const index = folding.ask(() => fold(node.index))
      const isPlain = node.index.kind === 'literal' || node.index.kind === 'name'
      return foldAccess(folding, { of, index, how: 'item', isPlain, at: node.at })
    }
    case 'slice':
      return foldSlice(node, fold)
    case 'call':
      return foldCall(folding, node, fold, foldArgs)
    case 'filter': {
      const of = node.of === undefined ? open('') : fold(node.of)
      return foldFilter(folding, { of, name: node.name, args: foldArgs(node.args), at: node.at })
    }
    case 'test':
      return foldTest(folding, node, fold)
    case 'unary':
      return foldUnary(node.operator, fold(node.of))
    case 'binary':
      return foldBinary(folding, node, fold)
    case 'choice':
      return foldChoice(folding, node, fold)
  }
}

function foldName(folding: Folding, name: string, at: number): Guess {
  const value = folding.lookUp(name)
  if (value === undefined) return open(name)
  folding.writeValues(value.values, at)
  return value.path === '' && value.isOpen ? { ...value, path: name } : value
}

function foldDict(entries: readonly (readonly [Expression, Expression])[], fold: Fold): Guess {
  const map = new Map<string, Guess>()
  for (const [key, value] of entries) {
    const [name] = fold(key).values
    const folded = fold(value)
    if (typeof name === 'string') map.set(name, folded)
  }
  return known({ kind: 'dict', entries: map })
}

function foldSlice(node: Extract<Expression, { kind: 'slice' }>, fold: Fold): Guess {
  const of = fold(node.of)
  const bounds = node.bounds.map((bound) => (bound === undefined ? undefined : fold(bound)))
  const places = bounds.map((bound) => bound?.values.find((value) => typeof value === 'number'))
  const isKnown = bounds.every((bound, i) => bound === undefined || places[i] !== undefined)
  const parts = [of, ...bounds.filter((bound) => bound !== undefined)]
  const sliced = combine(parts, ([value]) =>
    isKnown && value !== undefined ? sliceOf(value, places) : undefined,
  )
  return { ...sliced, isBuilt: sliced.isBuilt && !of.isContent, path: of.path }
}

function foldUnary(operator: string, of: Guess): Guess {
  if (operator === 'not') {
    const triggers = of.triggers.map((trigger) => ({ ...trigger, isNegated: !trigger.isNegated }))
    return {
      ...combine([of], ([value]) => (isPlainTruth(value) ? !value : undefined)),
      triggers,
      isBuilt: false,
    }
  }
  return combine([of], ([value]) =>
    typeof value === 'number' ? (operator === '-' ? -value : value) : undefined,
  )
}

function isPlainTruth(value: unknown): boolean {
  return typeof value !== 'object' || value === null
}

const COMPARISONS = new Set(['==', '!=', '<', '>', '<=', '>=', 'in', 'not in'])

function foldBinary(folding: Folding, node: Extract<Expression, { kind: 'binary' }>, fold: Fold): Guess {
  const { operator } = node
  if (COMPARISONS.has(operator)) return foldComparison(folding, node, fold)
  const parts = [fold(node.left), fold(node.right)]
  if (operator === 'and' || operator === 'or') {
    const [left = open(''), right = open('')] = parts
    return { ...either(left, right), isOpen: true }
  }
  noteHuge(folding, operator, parts, node.at)
  if (!folding.affords(parts)) return unfollowed(parts, '')
  const result = combine(parts, ([left, right]) =>
    left === undefined || right === undefined ? undefined : operate(operator, left, right),
  )
  folding.writeValues(result.values, node.at)
  return operator === '+' || operator === '~' ? joined(folding, { result, parts, at: node.at }) : result
}

/** Two texts as one, which may be too long to be followed: then its length is. */
function joined(
  folding: Folding,
  { result, parts, at }: { readonly result: Guess; readonly parts: readonly Guess[]; readonly at: number },
): Guess {
  if (result.values.length > 0) return result
  const sizes = parts.map(
    ({ least, values }) => least ?? (typeof values[0] === 'string' ? values[0].length : 0),
  )
  const size = sizes.reduce((sum, one) => sum + one, 0)
  if (size > HUGE) folding.see({ kind: 'huge', message: `it makes a text of ${size} characters`, at })
  return { ...result, ...leastOf(size) }
}

/** A text this long, or a number this large, is made of no message. */
const HUGE = 10_000_000

function noteHuge(folding: Folding, operator: string, parts: readonly Guess[], at: number): void {
  if (operator !== '*' && operator !== '**') return
  const [left, right] = parts.map(({ values }) => values[0])
  const isNumbers = typeof left === 'number' && typeof right === 'number'
  const isPower = operator === '**' && isNumbers && Math.log2(Math.abs(left) || 1) * right > 1_000_000
  if (isPower) folding.see({ kind: 'huge', message: `it computes ${left} to the power of ${right}`, at })
  const size = isNumbers ? 0 : lengthOf(left) * lengthOf(right)
  if (operator === '*' && size > HUGE)
    folding.see({ kind: 'huge', message: `it makes a text or list of ${size} items`, at })
}

function lengthOf(value: unknown): number {
  if (typeof value === 'number') return value
  return typeof value === 'string' ? value.length : 1
}

function foldComparison(folding: Folding, node: Extract<Expression, { kind: 'binary' }>, fold: Fold): Guess {
  const { left, right } = folding.ask(() => ({ left: fold(node.left), right: fold(node.right) }))
  const isNegated = node.operator === '!=' || node.operator === 'not in'
  const triggers = [...triggersOf(left, right, isNegated), ...triggersOf(right, left, isNegated)]
  const isFoldable = node.operator !== 'in' && node.operator !== 'not in'
  const result = isFoldable
    ? combine([left, right], ([a, b]) =>
        a === undefined || b === undefined ? undefined : operate(node.operator, a, b),
      )
    : open('')
  const inherited = traitsOf([left, right]).triggers ?? []
  return {
    ...result,
    isContent: false,
    isDate: false,
    isBuilt: false,
    triggers: [...triggers, ...inherited],
    path: '',
  }
}

/** Tests that compare. */
const COMPARING_TESTS = new Set([
  'eq',
  'equalto',
  '==',
  'in',
  'ne',
  'sameas',
  'gt',
  'ge',
  'lt',
  'le',
  'greaterthan',
  'lessthan',
])

function foldTest(folding: Folding, node: Extract<Expression, { kind: 'test' }>, fold: Fold): Guess {
  const of = fold(node.of)
  const args = folding.ask(() => node.args.positional.map(({ value }) => fold(value)))
  const [first] = args
  if (!COMPARING_TESTS.has(node.name) || first === undefined) return { ...open(''), triggers: of.triggers }
  return { ...open(''), triggers: [...of.triggers, ...triggersOf(of, first, node.isNegated)] }
}

function foldChoice(folding: Folding, node: Extract<Expression, { kind: 'choice' }>, fold: Fold): Guess {
  const test = folding.ask(() => fold(node.test))
  const yes = folding.under(armTriggers(test, false), () => fold(node.yes))
  const elsewhere = node.no
  const no =
    elsewhere === undefined ? open('') : folding.under(armTriggers(test, true), () => fold(elsewhere))
  return either(yes, no)
}
