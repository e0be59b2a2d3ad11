import type { ForwardReader } from '../../ground/lang/index.ts'
import { type LengthCoder, makeModel } from './lzma-probabilities.ts'

/** Bytes that one symbol takes from the stream at most (lzma-specification.txt: 20). */
const INPUT_AHEAD = 32
const MATCH_MIN = 2
const TOO_EARLY = 'the LZMA data end too early'
/** Bytes made between two drains at most. */
const MAX_STEP = 256 * 1024
/** Bytes of the ring at first: small streams are many. */
const FIRST_RING = 64 * 1024
const LITERAL = 0x300

/** What stopped the decoder: it wants input, it made as much as it was asked for, it met the end mark, or a fault. */
export type LzmaPause = 'input' | 'full' | 'end-mark' | { readonly fault: string }

/** LZMA as in lzma-specification.txt of the LZMA SDK, over a ring of the size of its dictionary. */
export class LzmaDecoder {
  /** Grows up to the size of the dictionary, and turns round only then. */
  #ring: Uint8Array
  readonly #dictionaryBytes: number
  #reader: ForwardReader
  #at = 0
  #drained = 0
  /** Bytes made since the dictionary was reset. */
  #total = 0
  #lc = 0
  #lp = 0
  #pb = 0
  #state = 0
  #rep0 = 0
  #rep1 = 0
  #rep2 = 0
  #rep3 = 0
  #range = 0
  #code = 0
  /** A match that did not fit into what was asked for. */
  #pending = 0
  #model = makeModel(0)

  constructor(reader: ForwardReader, dictionaryBytes: number) {
    this.#reader = reader
    this.#dictionaryBytes = Math.max(4096, dictionaryBytes)
    this.#ring = new Uint8Array(Math.min(this.#dictionaryBytes, FIRST_RING))
  }

  /** Bytes that may be made between two drains. */
  get stepBytes(): number {
    return Math.min(MAX_STEP, this.#dictionaryBytes >> 2)
  }

  /** Takes the byte of lc, lp and pb; false when it is none. */
  setProperties(byte: number): boolean {
    if (byte >= 225) return false
    this.#lc = byte % 9
    this.#lp = Math.floor(byte / 9) % 5
    this.#pb = Math.floor(byte / 45)
    return true
  }

  get properties(): number {
    return this.#lc + this.#lp
  }

  resetState(): void {
    this.#state = 0
    this.#rep0 = 0
    this.#rep1 = 0
    this.#rep2 = 0
    this.#rep3 = 0
    this.#pending = 0
    this.#model = makeModel(this.#lc + this.#lp)
  }

  resetDictionary(): void {
    this.#total = 0
  }

  /** Reads the five bytes that start a range coder, which must be ready. */
  startRange(): boolean {
    const isSound = this.#reader.byte() === 0
    this.#range = 0xffff_ffff
    this.#code = 0
    for (let i = 0; i < 4; i++) this.#code = ((this.#code << 8) | this.#reader.byte()) >>> 0
    return isSound
  }

  /** What was made since the last call, as far as it stands in one piece; call until there is nothing. */
  drain(): Uint8Array | undefined {
    if (this.#drained === this.#at) return undefined
    const end = this.#drained < this.#at ? this.#at : this.#ring.length
    const piece = this.#ring.slice(this.#drained, end)
    this.#drained = end === this.#ring.length ? 0 : end
    return piece
  }

  /** Copies bytes that stand unpacked in the stream. */
  putRaw(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length)
    for (const byte of bytes) this.#put(byte)
  }

  /** Makes up to `limit` bytes, at most {@link stepBytes}; the rest of a match waits for the next call. */
  run(limit: number): LzmaPause {
    this.#makeRoom(limit)
    let left = limit
    while (left > 0) {
      if (this.#pending > 0) {
        const count = Math.min(this.#pending, left)
        this.#copy(count)
        this.#pending -= count
        left -= count
        continue
      }
      const reader = this.#reader
      if (reader.ready < INPUT_AHEAD && reader.left > reader.ready) return 'input'
      if (reader.at > reader.bytes.length) return { fault: TOO_EARLY }
      const made = this.#symbol()
      if (typeof made !== 'number') return made
      left -= made
    }
    return 'full'
  }

  #makeRoom(count: number): void {
    const size = this.#ring.length
    if (size === this.#dictionaryBytes || this.#at + count < size) return
    const grown = new Uint8Array(Math.min(this.#dictionaryBytes, Math.max(2 * size, this.#at + count + 1)))
    grown.set(this.#ring)
    this.#ring = grown
  }

  #put(byte: number): void {
    this.#ring[this.#at++] = byte
    if (this.#at === this.#ring.length) this.#at = 0
    this.#total += 1
  }

  #back(distance: number): number {
    const at = this.#at - distance - 1
    return this.#ring[at < 0 ? at + this.#ring.length : at] ?? 0
  }

  #copy(count: number): void {
    const ring = this.#ring
    const size = ring.length
    let to = this.#at
    let from = to - this.#rep0 - 1
    if (from < 0) from += size
    for (let i = 0; i < count; i++) {
      ring[to++] = ring[from++] ?? 0
      if (to === size) to = 0
      if (from === size) from = 0
    }
    this.#at = to
    this.#total += count
  }

  #bit(probs: Uint16Array, at: number): number {
    const prob = probs[at] ?? 0
    const bound = (this.#range >>> 11) * prob
    let bit = 0
    if (this.#code < bound) {
      this.#range = bound
      probs[at] = prob + ((2048 - prob) >> 5)
    } else {
      this.#range -= bound
      this.#code -= bound
      probs[at] = prob - (prob >> 5)
      bit = 1
    }
    if (this.#range < 0x100_0000) {
      this.#range = (this.#range << 8) >>> 0
      this.#code = ((this.#code << 8) | this.#reader.byte()) >>> 0
    }
    return bit
  }

  #direct(count: number): number {
    let value = 0
    for (let i = 0; i < count; i++) {
      this.#range >>>= 1
      const isOne = this.#code >= this.#range
      if (isOne) this.#code -= this.#range
      value = value * 2 + (isOne ? 1 : 0)
      if (this.#range >= 0x100_0000) continue
      this.#range = (this.#range << 8) >>> 0
      this.#code = ((this.#code << 8) | this.#reader.byte()) >>> 0
    }
    return value
  }

  #tree(probs: Uint16Array, base: number, bits: number): number {
    let node = 1
    for (let i = 0; i < bits; i++) node = 2 * node + this.#bit(probs, base + node)
    return node - (1 << bits)
  }

  #reverseTree(probs: Uint16Array, base: number, bits: number): number {
    let node = 1
    let value = 0
    for (let i = 0; i < bits; i++) {
      const bit = this.#bit(probs, base + node)
      node = 2 * node + bit
      value += bit << i
    }
    return value
  }

  /** One literal or match: how many bytes it made at once. */
  #symbol(): number | LzmaPause {
    const place = this.#total & ((1 << this.#pb) - 1)
    const state = this.#state
    if (this.#bit(this.#model.isMatch, state * 16 + place) === 0) return this.#literal()
    if (this.#bit(this.#model.isRep, state * 4) === 0) {
      this.#rep3 = this.#rep2
      this.#rep2 = this.#rep1
      this.#rep1 = this.#rep0
      const length = this.#length(this.#model.lengths, place)
      this.#state = state < 7 ? 7 : 10
      this.#rep0 = this.#distance(length)
      if (this.#rep0 === 0xffff_ffff) return 'end-mark'
      return this.#match(length + MATCH_MIN)
    }
    if (this.#total === 0) return { fault: 'the LZMA data refer to what is not there' }
    if (this.#bit(this.#model.isRep, state * 4 + 1) === 0) {
      if (this.#bit(this.#model.isRep0Long, state * 16 + place) === 0) {
        this.#state = state < 7 ? 9 : 11
        return this.#match(1)
      }
    } else this.#rotate(state)
    const length = this.#length(this.#model.repLengths, place)
    this.#state = state < 7 ? 8 : 11
    return this.#match(length + MATCH_MIN)
  }

  #rotate(state: number): void {
    let distance = this.#rep1
    if (this.#bit(this.#model.isRep, state * 4 + 2) === 1) {
      distance = this.#rep2
      if (this.#bit(this.#model.isRep, state * 4 + 3) === 1) {
        distance = this.#rep3
        this.#rep3 = this.#rep2
      }
      this.#rep2 = this.#rep1
    }
    this.#rep1 = this.#rep0
    this.#rep0 = distance
  }

  #match(length: number): number | LzmaPause {
    if (this.#rep0 >= this.#total || this.#rep0 >= this.#dictionaryBytes)
      return { fault: 'the LZMA data refer to what is not there' }
    if (this.#reader.at > this.#reader.bytes.length) return { fault: TOO_EARLY }
    this.#pending = length
    return 0
  }

  #literal(): number | LzmaPause {
    const before = this.#total === 0 ? 0 : this.#back(0)
    const place = ((this.#total & ((1 << this.#lp) - 1)) << this.#lc) + (before >> (8 - this.#lc))
    const base = LITERAL * place
    let symbol = 1
    if (this.#state >= 7) {
      let match = this.#back(this.#rep0)
      while (symbol < 0x100) {
        const expected = (match >> 7) & 1
        match <<= 1
        const bit = this.#bit(this.#model.literals, base + ((1 + expected) << 8) + symbol)
        symbol = 2 * symbol + bit
        if (bit !== expected) break
      }
    }
    while (symbol < 0x100) symbol = 2 * symbol + this.#bit(this.#model.literals, base + symbol)
    // Zeros that were read beyond the end make no output.
    if (this.#reader.at > this.#reader.bytes.length) return { fault: TOO_EARLY }
    this.#put(symbol & 0xff)
    const state = this.#state
    this.#state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6
    return 1
  }

  #length(coder: LengthCoder, place: number): number {
    if (this.#bit(coder.choice, 0) === 0) return this.#tree(coder.low, place * 8, 3)
    if (this.#bit(coder.choice, 1) === 0) return 8 + this.#tree(coder.mid, place * 8, 3)
    return 16 + this.#tree(coder.high, 0, 8)
  }

  #distance(length: number): number {
    const slot = this.#tree(this.#model.slots, Math.min(length, 3) * 64, 6)
    if (slot < 4) return slot
    const bits = (slot >> 1) - 1
    const base = (2 | (slot & 1)) * 2 ** bits
    if (slot < 14) return base + this.#reverseTree(this.#model.special, base - slot, bits)
    return base + this.#direct(bits - 4) * 16 + this.#reverseTree(this.#model.align, 0, 4)
  }
}
