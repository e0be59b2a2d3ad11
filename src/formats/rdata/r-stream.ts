import { type ByteCursor, StreamBreak } from '../../ground/lang/index.ts'
import { HAS_ATTRIBUTES, SXP } from './sxp.ts'

/** The three ways in which R writes the same items. */
export interface RStream {
  readonly offset: number
  int(): Promise<number>
  /** A text of `length` bytes, of which at most `keep` are given back. */
  text(length: number, keep: number): Promise<Uint8Array>
  /** The first of `count` numbers as text, at most `keep`; all are passed over. */
  numbers(kind: 'int' | 'double', count: number, keep: number): Promise<string[]>
  skipRaw(count: number): Promise<void>
  /** What can be read at once, without a promise for each value; binary streams only. */
  readonly quick: QuickStream | undefined
}

/** Small values that stand in the window. */
export interface QuickStream {
  offset: number
  /** The next number without moving on, or undefined when it is not in the window. */
  peekInt(): number | undefined
  /** Moves on when all these bytes are in the window. */
  pass(bytes: number): boolean
  /** Passes over character items as far as the window goes, and keeps the first of them; gives how many. */
  takeTexts(count: number, kept: string[], maxKept: number): number
}

const BYTES = { int: 4, double: 8 } as const
const NA_INT = -2147483648
/** Bytes of a text that is read at once; longer ones are cut by who keeps them. */
const MAX_QUICK_TEXT = 4096

/** `X` (big-endian) and `B` (the order of the machine, in practice little-endian). */
export class BinaryStream implements RStream, QuickStream {
  readonly #in: ByteCursor
  readonly #isLittle: boolean

  constructor(cursor: ByteCursor, isLittle: boolean) {
    this.#in = cursor
    this.#isLittle = isLittle
  }

  get offset(): number {
    return this.#in.offset
  }

  set offset(value: number) {
    this.#in.offset = value
  }

  get quick(): QuickStream {
    return this
  }

  peekInt(): number | undefined {
    if (!this.#in.has(4)) return undefined
    const value = this.#in.i32(this.#isLittle)
    this.#in.offset -= 4
    return value
  }

  pass(bytes: number): boolean {
    if (!this.#in.has(bytes)) return false
    this.#in.offset += bytes
    return true
  }

  takeTexts(count: number, kept: string[], maxKept: number): number {
    for (let i = 0; i < count; i++) {
      if (!this.#in.has(8)) return i
      const start = this.#in.offset
      const flags = this.#in.i32(this.#isLittle)
      const length = this.#in.i32(this.#isLittle)
      const isPlain = (flags & 0xff) === SXP.character && (flags & HAS_ATTRIBUTES) === 0 && length >= 0
      if (!isPlain || length > MAX_QUICK_TEXT || !this.#in.has(length)) {
        this.#in.offset = start
        return i
      }
      const bytes = this.#in.take(length)
      if (kept.length < maxKept) kept.push(Buffer.from(bytes).toString('utf8'))
    }
    return count
  }

  async int(): Promise<number> {
    if (!this.#in.has(4)) await this.#in.need(4)
    return this.#in.i32(this.#isLittle)
  }

  async text(length: number, keep: number): Promise<Uint8Array> {
    const kept = Math.min(length, keep)
    if (length > this.#in.left) this.#in.skip(length)
    if (!this.#in.has(kept)) await this.#in.need(kept)
    const bytes = this.#in.take(kept)
    this.#in.skip(length - kept)
    return bytes
  }

  async numbers(kind: 'int' | 'double', count: number, keep: number): Promise<string[]> {
    const values: string[] = []
    const kept = Math.min(count, keep)
    for (let i = 0; i < kept; i++) {
      await this.#in.need(BYTES[kind])
      values.push(
        kind === 'int' ? intText(this.#in.i32(this.#isLittle)) : String(this.#in.f64(this.#isLittle)),
      )
    }
    this.#in.skip((count - kept) * BYTES[kind])
    return values
  }

  async skipRaw(count: number): Promise<void> {
    this.#in.skip(count)
  }
}

/** Characters of one word: R itself reads no longer one. */
const MAX_WORD = 128

/** `A`: words with white space between them. */
export class AsciiStream implements RStream {
  readonly #in: ByteCursor
  readonly quick = undefined

  constructor(cursor: ByteCursor) {
    this.#in = cursor
  }

  get offset(): number {
    return this.#in.offset
  }

  async int(): Promise<number> {
    const at = this.#in.offset
    const word = await this.#word()
    if (word === 'NA') return NA_INT
    if (!/^-?\d{1,10}$/.test(word)) throw new StreamBreak('malformed', `"${word}" is not a number`, at)
    return Number(word) | 0
  }

  async text(length: number, keep: number): Promise<Uint8Array> {
    if (length > this.#in.left) this.#in.skip(length)
    await this.#skipSpace()
    const kept: number[] = []
    for (let i = 0; i < length; i++) {
      const byte = await this.#character()
      if (kept.length < keep) kept.push(byte)
    }
    return Uint8Array.from(kept)
  }

  async numbers(_kind: 'int' | 'double', count: number, keep: number): Promise<string[]> {
    // A word and its line end take two bytes at least.
    if (count * 2 > this.#in.left) this.#in.skip(count * 2)
    const values: string[] = []
    for (let i = 0; i < count; i++) {
      const word = await this.#word()
      if (i < keep) values.push(word)
    }
    return values
  }

  async skipRaw(count: number): Promise<void> {
    await this.numbers('int', count, 0)
  }

  async #skipSpace(): Promise<void> {
    for (;;) {
      if (!this.#in.has(1)) await this.#in.need(1)
      const byte = this.#in.peek()
      if (byte !== 0x20 && (byte < 9 || byte > 13)) return
      this.#in.u8()
    }
  }

  async #word(): Promise<string> {
    await this.#skipSpace()
    let word = ''
    while (this.#in.left > 0) {
      if (!this.#in.has(1)) await this.#in.need(1)
      const byte = this.#in.u8()
      if (byte === 0x20 || (byte >= 9 && byte <= 13)) break
      word += String.fromCharCode(byte)
      if (word.length > MAX_WORD) throw new StreamBreak('malformed', 'a word is too long', this.#in.offset)
    }
    return word
  }

  /** One byte of a text, with the escapes of C. */
  async #character(): Promise<number> {
    await this.#in.need(1)
    const byte = this.#in.u8()
    if (byte !== 0x5c) return byte
    await this.#in.need(1)
    const next = this.#in.u8()
    if (next >= 0x30 && next <= 0x37) return this.#octal(next - 0x30)
    const plain = ESCAPES[String.fromCharCode(next)]
    return plain ?? next
  }

  async #octal(first: number): Promise<number> {
    let value = first
    for (let i = 0; i < 2; i++) {
      await this.#in.need(1)
      const digit = this.#in.peek() - 0x30
      if (digit < 0 || digit > 7) break
      this.#in.u8()
      value = value * 8 + digit
    }
    return value & 0xff
  }
}

const ESCAPES: Readonly<Record<string, number>> = {
  n: 0x0a,
  t: 0x09,
  v: 0x0b,
  b: 0x08,
  r: 0x0d,
  f: 0x0c,
  a: 0x07,
}

function intText(value: number): string {
  return value === NA_INT ? 'NA' : String(value)
}
