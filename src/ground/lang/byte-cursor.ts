import type { ByteSource } from './byte-source.ts'

/** Bytes fetched at a time. */
const CHUNK_BYTES = 64 * 1024

/** Why reading ended early. `cut`: bytes are missing. `malformed`: they cannot be what they should be. `limit`: a bound of ours. */
export type BreakKind = 'cut' | 'malformed' | 'limit'

/** A stream that cannot be read on. Thrown by cursors and caught at the door of the format that uses them, never by others. */
export class StreamBreak extends Error {
  readonly kind: BreakKind
  readonly offset: number

  constructor(kind: BreakKind, message: string, offset: number) {
    super(message)
    this.name = 'StreamBreak'
    this.kind = kind
    this.offset = offset
  }
}

/**
 * Reads a source from front to back through a small window. `need` fetches and checks; the readers after it are plain and fast,
 * so that millions of small values do not each cost a promise.
 */
export class ByteCursor {
  readonly #source: ByteSource
  readonly #signal: AbortSignal | undefined
  #window: Uint8Array = new Uint8Array(0)
  #view: DataView = new DataView(new ArrayBuffer(0))
  #base = 0
  /** Of the next byte. */
  offset: number
  readBytes = 0

  constructor(source: ByteSource, signal: AbortSignal | undefined, start = 0) {
    this.#source = source
    this.#signal = signal
    this.offset = start
  }

  /** Bytes that are left in the source. */
  get left(): number {
    return this.#source.size - this.offset
  }

  /** Whether the next `length` bytes can be read without a fetch. */
  has(length: number): boolean {
    const at = this.offset - this.#base
    return at >= 0 && at + length <= this.#window.length
  }

  /** Makes the next `length` bytes readable. @throws StreamBreak `cut` when the source ends before */
  async need(length: number): Promise<void> {
    if (this.has(length)) return
    if (length > this.left)
      throw new StreamBreak(
        'cut',
        `${length} bytes are wanted, ${Math.max(0, this.left)} are left`,
        this.offset,
      )
    this.#window = await this.#source.read(this.offset, Math.max(length, CHUNK_BYTES), this.#signal)
    this.#view = new DataView(this.#window.buffer, this.#window.byteOffset, this.#window.length)
    this.#base = this.offset
    this.readBytes += this.#window.length
    if (this.#window.length < length)
      throw new StreamBreak('cut', `the source gave ${this.#window.length} of ${length} bytes`, this.offset)
  }

  /** Bytes that are readable now; a view of the window. */
  get ready(): Uint8Array {
    const at = this.offset - this.#base
    return at < 0 || at > this.#window.length ? new Uint8Array(0) : this.#window.subarray(at)
  }

  /** Moves on without reading. @throws StreamBreak `cut` when the source ends before */
  skip(length: number): void {
    if (length > this.left)
      throw new StreamBreak(
        'cut',
        `${length} bytes are to be skipped, ${Math.max(0, this.left)} are left`,
        this.offset,
      )
    this.offset += length
  }

  /** The next byte without moving on; `need(1)` comes first. */
  peek(): number {
    return this.#view.getUint8(this.offset - this.#base)
  }

  /** The next bytes, which `need` made readable; a view of the window. */
  take(length: number): Uint8Array {
    const at = this.offset - this.#base
    this.offset += length
    return this.#window.subarray(at, at + length)
  }

  u8(): number {
    return this.#view.getUint8(this.#step(1))
  }

  i8(): number {
    return this.#view.getInt8(this.#step(1))
  }

  u16(isLittle: boolean): number {
    return this.#view.getUint16(this.#step(2), isLittle)
  }

  i16(isLittle: boolean): number {
    return this.#view.getInt16(this.#step(2), isLittle)
  }

  u32(isLittle: boolean): number {
    return this.#view.getUint32(this.#step(4), isLittle)
  }

  i32(isLittle: boolean): number {
    return this.#view.getInt32(this.#step(4), isLittle)
  }

  u64(isLittle: boolean): bigint {
    return this.#view.getBigUint64(this.#step(8), isLittle)
  }

  i64(isLittle: boolean): bigint {
    return this.#view.getBigInt64(this.#step(8), isLittle)
  }

  f32(isLittle: boolean): number {
    return this.#view.getFloat32(this.#step(4), isLittle)
  }

  f64(isLittle: boolean): number {
    return this.#view.getFloat64(this.#step(8), isLittle)
  }

  #step(length: number): number {
    const at = this.offset - this.#base
    this.offset += length
    return at
  }
}
