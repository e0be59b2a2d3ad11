import { type ByteSource, type WireField, WireReader } from '../../ground/lang/index.ts'

/** Fields read of one tensor: numbers may stand one by one. */
const MAX_FIELDS = 1_000_000
const MAX_DIMENSIONS = 32

/** Fields of TensorProto (onnx.proto) but for external_data and data_location: what lies elsewhere is not in this file. */
const FIELDS = new Set([1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 16])
const DIMENSION = 1
const DATA_TYPE = 2
const RAW_DATA = 9
/** Bytes of one item, by TensorProto.DataType; items of the others are texts or parts of a byte. */
const ITEM_BYTES: ReadonlyMap<number, number> = new Map(
  [4, 1, 1, 2, 2, 4, 8, 0, 1, 2, 8, 4, 8, 8, 16, 2].map((size, i) => [i + 1, size]),
)

/**
 * Whether a file is one tensor of ONNX and nothing else, as model collections keep inputs and expected outputs: only fields
 * of TensorProto, and as many bytes of raw data as its shape needs.
 * @throws SallyportError what the source throws
 */
export async function isOnnxTensor(source: ByteSource, signal?: AbortSignal): Promise<boolean> {
  const reader = new WireReader(source, { left: MAX_FIELDS }, { signal })
  const shape: number[] = []
  let type = 0
  let raw: number | undefined
  for (let field = await reader.next(); field !== undefined; field = await reader.next()) {
    if (!FIELDS.has(field.number) || shape.length > MAX_DIMENSIONS) return false
    if (field.number === DATA_TYPE && field.kind !== 'varint') return false
    if (field.number === DIMENSION) shape.push(await dimensionOf(source, field))
    if (field.number === DATA_TYPE) type = Number(field.value)
    if (field.number === RAW_DATA) raw = field.length
  }
  const size = ITEM_BYTES.get(type)
  if (reader.problem !== undefined || size === undefined || shape.some((count) => !(count >= 0))) return false
  const wanted = shape.reduce((product, count) => product * count, size)
  return raw === undefined || size === 0 ? type !== 0 : raw === wanted
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
