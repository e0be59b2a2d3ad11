import type { PaddleOperator } from './read-paddle.ts'

/** Operators of all regions together. */
const MAX_OPERATORS = 1_000_000
/** Values in values of the JSON; regions nest by control flow only. */
const MAX_DEPTH = 200

/** Dialects by the digit that stands for them (DialectIdMap of paddle/fluid/pir/serialize_deserialize). */
const DIALECTS: Readonly<Record<string, string>> = {
  '0': 'builtin',
  '1': 'pd_op',
  '2': 'cf',
  '3': 'custom_op',
  '4': 'pd_dist',
}

/** Reads the operators of a program that Paddle 3 saves as JSON (PIR), with their texts; undefined when a document is none. */
export function readPir(document: unknown): readonly PaddleOperator[] | undefined {
  if (!isRecord(document) || !isRecord(document.base_code) || document.base_code.magic !== 'pir')
    return undefined
  const operators = new Map<string, PaddleOperator>()
  const todo: Inner[] = [{ value: document.program, depth: 0 }]
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (next.depth > MAX_DEPTH || operators.size > MAX_OPERATORS) continue
    const depth = next.depth + 1
    for (const value of innerOf(next.value)) todo.push({ value, depth })
    const operator = operatorOf(next.value)
    if (operator !== undefined) operators.set(JSON.stringify([operator.type, operator.texts]), operator)
  }
  return [...operators.values()]
}

interface Inner {
  readonly value: unknown
  readonly depth: number
}

function innerOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  return isRecord(value) ? Object.values(value) : []
}

function operatorOf(value: unknown): PaddleOperator | undefined {
  if (!isRecord(value) || !('A' in value) || !('O' in value)) return undefined
  const id = value['#']
  if (typeof id !== 'string') return undefined
  const dot = id.indexOf('.')
  const dialect = DIALECTS[id.slice(0, Math.max(0, dot))] ?? id.slice(0, Math.max(0, dot))
  const name = id.slice(dot + 1)
  const isPlain = dialect === 'pd_op' || dialect === 'builtin' || dialect === 'cf' || dialect === ''
  return { type: isPlain ? name : `${dialect}.${name}`, texts: textsOf(value.A), offset: 0 }
}

function textsOf(attributes: unknown): { name: string; value: string }[] {
  if (!Array.isArray(attributes)) return []
  return attributes.flatMap((attribute) => {
    if (!isRecord(attribute) || !isRecord(attribute.AT)) return []
    const value = attribute.AT.D
    return typeof value === 'string' ? [{ name: String(attribute.N ?? ''), value: value.slice(0, 4096) }] : []
  })
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
