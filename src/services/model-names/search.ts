import { SallyportError } from '../../ground/lang/index.ts'
import { type FilterClause, type FilterKeys, parseFilter } from './parse-filter.ts'
import type { LoggedModel, NamedModel, NamedVersion, Tags } from './ports.ts'

/** Columns by which a list may be ordered. */
const MAX_ORDER = 10

/** One page of a list as MLflow's clients ask for it. */
export interface NameQuery {
  readonly filter?: string
  readonly orderBy?: readonly string[]
  readonly maxResults: number
  readonly pageToken?: string
}
export interface NamePage<T> {
  readonly items: readonly T[]
  readonly nextPageToken?: string
}

/** How rows of one kind are compared: attributes by the names that filters use, and tags. */
interface Shape<T> {
  readonly keys: FilterKeys
  readonly order: readonly string[]
  readonly ties: readonly string[]
  attribute(row: T, key: string): string | number | undefined
  tags(row: T): Tags
}

const MODELS: Shape<NamedModel> = {
  keys: { texts: ['name'], numbers: [] },
  order: ['name', 'creation_timestamp', 'last_updated_timestamp', 'timestamp'],
  ties: ['name ASC'],
  attribute: (row, key) =>
    key === 'name' ? row.name : key === 'creation_timestamp' ? row.createdMs : row.updatedMs,
  tags: ({ tags }) => tags,
}

const VERSIONS: Shape<NamedVersion> = {
  keys: { texts: ['name', 'run_id', 'source_path'], numbers: ['version_number'] },
  order: ['name', 'version_number', 'creation_timestamp', 'last_updated_timestamp'],
  ties: ['name ASC', 'version_number DESC'],
  attribute: (row, key) => {
    if (key === 'name') return row.name
    if (key === 'version_number') return row.version
    if (key === 'run_id') return row.runId
    if (key === 'source_path') return row.source
    return key === 'creation_timestamp' ? row.createdMs : row.updatedMs
  },
  tags: ({ tags }) => tags,
}

const LOGGED: Shape<LoggedModel> = {
  keys: { texts: ['name', 'model_id', 'model_type', 'status', 'source_run_id'], numbers: [] },
  order: ['creation_timestamp', 'model_id'],
  ties: ['creation_timestamp DESC', 'model_id ASC'],
  attribute: (row, key) => {
    if (key === 'name') return row.name
    if (key === 'model_type') return row.modelType
    if (key === 'status') return row.status
    if (key === 'source_run_id') return row.runId
    return key === 'model_id' ? row.id : row.createdMs
  },
  tags: ({ tags }) => tags,
}

/** @throws SallyportError `BAD_INPUT` in MLflow's words */
export function searchLogged(rows: readonly LoggedModel[], query: NameQuery): NamePage<LoggedModel> {
  return page(LOGGED, rows, query)
}

/** @throws SallyportError `BAD_INPUT` in MLflow's words */
export function searchModels(rows: readonly NamedModel[], query: NameQuery): NamePage<NamedModel> {
  return page(MODELS, rows, query)
}

/** @throws SallyportError `BAD_INPUT` in MLflow's words */
export function searchVersions(rows: readonly NamedVersion[], query: NameQuery): NamePage<NamedVersion> {
  return page(VERSIONS, rows, query)
}

function page<T>(shape: Shape<T>, rows: readonly T[], query: NameQuery): NamePage<T> {
  const clauses = parseFilter(query.filter ?? '', shape.keys)
  if (!clauses.ok) throw new SallyportError('BAD_INPUT', clauses.error)
  const compare = orderOf(shape, query.orderBy ?? [])
  const found = rows.filter((row) => clauses.value.every((clause) => holds(shape, row, clause))).sort(compare)
  const from = offsetOf(query.pageToken)
  const to = from + query.maxResults
  const items = found.slice(from, to)
  return to < found.length ? { items, nextPageToken: tokenOf(to) } : { items }
}

/** A tag that marks prompts: a row without it is no prompt, so it answers as if it said "false" (as MLflow does). */
const PROMPT_TAG = 'mlflow.prompt.is_prompt'

function holds<T>(shape: Shape<T>, row: T, { kind, key, operator, values }: FilterClause): boolean {
  const tag = kind === 'tag' ? shape.tags(row)[key] : undefined
  const left = kind === 'attribute' ? shape.attribute(row, key) : key === PROMPT_TAG ? (tag ?? 'false') : tag
  const [right] = values
  if (left === undefined || right === undefined) return false
  switch (operator) {
    case '=':
      return left === right
    case '!=':
      return left !== right
    case 'IN':
      return values.includes(left)
    case 'LIKE':
      return isLike(String(left), String(right))
    case 'ILIKE':
      return isLike(String(left).toLowerCase(), String(right).toLowerCase())
    case '>':
      return left > right
    case '>=':
      return left >= right
    case '<':
      return left < right
    case '<=':
      return left <= right
  }
}

/** `%` stands for any run, `_` for one character. Two pointers, no regular expression: a pattern cannot make it slow. */
function isLike(text: string, pattern: string): boolean {
  let [t, p, star, mark] = [0, 0, -1, 0]
  while (t < text.length) {
    const sign = pattern[p]
    if (sign === '%') {
      star = p
      mark = t
      p += 1
    } else if (sign === '_' || sign === text[t]) {
      t += 1
      p += 1
    } else if (star >= 0) {
      p = star + 1
      mark += 1
      t = mark
    } else return false
  }
  while (pattern[p] === '%') p += 1
  return p === pattern.length
}

function orderOf<T>(shape: Shape<T>, orderBy: readonly string[]): (a: T, b: T) => number {
  if (orderBy.length > MAX_ORDER)
    throw new SallyportError('BAD_INPUT', `more than ${MAX_ORDER} columns to order by`)
  const parts = [...orderBy, ...shape.ties].map((text) => {
    const [, key = '', way = 'ASC'] =
      /^\s*[`"]?(?:attributes?\.)?(\w+)[`"]?(?:\s+(ASC|DESC))?\s*$/i.exec(text) ?? []
    if (!shape.order.includes(key))
      throw new SallyportError(
        'BAD_INPUT',
        `Invalid order_by clause '${text.slice(0, 80)}'. Valid are ${shape.order.join(', ')}, with ASC or DESC.`,
      )
    return { key, sign: way.toUpperCase() === 'DESC' ? -1 : 1 }
  })
  return (a, b) => {
    for (const { key, sign } of parts) {
      const [x, y] = [shape.attribute(a, key) ?? '', shape.attribute(b, key) ?? '']
      if (x !== y) return (x < y ? -1 : 1) * sign
    }
    return 0
  }
}

/** MLflow's own token: base64 of `{"offset": n}`. */
function tokenOf(offset: number): string {
  return Buffer.from(JSON.stringify({ offset })).toString('base64')
}

function offsetOf(token: string | undefined): number {
  if (token === undefined || token === '') return 0
  const found = /^\{"offset": ?(\d{1,9})\}$/.exec(Buffer.from(token.slice(0, 200), 'base64').toString('utf8'))
  if (found === null) throw new SallyportError('BAD_INPUT', 'Invalid page token, could not base64-decode')
  return Number(found[1])
}
