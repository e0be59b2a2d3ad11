import { ByteCursor, type ByteSource, StreamBreak } from '../../ground/lang/index.ts'

/** Values of one file that are kept, numbers of arrays included. The largest XGBoost models have some ten million nodes' numbers. */
const MAX_VALUES = 16_000_000
/** Levels of objects and lists: models have ten. */
const MAX_DEPTH = 128
/** Levels after which the native stack is given time to unwind. */
const BREATH = 32
/** Bytes of a text that are kept. */
const MAX_TEXT_BYTES = 64 * 1024

/** A list of numbers of one type; those of floating point are counted and not kept. */
export interface UbjsonNumbers {
  readonly length: number
  readonly [index: number]: number
}

/** A value of Universal Binary JSON, as the types of JSON; `UbjsonNumbers` for typed lists. */
export type UbjsonValue =
  | null
  | boolean
  | number
  | string
  | UbjsonNumbers
  | readonly UbjsonValue[]
  | { readonly [key: string]: UbjsonValue }

export interface UbjsonView {
  readonly value: UbjsonValue | undefined
  /** A value of which only `value` before the break is missing. */
  readonly problem:
    | { readonly kind: 'cut' | 'malformed' | 'limit'; readonly message: string; readonly offset: number }
    | undefined
  readonly duplicateKeys: readonly string[]
  readonly endOffset: number
  readonly readBytes: number
}

/** Whether bytes begin with an object whose first key has a plausible length: `{`, a marker of a whole number, the length, the key. */
export function looksLikeUbjson(head: Uint8Array): boolean {
  if (head[0] !== 0x7b) return false
  const marker = String.fromCharCode(head[1] ?? 0)
  const size = INTEGERS[marker]
  if (size === undefined) return false
  const bytes = head.subarray(2, 2 + size)
  const length = bytes.reduce((sum, byte) => sum * 256 + byte, 0)
  const key = head.subarray(2 + size, 2 + size + Math.min(length, 64))
  return (
    length > 0 && length < 1024 && key.length === Math.min(length, 64) && key.every((byte) => byte >= 0x20)
  )
}

/** Bytes of whole numbers, by marker (ubjson.org, draft 12). */
const INTEGERS: Readonly<Record<string, number>> = { i: 1, U: 1, I: 2, l: 4, L: 8 }
const FLOATS: Readonly<Record<string, number>> = { d: 4, D: 8 }

/**
 * Reads one value of UBJSON, as XGBoost writes it. Never throws for what the bytes say.
 * @throws SallyportError what the source throws
 */
export async function readUbjson(source: ByteSource, signal?: AbortSignal): Promise<UbjsonView> {
  const cursor = new ByteCursor(source, signal)
  const reader = new UbjsonReader(cursor)
  let value: UbjsonValue | undefined
  let problem: UbjsonView['problem']
  try {
    value = await reader.value(0)
    if (cursor.left > 0)
      problem = { kind: 'malformed', message: `${cursor.left} bytes follow the value`, offset: cursor.offset }
  } catch (error) {
    if (!(error instanceof StreamBreak)) throw error
    problem = { kind: error.kind, message: error.message, offset: error.offset }
  }
  return {
    value,
    problem,
    duplicateKeys: reader.duplicateKeys,
    endOffset: cursor.offset,
    readBytes: cursor.readBytes,
  }
}

interface Shape {
  readonly type: string | undefined
  readonly count: number | undefined
}

class UbjsonReader {
  readonly #in: ByteCursor
  readonly duplicateKeys: string[] = []
  #values = 0

  constructor(cursor: ByteCursor) {
    this.#in = cursor
  }

  async value(depth: number, type?: string): Promise<UbjsonValue> {
    this.#keep(1)
    if (depth > MAX_DEPTH)
      throw new StreamBreak('limit', `it is nested deeper than ${MAX_DEPTH}`, this.#in.offset)
    if (depth % BREATH === BREATH - 1) await Promise.resolve()
    const marker = type ?? (await this.#marker())
    if (marker === '{') return this.#object(depth)
    if (marker === '[') return this.#list(depth)
    if (marker === 'S' || marker === 'H') return this.#text(await this.#length())
    if (marker === 'C') return this.#text(1)
    if (marker === 'Z') return null
    if (marker === 'T' || marker === 'F') return marker === 'T'
    return this.#number(marker)
  }

  async #marker(): Promise<string> {
    for (;;) {
      if (!this.#in.has(1)) await this.#in.need(1)
      const marker = String.fromCharCode(this.#in.u8())
      // `N` is a value that is to be passed over.
      if (marker !== 'N') return marker
    }
  }

  async #number(marker: string): Promise<number> {
    const size = INTEGERS[marker] ?? FLOATS[marker]
    if (size === undefined)
      throw new StreamBreak(
        'malformed',
        `the marker ${JSON.stringify(marker)} is not known`,
        this.#in.offset - 1,
      )
    if (!this.#in.has(size)) await this.#in.need(size)
    return this.#readNumber(marker)
  }

  #readNumber(marker: string): number {
    switch (marker) {
      case 'i':
        return this.#in.i8()
      case 'U':
        return this.#in.u8()
      case 'I':
        return this.#in.i16(false)
      case 'l':
        return this.#in.i32(false)
      case 'L':
        return Number(this.#in.i64(false))
      case 'd':
        return this.#in.f32(false)
      default:
        return this.#in.f64(false)
    }
  }

  async #length(): Promise<number> {
    const marker = await this.#marker()
    const offset = this.#in.offset
    if (INTEGERS[marker] === undefined)
      throw new StreamBreak('malformed', `${JSON.stringify(marker)} is no marker of a length`, offset - 1)
    const length = await this.#number(marker)
    if (length < 0 || !Number.isSafeInteger(length))
      throw new StreamBreak('malformed', `a length of ${length}`, offset)
    return length
  }

  async #text(length: number): Promise<string> {
    const kept = Math.min(length, MAX_TEXT_BYTES)
    if (length > this.#in.left) this.#in.skip(length)
    if (!this.#in.has(kept)) await this.#in.need(kept)
    const text = Buffer.from(this.#in.take(kept)).toString('utf8')
    this.#in.skip(length - kept)
    return text
  }

  /** `$type` and `#count` that may stand before the items. */
  async #shape(): Promise<Shape> {
    let type: string | undefined
    await this.#in.need(1)
    if (this.#in.peek() === 0x24) {
      this.#in.u8()
      type = await this.#marker()
      await this.#in.need(1)
    }
    if (this.#in.peek() !== 0x23) {
      if (type !== undefined) throw new StreamBreak('malformed', 'a type without a count', this.#in.offset)
      return { type, count: undefined }
    }
    this.#in.u8()
    const offset = this.#in.offset
    const count = await this.#length()
    const least = type === undefined ? 1 : (INTEGERS[type] ?? FLOATS[type] ?? 0)
    if (count * least > this.#in.left)
      throw new StreamBreak('cut', `${count} items are claimed, ${this.#in.left} bytes are left`, offset)
    return { type, count }
  }

  async #list(depth: number): Promise<UbjsonValue> {
    const { type, count } = await this.#shape()
    if (type !== undefined && count !== undefined && (INTEGERS[type] ?? FLOATS[type]) !== undefined)
      return this.#numbers(type, count)
    // Items of no bytes: only their number is said.
    if (type !== undefined && count !== undefined && 'ZTFN'.includes(type)) return { length: count }
    const items: UbjsonValue[] = []
    for (let i = 0; count === undefined || i < count; i++) {
      if (count === undefined && (await this.#ends(0x5d))) break
      items.push(await this.value(depth + 1, type))
    }
    return items
  }

  async #numbers(type: string, count: number): Promise<UbjsonNumbers> {
    const size = INTEGERS[type] ?? FLOATS[type] ?? 1
    if (FLOATS[type] !== undefined || size === 1) {
      this.#in.skip(count * size)
      return { length: count }
    }
    this.#keep(count)
    const values = new Float64Array(count)
    for (let i = 0; i < count; i++) {
      if (!this.#in.has(size)) await this.#in.need(size)
      values[i] = this.#readNumber(type)
    }
    return values
  }

  async #object(depth: number): Promise<UbjsonValue> {
    const { type, count } = await this.#shape()
    const object: Record<string, UbjsonValue> = Object.create(null)
    for (let i = 0; count === undefined || i < count; i++) {
      if (count === undefined && (await this.#ends(0x7d))) break
      const key = await this.#text(await this.#length())
      if (key in object && this.duplicateKeys.length < 20) this.duplicateKeys.push(key)
      object[key] = await this.value(depth + 1, type)
    }
    return object
  }

  async #ends(close: number): Promise<boolean> {
    await this.#in.need(1)
    if (this.#in.peek() !== close) return false
    this.#in.u8()
    return true
  }

  #keep(count: number): void {
    this.#values += count
    if (this.#values > MAX_VALUES)
      throw new StreamBreak('limit', `it holds more than ${MAX_VALUES} values`, this.#in.offset)
  }
}
