import { type ByteCursor, StreamBreak } from '../../ground/lang/index.ts'

/** The two ways in which Torch writes the same values. */
export interface LuaStream {
  readonly offset: number
  int(): Promise<number>
  /** A 64-bit number, for sizes. */
  long(): Promise<number>
  skipDouble(): Promise<void>
  /** Some bytes, of which at most `keep` are given back. */
  chars(length: number, keep: number): Promise<Uint8Array>
  /** Elements of a storage. */
  skipElements(count: number, bytesEach: number): Promise<void>
}

/** Little-endian, with longs of 64 bits, as on every machine of the last decades. */
export class BinaryLua implements LuaStream {
  readonly #in: ByteCursor

  constructor(cursor: ByteCursor) {
    this.#in = cursor
  }

  get offset(): number {
    return this.#in.offset
  }

  async int(): Promise<number> {
    if (!this.#in.has(4)) await this.#in.need(4)
    return this.#in.i32(true)
  }

  async long(): Promise<number> {
    if (!this.#in.has(8)) await this.#in.need(8)
    return Number(this.#in.i64(true))
  }

  async skipDouble(): Promise<void> {
    this.#in.skip(8)
  }

  async chars(length: number, keep: number): Promise<Uint8Array> {
    if (length > this.#in.left) this.#in.skip(length)
    const kept = Math.min(length, keep)
    await this.#in.need(kept)
    const bytes = Uint8Array.from(this.#in.take(kept))
    this.#in.skip(length - kept)
    return bytes
  }

  async skipElements(count: number, bytesEach: number): Promise<void> {
    this.#in.skip(count * bytesEach)
  }
}

/** Characters of one number. */
const MAX_WORD = 64

/** Numbers as words, texts as they are behind their length. */
export class AsciiLua implements LuaStream {
  readonly #in: ByteCursor

  constructor(cursor: ByteCursor) {
    this.#in = cursor
  }

  get offset(): number {
    return this.#in.offset
  }

  async int(): Promise<number> {
    const offset = this.#in.offset
    const word = await this.#word()
    if (!/^-?\d{1,19}$/.test(word)) throw new StreamBreak('malformed', `"${word}" is not a number`, offset)
    return Number(word)
  }

  async long(): Promise<number> {
    return this.int()
  }

  async skipDouble(): Promise<void> {
    await this.#word()
  }

  async chars(length: number, keep: number): Promise<Uint8Array> {
    if (length > this.#in.left) this.#in.skip(length)
    // The line end behind the length.
    await this.#in.need(1)
    if (this.#in.peek() === 0x0a) this.#in.u8()
    const kept = Math.min(length, keep)
    await this.#in.need(kept)
    const bytes = Uint8Array.from(this.#in.take(kept))
    this.#in.skip(length - kept)
    return bytes
  }

  async skipElements(count: number): Promise<void> {
    if (count * 2 - 1 > this.#in.left) this.#in.skip(count * 2 - 1)
    for (let i = 0; i < count; i++) await this.#word()
  }

  async #word(): Promise<string> {
    let word = ''
    while (this.#in.left > 0) {
      if (!this.#in.has(1)) await this.#in.need(1)
      const byte = this.#in.u8()
      const isSpace = byte === 0x20 || (byte >= 9 && byte <= 13)
      if (isSpace && word !== '') return word
      if (!isSpace) word += String.fromCharCode(byte)
      if (word.length > MAX_WORD) throw new StreamBreak('malformed', 'a number is too long', this.#in.offset)
    }
    if (word === '') throw new StreamBreak('cut', 'a number is wanted, nothing is left', this.#in.offset)
    return word
  }
}
