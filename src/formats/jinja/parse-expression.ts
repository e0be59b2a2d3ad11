import type { Arguments, Expression } from './jinja-ast.ts'
import type { TokenCursor } from './token-cursor.ts'

const COMPARISONS = new Set(['==', '!=', '<', '<=', '>', '>='])
const LITERALS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
])
const NO_ARGUMENTS: Arguments = { positional: [], named: [] }

/** One expression with its `a if b else c`. Grammar: parser.py of Jinja 3.1. @throws JinjaBreak */
export function parseExpression(cursor: TokenCursor, hasChoice = true): Expression {
  return cursor.nest(() => {
    if (!hasChoice) return parseOr(cursor)
    let yes = parseOr(cursor)
    while (cursor.skip('name', 'if')) {
      const test = parseOr(cursor)
      const no = cursor.skip('name', 'else') ? parseExpression(cursor) : undefined
      yes = { kind: 'choice', test, yes, no, at: yes.at }
    }
    return yes
  })
}

/** Where a row of expressions ends. */
export interface TupleOptions {
  readonly hasChoice?: boolean
  readonly endsAt?: string
  readonly isInParentheses?: boolean
}

/** One expression, or several with commas. @throws JinjaBreak */
export function parseTuple(cursor: TokenCursor, options: TupleOptions = {}): Expression {
  const { hasChoice = true, endsAt, isInParentheses = false } = options
  const at = cursor.at
  const items: Expression[] = []
  let isTuple = false
  for (;;) {
    if (items.length > 0) cursor.expect('sign', ',')
    const isEnd =
      cursor.is('end') || cursor.is('sign', ')') || (endsAt !== undefined && cursor.is('name', endsAt))
    if (isEnd) break
    items.push(parseExpression(cursor, hasChoice))
    if (!cursor.is('sign', ',')) break
    isTuple = true
  }
  const [first] = items
  if (!isTuple && first !== undefined) return first
  if (!isTuple && !isInParentheses) throw cursor.broken('an expression is expected')
  return { kind: 'list', items, at }
}

type Level = (cursor: TokenCursor) => Expression

/** A row of operators of one rank, from left to right. */
function leftToRight(below: Level, kind: 'name' | 'sign', ...operators: readonly string[]): Level {
  return (cursor) => {
    let left = below(cursor)
    while (operators.some((operator) => cursor.is(kind, operator))) {
      const operator = cursor.take().text
      left = { kind: 'binary', operator, left, right: below(cursor), at: left.at }
    }
    return left
  }
}

const parsePower = leftToRight((cursor) => parseUnary(cursor, true), 'sign', '**')
const parseProduct = leftToRight(parsePower, 'sign', '*', '/', '//', '%')
const parseConcat = leftToRight(parseProduct, 'sign', '~')
const parseSum = leftToRight(parseConcat, 'sign', '+', '-')
const parseAnd = leftToRight(parseNot, 'name', 'and')
const parseOr = leftToRight(parseAnd, 'name', 'or')

function parseNot(cursor: TokenCursor): Expression {
  const at = cursor.at
  if (cursor.skip('name', 'not'))
    return cursor.nest(() => ({ kind: 'unary', operator: 'not', of: parseNot(cursor), at }))
  return parseComparison(cursor)
}

function parseComparison(cursor: TokenCursor): Expression {
  let left = parseSum(cursor)
  for (;;) {
    const operator = comparisonOf(cursor)
    if (operator === undefined) return left
    left = { kind: 'binary', operator, left, right: parseSum(cursor), at: left.at }
  }
}

function comparisonOf(cursor: TokenCursor): string | undefined {
  if (cursor.is('sign') && COMPARISONS.has(cursor.token?.text ?? '')) return cursor.take().text
  if (cursor.skip('name', 'in')) return 'in'
  const next = cursor.peek()
  if (!cursor.is('name', 'not') || next?.kind !== 'name' || next.text !== 'in') return undefined
  cursor.take()
  cursor.take()
  return 'not in'
}

function parseUnary(cursor: TokenCursor, hasFilters: boolean): Expression {
  const at = cursor.at
  const operator = cursor.is('sign', '-') ? '-' : cursor.is('sign', '+') ? '+' : undefined
  if (operator === undefined) {
    const node = parsePostfix(cursor, parsePrimary(cursor))
    return hasFilters ? parseFilters(cursor, node) : node
  }
  cursor.take()
  const node: Expression = cursor.nest(() => ({ kind: 'unary', operator, of: parseUnary(cursor, false), at }))
  const whole = parsePostfix(cursor, node)
  return hasFilters ? parseFilters(cursor, whole) : whole
}

function parsePrimary(cursor: TokenCursor): Expression {
  const token = cursor.take()
  const { at } = token
  if (token.kind === 'name') {
    const value = LITERALS.get(token.text)
    return value === undefined ? { kind: 'name', name: token.text, at } : { kind: 'literal', value, at }
  }
  if (token.kind === 'number') return { kind: 'literal', value: token.value ?? 0, at }
  if (token.kind === 'string') {
    const parts = [token.text]
    while (cursor.is('string')) parts.push(cursor.take().text)
    return { kind: 'literal', value: parts.join(''), at }
  }
  if (token.kind === 'sign' && token.text === '(') {
    const inner = cursor.nest(() => parseTuple(cursor, { isInParentheses: true }))
    cursor.expect('sign', ')')
    return inner
  }
  if (token.kind === 'sign' && token.text === '[') return parseList(cursor, at)
  if (token.kind === 'sign' && token.text === '{') return parseDict(cursor, at)
  throw cursor.broken(`${token.text} begins no expression`)
}

function parseList(cursor: TokenCursor, at: number): Expression {
  const items: Expression[] = []
  while (!cursor.is('sign', ']')) {
    if (items.length > 0) cursor.expect('sign', ',')
    if (cursor.is('sign', ']')) break
    items.push(parseExpression(cursor))
  }
  cursor.expect('sign', ']')
  return { kind: 'list', items, at }
}

function parseDict(cursor: TokenCursor, at: number): Expression {
  const entries: (readonly [Expression, Expression])[] = []
  while (!cursor.is('sign', '}')) {
    if (entries.length > 0) cursor.expect('sign', ',')
    if (cursor.is('sign', '}')) break
    const key = parseExpression(cursor)
    cursor.expect('sign', ':')
    entries.push([key, parseExpression(cursor)])
  }
  cursor.expect('sign', '}')
  return { kind: 'dict', entries, at }
}

function parsePostfix(cursor: TokenCursor, start: Expression): Expression {
  let node = start
  for (;;) {
    const { at } = cursor
    if (cursor.skip('sign', '.')) node = parseDotted(cursor, node, at)
    else if (cursor.skip('sign', '[')) node = parseSubscript(cursor, node, at)
    else if (cursor.is('sign', '(')) node = { kind: 'call', of: node, args: parseArguments(cursor), at }
    else return node
  }
}

function parseDotted(cursor: TokenCursor, of: Expression, at: number): Expression {
  const token = cursor.take()
  if (token.kind === 'name') return { kind: 'attribute', of, name: token.text, at }
  if (token.kind !== 'number') throw cursor.broken('a name is expected after the dot')
  return { kind: 'item', of, index: { kind: 'literal', value: token.value ?? 0, at }, at }
}

function parseSubscript(cursor: TokenCursor, of: Expression, at: number): Expression {
  const items: Expression[] = []
  let slice: Expression | undefined
  while (!cursor.is('sign', ']')) {
    if (items.length > 0 || slice !== undefined) cursor.expect('sign', ',')
    const bounds = parseBounds(cursor)
    if (bounds.length === 1 && bounds[0] !== undefined) items.push(bounds[0])
    else slice = { kind: 'slice', of, bounds, at }
  }
  cursor.expect('sign', ']')
  if (slice !== undefined) return slice
  const [first] = items
  if (first === undefined) throw cursor.broken('a subscript is empty')
  return { kind: 'item', of, index: items.length === 1 ? first : { kind: 'list', items, at }, at }
}

/** One index, or the two or three parts of a slice. */
function parseBounds(cursor: TokenCursor): (Expression | undefined)[] {
  const isEnd = (): boolean => cursor.is('sign', ']') || cursor.is('sign', ',') || cursor.is('sign', ':')
  const bounds: (Expression | undefined)[] = [isEnd() ? undefined : parseExpression(cursor)]
  while (bounds.length < 3 && cursor.skip('sign', ':'))
    bounds.push(isEnd() ? undefined : parseExpression(cursor))
  if (bounds.length === 1 && bounds[0] === undefined) throw cursor.broken('a subscript is empty')
  return bounds
}

/** Filters, tests and calls behind a value, as many as there are. @throws JinjaBreak */
function parseFilters(cursor: TokenCursor, start: Expression): Expression {
  let node = start
  for (;;) {
    const { at } = cursor
    if (cursor.is('sign', '|')) node = parseFilter(cursor, node)
    else if (cursor.is('name', 'is')) node = parseTest(cursor, node)
    else if (cursor.is('sign', '(')) node = { kind: 'call', of: node, args: parseArguments(cursor), at }
    else return node
  }
}

/** A row of filters `|a|b(c)`; `isInline` when the first name stands without its bar. @throws JinjaBreak */
export function parseFilter(cursor: TokenCursor, of: Expression | undefined, isInline = false): Expression {
  let node = of
  let isFirst = isInline
  while (isFirst || cursor.is('sign', '|')) {
    const { at } = cursor
    if (!isFirst) cursor.take()
    isFirst = false
    const name = parseDottedName(cursor)
    const args = cursor.is('sign', '(') ? parseArguments(cursor) : NO_ARGUMENTS
    node = { kind: 'filter', of: node, name, args, at }
  }
  if (node === undefined) throw cursor.broken('a filter is expected')
  return node
}

function parseDottedName(cursor: TokenCursor): string {
  let name = cursor.expect('name').text
  while (cursor.skip('sign', '.')) name += `.${cursor.expect('name').text}`
  return name
}

function parseTest(cursor: TokenCursor, of: Expression): Expression {
  const { at } = cursor.take()
  const isNegated = cursor.skip('name', 'not')
  const name = parseDottedName(cursor)
  if (cursor.is('sign', '(')) return { kind: 'test', of, name, isNegated, args: parseArguments(cursor), at }
  const args = hasTestArgument(cursor)
    ? { positional: [{ value: parsePostfix(cursor, parsePrimary(cursor)), isSpread: false }], named: [] }
    : NO_ARGUMENTS
  return { kind: 'test', of, name, isNegated, args, at }
}

const NO_TEST_ARGUMENT = new Set(['else', 'or', 'and', 'if', 'is', 'in', 'not', 'recursive'])

function hasTestArgument(cursor: TokenCursor): boolean {
  if (cursor.is('string') || cursor.is('number') || cursor.is('sign', '[') || cursor.is('sign', '{'))
    return true
  return cursor.is('name') && !NO_TEST_ARGUMENT.has(cursor.token?.text ?? '')
}

/** The arguments of a call, in their parentheses. @throws JinjaBreak */
function parseArguments(cursor: TokenCursor): Arguments {
  const positional: { value: Expression; isSpread: boolean }[] = []
  const named: (readonly [string, Expression])[] = []
  cursor.expect('sign', '(')
  while (!cursor.is('sign', ')')) {
    if (positional.length + named.length > 0) cursor.expect('sign', ',')
    if (cursor.is('sign', ')')) break
    const next = cursor.peek()
    if (cursor.is('name') && next?.kind === 'sign' && next.text === '=') {
      const name = cursor.take().text
      cursor.take()
      named.push([name, parseExpression(cursor)])
    } else {
      const isSpread = cursor.skip('sign', '*') || cursor.skip('sign', '**')
      positional.push({ value: parseExpression(cursor), isSpread })
    }
  }
  cursor.expect('sign', ')')
  return { positional, named }
}
