import type { ForwardReader } from '../../ground/lang/index.ts'
import { type HuffmanTable, makeHuffman } from './huffman.ts'

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
]
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12_289, 16_385, 24_577, 32_769, 49_153,
]
const DISTANCE_EXTRA = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14,
]
const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

/** Bytes that one symbol, or the head of one block, can take at most: 48 bits, or 14 + 57 + 320 × 22 bits. */
export const INPUT_AHEAD = 1024
/** Bytes that one symbol can make at most: the longest match of deflate64. */
const MAX_MATCH = 65_538

/** What stopped the inflater: it wants input, its output is full, it is done, or the data are damaged. */
export type InflatePause = 'input' | 'full' | 'done' | { readonly fault: string }

/** Deflate (RFC 1951) and deflate64, a piece at a time, over a reader whose ready bytes are used. */
export class Inflater {
  readonly #reader: ForwardReader
  readonly #is64: boolean
  readonly #window: number
  /** Output, with the last window of what was made before it. */
  readonly out: Uint8Array
  /** From where on `out` is new, and its end. */
  from = 0
  to = 0
  #made = 0
  #hold = 0
  #bits = 0
  #block: 'head' | 'stored' | 'codes' = 'head'
  #isLast = false
  #storedLeft = 0
  #literals: HuffmanTable | undefined
  #distances: HuffmanTable | undefined

  constructor(reader: ForwardReader, is64: boolean) {
    this.#reader = reader
    this.#is64 = is64
    this.#window = is64 ? 65_536 : 32_768
    this.out = new Uint8Array(this.#window + (is64 ? 2 * MAX_MATCH : 65_536))
  }

  /** Makes room for more, keeping the window. */
  flush(): void {
    const keep = Math.min(this.to, this.#window)
    this.out.copyWithin(0, this.to - keep, this.to)
    this.to = keep
    this.from = keep
  }

  /** Works on until something is wanted. */
  run(): InflatePause {
    for (;;) {
      if (this.#isStarved()) return 'input'
      const pause = this.#step()
      if (pause !== undefined) return pause
      if (this.#isPastEnd()) return { fault: 'the compressed data end too early' }
    }
  }

  #isStarved(): boolean {
    const reader = this.#reader
    return reader.ready < INPUT_AHEAD && reader.left > reader.ready
  }

  #step(): InflatePause | undefined {
    switch (this.#block) {
      case 'head': {
        if (!this.#isLast) return this.#startBlock()
        // Whole bytes that were taken ahead go back.
        this.#reader.at -= this.#bits >> 3
        this.#bits = 0
        this.#hold = 0
        return 'done'
      }
      case 'stored':
        return this.#copyStored()
      case 'codes':
        return this.#runCodes()
    }
  }

  #take(count: number): number {
    while (this.#bits < count) {
      this.#hold |= this.#reader.byte() << this.#bits
      this.#bits += 8
    }
    const value = this.#hold & ((1 << count) - 1)
    this.#hold >>>= count
    this.#bits -= count
    return value
  }

  #symbol(table: HuffmanTable): number {
    while (this.#bits < table.bits) {
      this.#hold |= this.#reader.byte() << this.#bits
      this.#bits += 8
    }
    const entry = table.entries[this.#hold & ((1 << table.bits) - 1)] ?? 0
    if (entry === 0) return -1
    const length = entry & 15
    this.#hold >>>= length
    this.#bits -= length
    return entry >> 4
  }

  #startBlock(): InflatePause | undefined {
    this.#isLast = this.#take(1) === 1
    const type = this.#take(2)
    if (type === 3) return { fault: 'a block of the compressed data has no known type' }
    if (type === 0) return this.#startStored()
    this.#block = 'codes'
    return type === 1 ? this.#fixedCodes() : this.#readCodes()
  }

  #startStored(): InflatePause | undefined {
    this.#take(this.#bits & 7)
    const length = this.#take(16)
    if ((this.#take(16) ^ 0xffff) !== length) return { fault: 'a stored block contradicts its length' }
    this.#reader.at -= this.#bits >> 3
    this.#bits = 0
    this.#hold = 0
    this.#storedLeft = length
    this.#block = 'stored'
    return undefined
  }

  #copyStored(): InflatePause | undefined {
    const reader = this.#reader
    const room = this.out.length - this.to
    const count = Math.min(this.#storedLeft, room, reader.ready)
    this.out.set(reader.bytes.subarray(reader.at, reader.at + count), this.to)
    reader.at += count
    this.to += count
    this.#made += count
    this.#storedLeft -= count
    if (this.#storedLeft === 0) this.#block = 'head'
    else if (count === room) return 'full'
    else if (reader.left === 0) return { fault: 'the compressed data end inside a stored block' }
    return undefined
  }

  #fixedCodes(): undefined {
    const lengths = new Uint8Array(288).fill(8)
    lengths.fill(9, 144, 256)
    lengths.fill(7, 256, 280)
    this.#literals = makeHuffman(lengths)
    this.#distances = makeHuffman(new Uint8Array(32).fill(5))
    return undefined
  }

  #readCodes(): InflatePause | undefined {
    const literals = this.#take(5) + 257
    const distances = this.#take(5) + 1
    const codes = this.#take(4) + 4
    const order = new Uint8Array(19)
    for (let i = 0; i < codes; i++) order[CODE_ORDER[i] ?? 0] = this.#take(3)
    const table = makeHuffman(order)
    const lengths = table === undefined ? undefined : this.#readLengths(table, literals + distances)
    if (lengths === undefined) return { fault: 'the code lengths of a block are damaged' }
    this.#literals = makeHuffman(lengths.subarray(0, literals))
    this.#distances = makeHuffman(lengths.subarray(literals))
    return this.#literals === undefined || this.#distances === undefined
      ? { fault: 'the codes of a block are damaged' }
      : undefined
  }

  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: the run lengths of RFC 1951 section 3.2.7, case by case
  #readLengths(table: HuffmanTable, count: number): Uint8Array | undefined {
    const lengths = new Uint8Array(count)
    for (let at = 0; at < count; ) {
      const symbol = this.#symbol(table)
      if (symbol < 0) return undefined
      if (symbol < 16) lengths[at++] = symbol
      else {
        if (symbol === 16 && at === 0) return undefined
        const value = symbol === 16 ? (lengths[at - 1] ?? 0) : 0
        const times =
          symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7)
        if (at + times > count) return undefined
        lengths.fill(value, at, at + times)
        at += times
      }
    }
    return lengths
  }

  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: the hot loop: literals, matches and ends in one place
  #runCodes(): InflatePause | undefined {
    const literals = this.#literals
    if (literals === undefined) return { fault: 'a block has no codes' }
    const reader = this.#reader
    const safe = reader.left > reader.ready ? reader.bytes.length - INPUT_AHEAD : Number.POSITIVE_INFINITY
    const maxMatch = this.#is64 ? MAX_MATCH : 258
    const room = this.out.length - maxMatch
    while (reader.at <= safe) {
      if (this.to > room) return 'full'
      const symbol = this.#symbol(literals)
      // Zeros that were read beyond the end make no output.
      if (this.#isPastEnd()) return undefined
      if (symbol < 256) {
        if (symbol < 0) return { fault: 'the compressed data hold a code that stands for nothing' }
        this.out[this.to++] = symbol
        this.#made += 1
      } else if (symbol === 256) {
        this.#block = 'head'
        return undefined
      } else if (!this.#copyMatch(symbol - 257))
        return { fault: 'the compressed data refer to what is not there' }
      if (this.#isPastEnd()) return undefined
    }
    return undefined
  }

  #isPastEnd(): boolean {
    return this.#reader.at - (this.#bits >> 3) > this.#reader.bytes.length
  }

  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: lengths, distances and their bounds belong together
  #copyMatch(symbol: number): boolean {
    const distances = this.#distances
    if (distances === undefined || symbol > 28) return false
    // Deflate64: symbol 285 has 16 more bits instead of standing for 258.
    const isLong = this.#is64 && symbol === 28
    const length = isLong
      ? 3 + this.#take(16)
      : (LENGTH_BASE[symbol] ?? 0) + this.#take(LENGTH_EXTRA[symbol] ?? 0)
    const code = this.#symbol(distances)
    if (code < 0 || code > (this.#is64 ? 31 : 29)) return false
    const distance = (DISTANCE_BASE[code] ?? 0) + this.#take(DISTANCE_EXTRA[code] ?? 0)
    if (distance > this.#made || distance > this.#window || this.#isPastEnd()) return false
    const out = this.out
    const end = this.to + length
    if (distance >= length) out.copyWithin(this.to, this.to - distance, this.to - distance + length)
    else for (let at = this.to; at < end; at++) out[at] = out[at - distance] ?? 0
    this.to = end
    this.#made += length
    return true
  }
}
