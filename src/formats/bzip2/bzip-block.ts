import type { ForwardReader } from '../../ground/lang/index.ts'

/** Symbols of one group that share a table, and the longest code, of the bzip2 format. */
const GROUP = 50
const MAX_BITS = 20

/** Bits of a reader, first bit highest. Reading beyond the end gives zeros and is noticed by the caller. */
export class BitReader {
  readonly #reader: ForwardReader
  #hold = 0
  #bits = 0

  constructor(reader: ForwardReader) {
    this.#reader = reader
  }

  /** At most 24 bits. */
  take(count: number): number {
    while (this.#bits < count) {
      this.#hold = ((this.#hold << 8) | this.#reader.byte()) >>> 0
      this.#bits += 8
    }
    this.#bits -= count
    const value = (this.#hold >>> this.#bits) & ((1 << count) - 1)
    this.#hold &= (1 << this.#bits) - 1
    return value
  }

  /** Drops what is left of the current byte. */
  align(): void {
    this.#bits = 0
    this.#hold = 0
  }

  isPastEnd(): boolean {
    return this.#reader.at > this.#reader.bytes.length
  }
}

interface Code {
  readonly limits: Int32Array
  readonly offsets: Int32Array
  readonly symbols: Uint16Array
  readonly minBits: number
}

/** One block: the bytes that came out of it, before the runs of the outer layer are expanded; a text is a fault. */
export function readBlock(bits: BitReader, maxBytes: number): Uint8Array | string {
  if (bits.take(1) === 1) return 'the block is randomised, which no writer does since 1998'
  const origin = bits.take(24)
  const map = readMap(bits)
  if (map.length === 0) return 'the block uses no bytes'
  const groups = bits.take(3)
  const count = bits.take(15)
  if (groups < 2 || groups > 6 || count === 0) return 'the block has no tables'
  const selectors = readSelectors(bits, groups, count)
  const codes: Code[] = []
  for (let i = 0; i < groups && selectors !== undefined; i++) {
    const code = readCode(bits, map.length + 2)
    if (code === undefined) return 'a table of the block is damaged'
    codes.push(code)
  }
  if (selectors === undefined) return 'the selectors of the block are damaged'
  const tt = new Uint32Array(maxBytes)
  const size = readSymbols({ bits, map, selectors, codes }, tt)
  if (typeof size === 'string') return size
  if (origin >= size) return 'the block begins outside itself'
  return turnBack(tt, size, origin)
}

function readMap(bits: BitReader): Uint8Array {
  const used = bits.take(16)
  const bytes: number[] = []
  for (let i = 0; i < 16; i++) {
    if ((used & (0x8000 >> i)) === 0) continue
    const part = bits.take(16)
    for (let j = 0; j < 16; j++) if (part & (0x8000 >> j)) bytes.push(16 * i + j)
  }
  return Uint8Array.from(bytes)
}

function readSelectors(bits: BitReader, groups: number, count: number): Uint8Array | undefined {
  const order = [0, 1, 2, 3, 4, 5]
  const selectors = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    let place = 0
    while (bits.take(1) === 1) if (++place >= groups) return undefined
    const [chosen = 0] = order.splice(place, 1)
    order.unshift(chosen)
    selectors[i] = chosen
  }
  return selectors
}

function readCode(bits: BitReader, size: number): Code | undefined {
  const lengths = new Uint8Array(size)
  let length = bits.take(5)
  for (let i = 0; i < size; i++) {
    for (;;) {
      if (length < 1 || length > MAX_BITS) return undefined
      if (bits.take(1) === 0) break
      length += bits.take(1) === 0 ? 1 : -1
    }
    lengths[i] = length
  }
  return makeCode(lengths)
}

function makeCode(lengths: Uint8Array): Code {
  const counts = new Int32Array(MAX_BITS + 2)
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1
  const limits = new Int32Array(MAX_BITS + 1).fill(-1)
  const offsets = new Int32Array(MAX_BITS + 1)
  const symbols = new Uint16Array(lengths.length)
  let code = 0
  let at = 0
  for (let length = 1; length <= MAX_BITS; length++) {
    for (let symbol = 0; symbol < lengths.length; symbol++)
      if (lengths[symbol] === length) symbols[at++] = symbol
    const count = counts[length] ?? 0
    offsets[length] = at - count - code
    code += count
    limits[length] = count === 0 ? -1 : code - 1
    code <<= 1
  }
  return { limits, offsets, symbols, minBits: Math.min(...lengths) }
}

interface Coded {
  readonly bits: BitReader
  readonly map: Uint8Array
  readonly selectors: Uint8Array
  readonly codes: readonly Code[]
}

/** Undoes Huffman, run lengths of the front and move-to-front; the number of bytes, or what is wrong. */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one loop over the symbols, hot, in the order of the format
function readSymbols({ bits, map, selectors, codes }: Coded, tt: Uint32Array): number | string {
  const order = Uint8Array.from(map)
  const end = map.length + 1
  let size = 0
  let run = 0
  let weight = 1
  for (let i = 0; ; i++) {
    const code = codes[selectors[Math.floor(i / GROUP)] ?? 255]
    const symbol = code === undefined ? -1 : readSymbol(bits, code)
    if (symbol < 0 || bits.isPastEnd()) return 'the symbols of the block are damaged or end too early'
    if (symbol <= 1) {
      run += weight << symbol
      weight <<= 1
      if (run > tt.length) return 'a run goes beyond the block'
      continue
    }
    if (run > 0) {
      if (size + run > tt.length) return 'a run goes beyond the block'
      tt.fill(order[0] ?? 0, size, size + run)
      size += run
      run = 0
      weight = 1
    }
    if (symbol === end) return size
    if (size >= tt.length) return 'the block is longer than it may be'
    const byte = order[symbol - 1] ?? 0
    order.copyWithin(1, 0, symbol - 1)
    order[0] = byte
    tt[size++] = byte
  }
}

function readSymbol(bits: BitReader, code: Code): number {
  let value = bits.take(code.minBits)
  for (let length = code.minBits; length <= MAX_BITS; length++) {
    if (value <= (code.limits[length] ?? -1)) return code.symbols[value + (code.offsets[length] ?? 0)] ?? -1
    value = (value << 1) | bits.take(1)
  }
  return -1
}

/** The inverse of the Burrows-Wheeler transform. */
function turnBack(tt: Uint32Array, size: number, origin: number): Uint8Array {
  const starts = new Uint32Array(257)
  for (let i = 0; i < size; i++) {
    const next = ((tt[i] ?? 0) & 0xff) + 1
    starts[next] = (starts[next] ?? 0) + 1
  }
  for (let i = 1; i < 257; i++) starts[i] = (starts[i] ?? 0) + (starts[i - 1] ?? 0)
  for (let i = 0; i < size; i++) {
    const byte = (tt[i] ?? 0) & 0xff
    const at = starts[byte] ?? 0
    starts[byte] = at + 1
    tt[at] = (tt[at] ?? 0) | (i << 8)
  }
  const bytes = new Uint8Array(size)
  let at = (tt[origin] ?? 0) >>> 8
  for (let i = 0; i < size; i++) {
    const entry = tt[at] ?? 0
    bytes[i] = entry & 0xff
    at = entry >>> 8
  }
  return bytes
}
