import { type ByteSource, foldWire, type WireNode, type WireSchema } from '../../ground/lang/index.ts'
import type { OnnxResult } from './onnx-view.ts'

/** Fields of the wire, as in `read-onnx.ts`. */
const MAX_FIELDS = 20_000_000
const MAX_DEPTH = 100
/** Tensors and nodes that are kept. The largest graphs have some 100,000 nodes. */
const MAX_KEPT = 1_000_000
/** Bytes of a tensor that may be a shape: `onnx` allows no more dimensions than fit, and real ones have below ten. */
const MAX_SHAPE_BYTES = 1024

const SCHEMA: WireSchema = {
  Model: { 7: 'Graph', 20: 'TrainingInfo', 25: 'Function' },
  TrainingInfo: { 1: 'Graph', 2: 'Graph' },
  Graph: { 1: 'Node', 5: 'Tensor' },
  Function: { 7: 'Node' },
  Node: { 1: 'text', 2: 'text', 4: 'text', 5: 'Attribute', 7: 'text' },
  Attribute: { 1: 'text', 3: 'number', 5: 'Tensor', 6: 'Graph', 8: 'numbers', 11: 'Graph' },
  Tensor: { 1: 'numbers', 2: 'number', 4: 'span', 5: 'numbers', 7: 'numbers', 8: 'text', 9: 'span' },
}

/** Operators whose result is as large as the numbers they are given say. */
const GROWING: ReadonlySet<string> = new Set(['ConstantOfShape', 'Expand', 'Tile', 'Range', 'Pad'])
/** Operators that give on the numbers that they are given. */
const PASSING: ReadonlySet<string> = new Set(['Identity', 'Cast', 'Reshape', 'Squeeze', 'Unsqueeze'])

/** A constant: how many members it has, and which, where they are few. */
interface Constant {
  readonly name: string
  readonly elements: number
  readonly type: number
  readonly numbers: readonly bigint[]
  readonly raw: { readonly offset: number; readonly length: number } | undefined
}

interface Node {
  readonly operator: string
  readonly inputs: readonly string[]
  readonly output: string
  readonly offset: number
  readonly attributes: readonly Part[]
}

type Part = { readonly kind: 'attribute'; readonly key: string; readonly constant: Constant }

/** Whether a graph with such an operator is worth {@link measureResults}. */
export function isGrowing(operator: string): boolean {
  return GROWING.has(operator)
}

/**
 * The largest result that an operator of the model has by constants alone; sessions make it while they load. Shapes that are
 * computed are not followed. Undefined when no size is known.
 * @throws SallyportError what the source throws
 */
export async function measureResults(
  source: ByteSource,
  signal?: AbortSignal,
): Promise<{ readonly largest: OnnxResult | undefined; readonly isCut: boolean }> {
  const constants: Constant[] = []
  const nodes: Node[] = []
  await foldWire<Part>(source, {
    schema: SCHEMA,
    root: 'Model',
    fold: (node) => take(node, constants, nodes),
    budget: { left: MAX_FIELDS },
    maxDepth: MAX_DEPTH,
    signal,
  })
  const isCut = constants.length + nodes.length > MAX_KEPT
  const known = await knownOf(source, constants, nodes)
  let largest: OnnxResult | undefined
  for (const node of nodes) {
    const { operator, inputs, output, offset } = node
    const [first] = inputs.map((input) => known.get(input))
    const made = PASSING.has(operator) ? first : resultOf(node, known)
    if (made === undefined) continue
    known.set(output, made)
    if (GROWING.has(operator) && made.elements > (largest?.elements ?? 0))
      largest = { operator, output, elements: made.elements, offset }
  }
  return { largest, isCut }
}

interface Known {
  readonly elements: number
  readonly numbers: readonly number[]
}

async function knownOf(
  source: ByteSource,
  constants: readonly Constant[],
  nodes: readonly Node[],
): Promise<Map<string, Known>> {
  const needed = new Set(nodes.flatMap(({ inputs }) => inputs))
  const known = new Map<string, Known>()
  for (const constant of constants)
    if (needed.has(constant.name))
      known.set(constant.name, {
        elements: constant.elements,
        numbers: await numbersOf(source, constant),
      })
  return known
}

function resultOf(
  { operator, inputs, attributes }: Node,
  known: ReadonlyMap<string, Known>,
): Known | undefined {
  const given = inputs.map((input) => known.get(input))
  const pads = attributes.find(({ key }) => key === 'pads')?.constant.numbers
  let numbers = given[1]?.numbers ?? pads?.map((number) => Number(BigInt.asIntN(64, number)))
  if (operator === 'Range') numbers = given.flatMap((one) => one?.numbers ?? [])
  if (operator === 'ConstantOfShape') numbers = given[0]?.numbers
  const elements = elementsOf(operator, { data: given[0]?.elements ?? 1, numbers })
  return elements === undefined ? undefined : { elements, numbers: [] }
}

function elementsOf(
  operator: string,
  { data, numbers }: { readonly data: number; readonly numbers: readonly number[] | undefined },
): number | undefined {
  if (numbers === undefined || numbers.length === 0) return undefined
  switch (operator) {
    case 'Range': {
      const [start = 0, limit = 0, delta = 1] = numbers
      return numbers.length === 3 && delta !== 0 ? Math.max(0, (limit - start) / delta) : undefined
    }
    case 'Tile':
      return data * product(numbers)
    case 'Pad': {
      const half = numbers.length / 2
      // Sizes that are not known are one.
      return product(numbers.slice(0, half).map((begin, i) => Math.max(1, begin + (numbers[half + i] ?? 0))))
    }
    default:
      return product(numbers)
  }
}

/** Minus one stands for a size that is kept. */
function product(numbers: readonly number[]): number {
  return numbers.reduce((made, number) => made * Math.abs(number), 1)
}

function take(node: WireNode<Part>, constants: Constant[], nodes: Node[]): Part | undefined {
  if (node.type === 'Tensor') {
    const constant = constantOf(node)
    if (constant.name !== '' && constants.length <= MAX_KEPT) constants.push(constant)
    return { kind: 'attribute', key: '', constant }
  }
  if (node.type === 'Attribute') {
    const numbers = [...(node.numbers.get(8) ?? []), ...(node.numbers.get(3) ?? [])]
    const inner = node.children.get(5)?.at(-1)?.constant
    const plain = { name: '', elements: numbers.length, type: 7, numbers, raw: undefined }
    return { kind: 'attribute', key: textOf(node, 1), constant: inner ?? plain }
  }
  if (node.type === 'Node') takeNode(node, constants, nodes)
  return undefined
}

function takeNode(node: WireNode<Part>, constants: Constant[], nodes: Node[]): void {
  const operator = textOf(node, 4)
  const output = node.texts.get(2)?.[0] ?? ''
  const attributes = node.children.get(5) ?? []
  if (operator === 'Constant') {
    const value = attributes.find(({ key }) => key.startsWith('value'))
    if (value !== undefined && constants.length <= MAX_KEPT)
      constants.push({ ...value.constant, name: output })
  } else if ((GROWING.has(operator) || PASSING.has(operator)) && nodes.length <= MAX_KEPT)
    nodes.push({ operator, inputs: node.texts.get(1) ?? [], output, offset: node.offset, attributes })
}

function constantOf(node: WireNode<Part>): Constant {
  const dimensions = node.numbers.get(1) ?? []
  return {
    name: textOf(node, 8),
    elements: product(dimensions.map((size) => Number(BigInt.asIntN(64, size)))),
    type: Number(node.numbers.get(2)?.at(-1) ?? 0n),
    numbers: node.numbers.get(7) ?? node.numbers.get(5) ?? [],
    raw: node.spans.get(9)?.at(-1) ?? node.spans.get(4)?.at(-1),
  }
}

/** Members of a small constant, by TensorProto.DataType: FLOAT 1, INT32 6, INT64 7, DOUBLE 11. */
async function numbersOf(source: ByteSource, { type, numbers, raw }: Constant): Promise<readonly number[]> {
  if (numbers.length > 0) return numbers.map((number) => Number(BigInt.asIntN(64, number)))
  if (raw === undefined || raw.length > MAX_SHAPE_BYTES) return []
  const bytes = Buffer.from(await source.read(raw.offset, raw.length))
  const width = type === 1 || type === 6 ? 4 : 8
  return Array.from({ length: Math.floor(bytes.length / width) }, (_, i) => {
    const at = i * width
    if (type === 1) return bytes.readFloatLE(at)
    if (type === 6) return bytes.readInt32LE(at)
    return type === 11 ? bytes.readDoubleLE(at) : Number(bytes.readBigInt64LE(at))
  })
}

function textOf(node: WireNode<Part>, field: number): string {
  return node.texts.get(field)?.at(-1) ?? ''
}
