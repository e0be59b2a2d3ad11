import { readWire, type WireBudget, type WireField, wireBytes } from '../../ground/lang/index.ts'
import { type GraphNode, MAX_TEXT, MAX_TEXTS } from './graph-view.ts'

/** Levels of attributes in attributes: a list of functions, with attributes of their own. */
const MAX_DEPTH = 6
const STRING_TYPE = 7n

type Text = GraphNode['texts'][number]

/** A NodeDef (tensorflow/core/framework/node_def.proto), or undefined when the bytes are none. */
export function readNode(bytes: Uint8Array, offset: number, budget: WireBudget): GraphNode | undefined {
  const { fields, problem } = readWire(bytes, budget)
  if (problem !== undefined) return undefined
  let name = ''
  let op = ''
  const inputs: string[] = []
  const texts: Text[] = []
  for (const field of fields) {
    if (field.kind !== 'bytes') continue
    const inner = wireBytes(bytes, field)
    if (field.number === 1) name = textOf(inner)
    else if (field.number === 2) op = textOf(inner)
    else if (field.number === 3) inputs.push(nodeName(textOf(inner)))
    else if (field.number === 5) {
      // Bounded by attribute, so that one of them cannot hide the next.
      const found: Text[] = []
      readAttribute({ bytes: inner, depth: 0 }, found, budget)
      texts.push(...found)
    }
  }
  return { name, op, inputs, texts, offset }
}

/** `^control`, `node:1` and `node:output:0` all name a node. */
export function nodeName(input: string): string {
  return input.replace(/^\^/, '').split(':', 1)[0] ?? ''
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, MAX_TEXT)).toString('utf8')
}

/** An entry of the map of attributes: key 1, value 2. */
function readAttribute({ bytes, depth }: Omit<Value, 'key'>, texts: Text[], budget: WireBudget): void {
  const { fields } = readWire(bytes, budget)
  const keyField = fields.find(({ number, kind }) => number === 1 && kind === 'bytes')
  const key = keyField === undefined ? '' : textOf(wireBytes(bytes, keyField))
  // Doubled values are merged by real readers; each is looked at.
  for (const field of fields)
    if (field.number === 2 && field.kind === 'bytes')
      readValue({ bytes: wireBytes(bytes, field), key, depth }, texts, budget)
}

interface Value {
  readonly bytes: Uint8Array
  readonly key: string
  readonly depth: number
}

/** An AttrValue: list 1, s 2, tensor 8, func 10 (name 1, attributes 2); in a list: s 2, tensor 8, func 9. */
function readValue({ bytes, key, depth }: Value, texts: Text[], budget: WireBudget): void {
  if (depth > MAX_DEPTH || texts.length >= MAX_TEXTS) return
  for (const field of readWire(bytes, budget).fields) {
    if (field.kind !== 'bytes' || texts.length >= MAX_TEXTS) continue
    const inner = wireBytes(bytes, field)
    if (field.number === 2) texts.push({ key, text: textOf(inner) })
    else if (field.number === 8) readTensor(inner, key, texts, budget)
    else if (field.number === 1) readValue({ bytes: inner, key, depth: depth + 1 }, texts, budget)
    else if (field.number === 9 || field.number === 10) readFunction({ bytes: inner, depth }, texts, budget)
  }
}

/** The strings of a TensorProto: dtype 1, string_val 8. */
function readTensor(bytes: Uint8Array, key: string, texts: Text[], budget: WireBudget): void {
  // Numbers stand in one packed field; only tensors of strings have one field each, and those are bounded here.
  const fields = readWire(bytes, budget).fields
  if (!fields.some((field) => isStringType(field))) return
  for (const field of fields)
    if (field.number === 8 && field.kind === 'bytes' && texts.length < MAX_TEXTS)
      texts.push({ key, text: textOf(wireBytes(bytes, field)) })
}

function isStringType({ number, value }: WireField): boolean {
  return number === 1 && value === STRING_TYPE
}

/** A function by its name 1, with attributes 2 of its own. */
function readFunction({ bytes, depth }: Omit<Value, 'key'>, texts: Text[], budget: WireBudget): void {
  if (depth >= MAX_DEPTH) return
  for (const field of readWire(bytes, budget).fields)
    if (field.number === 2 && field.kind === 'bytes')
      readAttribute({ bytes: wireBytes(bytes, field), depth: depth + 1 }, texts, budget)
}
