import { fail, ok, type Result } from '../../ground/lang/index.ts'

/** Characters of a filter, and clauses in it: each is tried on every row. */
const MAX_FILTER = 10_000
const MAX_CLAUSES = 50
/** Values of one IN. */
const MAX_VALUES = 1000

const OPERATORS = ['=', '!=', '<>', '>', '>=', '<', '<=', 'LIKE', 'ILIKE', 'IN'] as const
export type FilterOperator = Exclude<(typeof OPERATORS)[number], '<>'>

/** One comparison; all of a filter hold together. */
export interface FilterClause {
  readonly kind: 'attribute' | 'tag'
  readonly key: string
  readonly operator: FilterOperator
  readonly values: readonly (string | number)[]
}

/** What may be compared: texts by equality and likeness, numbers by size. */
export interface FilterKeys {
  readonly texts: readonly string[]
  readonly numbers: readonly string[]
}

type Token =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'mark'; readonly text: string }

/**
 * A filter in MLflow's words: `name LIKE 'fraud%' AND tags.team = 'risk'` (mlflow/utils/search_utils.py). One pass, no nesting.
 */
export function parseFilter(text: string, keys: FilterKeys): Result<readonly FilterClause[]> {
  if (text.trim() === '') return ok([])
  if (text.length > MAX_FILTER) return fail(`the filter has more than ${MAX_FILTER} characters`)
  const tokens = tokensOf(text)
  if (!tokens.ok) return tokens
  const clauses: FilterClause[] = []
  let at = 0
  while (at < tokens.value.length) {
    const read = readClause(tokens.value, at, keys)
    if (!read.ok) return read
    clauses.push(read.value.clause)
    if (clauses.length > MAX_CLAUSES) return fail(`the filter has more than ${MAX_CLAUSES} clauses`)
    at = read.value.next
    if (at === tokens.value.length) break
    const joint = tokens.value[at]
    if (joint?.kind !== 'word' || joint.text.toUpperCase() !== 'AND')
      return fail(`Invalid clause(s) in filter string: "${shown(joint)}" stands where AND should`)
    at += 1
    if (at === tokens.value.length) return fail('Invalid clause(s) in filter string: it ends with AND')
  }
  return ok(clauses)
}

/** A word with backticks or quotes in its parts, a text in quotes, a number, or a mark; tried in this order at each place. */
const TOKEN =
  /\s*(?:((?:[A-Za-z_][\w-]*)(?:\.(?:`[^`]*`|"[^"]*"|[\w./-]+))?)|'((?:[^']|'')*)'|"([^"]*)"|(-?\d{1,18}(?:\.\d{1,18})?)|(!=|<>|>=|<=|=|>|<|\(|\)|,))/y

function tokensOf(text: string): Result<readonly Token[]> {
  const tokens: Token[] = []
  const body = text.trimEnd()
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < body.length) {
    const from = TOKEN.lastIndex
    const found = TOKEN.exec(body)
    if (found === null)
      return fail(`Invalid clause(s) in filter string: cannot read "${body.slice(from, from + 40)}"`)
    const [, word, single, double, number, mark] = found
    if (word !== undefined) tokens.push({ kind: 'word', text: word })
    else if (single !== undefined) tokens.push({ kind: 'text', text: single.replaceAll("''", "'") })
    else if (double !== undefined) tokens.push({ kind: 'text', text: double })
    else if (number !== undefined) tokens.push({ kind: 'number', value: Number(number) })
    else tokens.push({ kind: 'mark', text: mark ?? '' })
  }
  return ok(tokens)
}

interface ReadClause {
  readonly clause: FilterClause
  readonly next: number
}

function readClause(tokens: readonly Token[], at: number, keys: FilterKeys): Result<ReadClause> {
  const left = tokens[at]
  const sign = tokens[at + 1]
  if (left?.kind !== 'word') return fail(`Invalid clause(s) in filter string: "${shown(left)}" is no name`)
  const operator = operatorOf(sign)
  if (operator === undefined)
    return fail(`Invalid clause(s) in filter string: "${shown(sign)}" is no comparison`)
  const side = keyOf(left.text, keys)
  if (!side.ok) return side
  const read = operator === 'IN' ? readList(tokens, at + 2) : readValue(tokens, at + 2)
  if (!read.ok) return read
  const problem = problemOf(side.value, operator, read.value.values, keys)
  if (problem !== undefined) return fail(problem)
  return ok({ clause: { ...side.value, operator, values: read.value.values }, next: read.value.next })
}

function operatorOf(token: Token | undefined): FilterOperator | undefined {
  if (token === undefined || token.kind === 'text' || token.kind === 'number') return undefined
  const found = OPERATORS.find((operator) => operator === token.text.toUpperCase())
  return found === '<>' ? '!=' : found
}

type Side = Pick<FilterClause, 'kind' | 'key'>

function keyOf(text: string, keys: FilterKeys): Result<Side> {
  const dot = text.indexOf('.')
  const entity = dot === -1 ? 'attribute' : text.slice(0, dot)
  const key = text.slice(dot + 1).replace(/^[`"]|[`"]$/g, '')
  if (entity === 'tag' || entity === 'tags') return ok({ kind: 'tag', key })
  if (entity !== 'attribute' && entity !== 'attributes')
    return fail(`Invalid entity type '${entity}'. Valid entity types are attribute, tag, tags`)
  const known = [...keys.texts, ...keys.numbers]
  if (!known.includes(key))
    return fail(`Invalid attribute key '${key}' specified. Valid keys are ${known.join(', ')}`)
  return ok({ kind: 'attribute', key })
}

interface ReadValues {
  readonly values: readonly (string | number)[]
  readonly next: number
}

function readValue(tokens: readonly Token[], at: number): Result<ReadValues> {
  const token = tokens[at]
  if (token?.kind === 'text') return ok({ values: [token.text], next: at + 1 })
  if (token?.kind === 'number') return ok({ values: [token.value], next: at + 1 })
  return fail(`Expected a quoted string value. Got value ${shown(token)}`)
}

function readList(tokens: readonly Token[], at: number): Result<ReadValues> {
  const values: (string | number)[] = []
  const isMark = (place: number, text: string) => {
    const token = tokens[place]
    return token?.kind === 'mark' && token.text === text
  }
  if (!isMark(at, '(')) return fail('IN wants a list of quoted string values in parentheses')
  for (let place = at + 1; ; place += 2) {
    const read = readValue(tokens, place)
    if (!read.ok) return read
    values.push(...read.value.values)
    if (values.length > MAX_VALUES) return fail(`IN takes at most ${MAX_VALUES} values`)
    if (isMark(place + 1, ')')) return ok({ values, next: place + 2 })
    if (!isMark(place + 1, ',')) return fail('IN wants a list of quoted string values in parentheses')
  }
}

function problemOf(
  { kind, key }: Side,
  operator: FilterOperator,
  values: readonly (string | number)[],
  keys: FilterKeys,
): string | undefined {
  const isNumber = kind === 'attribute' && keys.numbers.includes(key)
  const isOrder = ['>', '>=', '<', '<='].includes(operator)
  const isLike = operator === 'LIKE' || operator === 'ILIKE'
  if (isNumber && (isLike || operator === 'IN'))
    return `Invalid comparator '${operator}' for the number ${key}`
  if (!isNumber && isOrder) return `Invalid comparator '${operator}' for ${key}`
  if (operator === 'IN' && (kind === 'tag' || key !== 'run_id'))
    return "Only the 'run_id' attribute supports comparison with a list of quoted string values."
  if (isNumber && values.some((value) => typeof value !== 'number'))
    return `${key} is compared with a number, without quotes`
  if (!isNumber && values.some((value) => typeof value === 'number'))
    return `Expected a quoted string value for ${key} (e.g. 'my-value')`
  return undefined
}

function shown(token: Token | undefined): string {
  if (token === undefined) return 'nothing'
  return (token.kind === 'number' ? String(token.value) : token.text).slice(0, 60)
}
