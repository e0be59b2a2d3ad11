import type { IncomingMessage } from 'node:http'
import { SallyportError } from '../../ground/lang/index.ts'
import type { Tags } from '../../services/model-names/index.ts'

/** Bytes of a body: a batch of a thousand metrics and tags stays below. */
const MAX_BODY_BYTES = 2 * 2 ** 20
/** Items of a list in a request. */
const MAX_ITEMS = 2_000

/** The fields of a request by their names in the protos, from its body or, for GET, from its query. */
export interface Input {
  /** All of them as they came. */
  readonly fields: Fields
  /** @throws SallyportError `BAD_INPUT` when it is missing or no text */
  text(field: string): string
  optional(field: string): string | undefined
  number(field: string): number | undefined
  flag(field: string): boolean | undefined
  texts(field: string): readonly string[]
  /** `[{key, value}]` as a record. */
  tags(field: string): Tags
  records(field: string): readonly Input[]
  record(field: string): Input | undefined
}

/** @throws SallyportError `BAD_INPUT`, `TOO_LARGE` */
export async function readInput(request: IncomingMessage, query: URLSearchParams): Promise<Input> {
  if (request.method === 'GET') return inputOfQuery(query)
  const text = await readBody(request)
  if (text.trim() === '') return inputOf({})
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new SallyportError('BAD_INPUT', 'the body is no JSON', { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SallyportError('BAD_INPUT', 'the body must be a JSON object')
  return inputOf(value as Fields)
}

type Fields = Readonly<Record<string, unknown>>

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY_BYTES)
      throw new SallyportError('TOO_LARGE', `the body is longer than ${MAX_BODY_BYTES} bytes`)
    parts.push(chunk)
  }
  return Buffer.concat(parts).toString('utf8')
}

function inputOfQuery(query: URLSearchParams): Input {
  const fields: Record<string, unknown> = Object.create(null)
  for (const key of new Set(query.keys())) {
    const values = query.getAll(key)
    fields[key] = values.length === 1 ? values[0] : values
  }
  return inputOf(fields)
}

/** Fields of JSON; the encoder of protos writes int64 as text or as a number, and both are taken. */
function inputOf(fields: Fields): Input {
  const at = (field: string) => (Object.hasOwn(fields, field) ? fields[field] : undefined)
  const optional = (field: string) => {
    const value = at(field)
    if (value === undefined || value === null) return undefined
    if (typeof value === 'string') return value
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    throw new SallyportError(
      'BAD_INPUT',
      `Invalid value for parameter '${field}' supplied: it must be a text`,
    )
  }
  const list = (field: string): readonly unknown[] => {
    const value = at(field) ?? []
    const items = Array.isArray(value) ? value : [value]
    if (items.length > MAX_ITEMS)
      throw new SallyportError('BAD_INPUT', `'${field}' has more than ${MAX_ITEMS} items`)
    return items
  }
  const records = (field: string) =>
    list(field).map((item) => {
      if (typeof item !== 'object' || item === null)
        throw new SallyportError('BAD_INPUT', `the items of '${field}' must be objects`)
      return inputOf(item as Fields)
    })
  return {
    fields,
    optional,
    records,
    text: (field) => {
      const value = optional(field)
      if (value === undefined || value === '')
        throw new SallyportError(
          'BAD_INPUT',
          `Missing value for required parameter '${field}'. See the API docs for more information about request parameters.`,
        )
      return value
    },
    number: (field) => {
      const value = optional(field)
      if (value === undefined) return undefined
      const number = Number(value)
      if (value.trim() === '' || !Number.isFinite(number))
        throw new SallyportError(
          'BAD_INPUT',
          `Invalid value for parameter '${field}' supplied: it must be a number`,
        )
      return number
    },
    flag: (field) => {
      const value = optional(field)
      if (value === undefined) return undefined
      if (!/^(true|false)$/i.test(value))
        throw new SallyportError(
          'BAD_INPUT',
          `Invalid value for parameter '${field}' supplied: true or false`,
        )
      return value.toLowerCase() === 'true'
    },
    texts: (field) => list(field).map(String),
    tags: (field) =>
      Object.fromEntries(records(field).map((tag) => [tag.text('key'), tag.optional('value') ?? ''])),
    record: (field) => {
      const value = at(field)
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
      return inputOf(value as Fields)
    },
  }
}
