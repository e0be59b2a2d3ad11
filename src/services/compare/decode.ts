/** Values of a chunk as numbers. */
export type Decode = (chunk: Uint8Array) => ArrayLike<number>

/** A typed view of a chunk; one that does not begin on an item's border is copied. */
function aligned(chunk: Uint8Array, itemBytes: number): Uint8Array {
  // A Buffer's own slice would be a view of the same place.
  return chunk.byteOffset % itemBytes === 0 ? chunk : new Uint8Array(chunk)
}

type Numbers = new (buffer: ArrayBufferLike, offset: number, length: number) => ArrayLike<number>

function plain(make: Numbers, itemBytes: number): Decode {
  return (chunk) => {
    const bytes = aligned(chunk, itemBytes)
    return new make(bytes.buffer, bytes.byteOffset, Math.floor(bytes.length / itemBytes))
  }
}

/** Through a table of all values that so many bits can be. */
function byTable(itemBytes: 1 | 2, toNumber: (bits: number) => number): Decode {
  let table: Float32Array | undefined
  return (chunk) => {
    table ??= Float32Array.from({ length: itemBytes === 1 ? 256 : 65_536 }, (_, bits) => toNumber(bits))
    const bytes = aligned(chunk, itemBytes)
    const bits =
      itemBytes === 1 ? bytes : new Uint16Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.length / 2))
    const values = new Float32Array(bits.length)
    for (let i = 0; i < bits.length; i++) values[i] = table[bits[i] ?? 0] ?? 0
    return values
  }
}

/** How the bits of a small float stand. */
interface Layout {
  readonly exponent: number
  readonly mantissa: number
  readonly bias: number
  /** `ieee`: the highest exponent is infinity and NaN. `fn`: only all ones are NaN. `fnuz`: only minus zero is NaN. */
  readonly special: 'ieee' | 'fn' | 'fnuz'
}

/** The value of a small float by its layout (IEEE 754; for 8 bits the types of OCP and of Graphcore as ml_dtypes has them). */
function floatOf(bits: number, { exponent, mantissa, bias, special }: Layout): number {
  const sign = bits >> (exponent + mantissa) ? -1 : 1
  const power = (bits >> mantissa) & ((1 << exponent) - 1)
  const fraction = bits & ((1 << mantissa) - 1)
  const isTop = power === (1 << exponent) - 1
  if (special === 'fnuz' && bits === 1 << (exponent + mantissa)) return Number.NaN
  if (special === 'fn' && isTop && fraction === (1 << mantissa) - 1) return Number.NaN
  if (special === 'ieee' && isTop) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  const scaled = fraction / (1 << mantissa)
  return power === 0 ? sign * scaled * 2 ** (1 - bias) : sign * (1 + scaled) * 2 ** (power - bias)
}

const small = (itemBytes: 1 | 2, layout: Layout) => byTable(itemBytes, (bits) => floatOf(bits, layout))

/** 64-bit integers as the nearest floats. */
function wide(isSigned: boolean): Decode {
  return (chunk) => {
    const bytes = aligned(chunk, 4)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const values = new Float64Array(Math.floor(bytes.length / 8))
    for (let i = 0; i < values.length; i++) {
      const high = isSigned ? view.getInt32(8 * i + 4, true) : view.getUint32(8 * i + 4, true)
      values[i] = high * 4_294_967_296 + view.getUint32(8 * i, true)
    }
    return values
  }
}

const DECODES: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['F64', plain(Float64Array, 8)],
  ['F32', plain(Float32Array, 4)],
  ['I32', plain(Int32Array, 4)],
  ['U32', plain(Uint32Array, 4)],
  ['I16', plain(Int16Array, 2)],
  ['U16', plain(Uint16Array, 2)],
  ['I8', plain(Int8Array, 1)],
  ['U8', plain(Uint8Array, 1)],
  ['BOOL', plain(Uint8Array, 1)],
  ['I64', wide(true)],
  ['U64', wide(false)],
  ['F16', small(2, { exponent: 5, mantissa: 10, bias: 15, special: 'ieee' })],
  ['BF16', small(2, { exponent: 8, mantissa: 7, bias: 127, special: 'ieee' })],
  ['F8_E5M2', small(1, { exponent: 5, mantissa: 2, bias: 15, special: 'ieee' })],
  ['F8_E4M3', small(1, { exponent: 4, mantissa: 3, bias: 7, special: 'fn' })],
  ['F8_E5M2FNUZ', small(1, { exponent: 5, mantissa: 2, bias: 16, special: 'fnuz' })],
  ['F8_E4M3FNUZ', small(1, { exponent: 4, mantissa: 3, bias: 8, special: 'fnuz' })],
  // An exponent alone; all ones are NaN (OCP Microscaling formats, section 5.4.1).
  ['F8_E8M0', byTable(1, (bits) => (bits === 255 ? Number.NaN : 2 ** (bits - 127)))],
])

/** How values of a type are read as numbers; undefined for types that are compared bit for bit only. */
export function decodeOf(dtype: string): Decode | undefined {
  return DECODES.get(dtype)
}
