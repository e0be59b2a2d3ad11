import { type ByteSource, type WireField, WireReader } from '../../ground/lang/index.ts'

/** Fields read of one tensor: numbers may stand one by one. */
const MAX_FIELDS = 1_000_000
const MAX_DIMENSIONS = 32

/** Fields of TensorProto (onnx.proto) but for external_data and data_location: what lies elsewhere is not in this file. */
const FIELDS = new Set([1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 16])
const DIMENSION = 1
const DATA_TYPE = 2
const RAW_DATA = 9
/** Bytes of packed numbers of differing length that are counted. */
const MAX_COUNTED_BYTES = 1024 * 1024
/** Bytes of one item, by TensorProto.DataType; items of the others are texts or parts of a byte. */
const ITEM_BYTES: ReadonlyMap<number, number> = new Map(
  [4, 1, 1, 2, 2, 4, 8, 0, 1, 2, 8, 4, 8, 8, 16, 2].map((size, i) => [i + 1, size]),
)

interface Tensor {
  readonly shape: number[]
  type: number
  raw: number | undefined
  /** Numbers and texts that stand in fields of their own. */
  items: number
}

/**
 * Whether a file is one tensor of ONNX and nothing else, as model collections keep inputs and expected outputs: only fields
 * of TensorProto, and as much data as its shape needs.
 * @throws SallyportError what the source throws
 */
export async function isOnnxTensor(source: ByteSource, signal?: AbortSignal): Promise<boolean> {
  const reader = new WireReader(source, { left: MAX_FIELDS }, { signal })
  const tensor: Tensor = { shape: [], type: 0, raw: undefined, items: 0 }
  for (let field = await reader.next(); field !== undefined; field = await reader.next()) {
    if (!FIELDS.has(field.number) || tensor.shape.length > MAX_DIMENSIONS) return false
    await take(source, tensor, field)
  }
  return reader.problem === undefined && isWhole(tensor)
}

async function take(source: ByteSource, tensor: Tensor, field: WireField): Promise<void> {
  if (field.number === DIMENSION) tensor.shape.push(await dimensionOf(source, field))
  else if (field.number === DATA_TYPE) tensor.type = field.kind === 'varint' ? Number(field.value) : 0
  else if (field.number === RAW_DATA) tensor.raw = field.length
  else tensor.items += await itemsOf(source, field)
}

function isWhole({ shape, type, raw, items }: Tensor): boolean {
  const size = ITEM_BYTES.get(type)
  const count = shape.reduce((product, dimension) => product * dimension, 1)
  if (size === undefined || !(count >= 0)) return false
  return raw === undefined ? items === count : items === 0 && raw === count * size
}

/** Items in a field of data: floats 4, doubles 10, texts 6, and numbers of differing length 5, 7 and 11. Name and notes are none. */
async function itemsOf(source: ByteSource, { number, kind, offset, length }: WireField): Promise<number> {
  if (![4, 5, 6, 7, 10, 11].includes(number)) return 0
  if (kind !== 'bytes' || number === 6) return 1
  if (number === 4 || number === 10) return length / (number === 4 ? 4 : 8)
  if (length > MAX_COUNTED_BYTES) return Number.NaN
  return (await source.read(offset, length)).filter((byte) => byte < 128).length
}

/** Writers of Python pack the shape into one field; with one dimension that is one number. */
async function dimensionOf(source: ByteSource, { kind, value, offset, length }: WireField): Promise<number> {
  if (kind === 'varint') return Number(value)
  if (kind !== 'bytes' || length > 10 * MAX_DIMENSIONS) return Number.NaN
  const bytes = await source.read(offset, length)
  let product = 1
  let number = 0
  let power = 1
  for (const byte of bytes) {
    number += (byte & 127) * power
    power *= 128
    if (byte >= 128) continue
    product *= number
    number = 0
    power = 1
  }
  return product
}
