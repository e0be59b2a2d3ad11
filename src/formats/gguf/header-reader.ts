import type { ByteSource } from '../../ground/lang/index.ts'

const CHUNK = 64 * 1024

/** The stream broke: bytes are missing, or a limit was reached. Caught by readGguf only. */
export class HeaderBreak extends Error {
  readonly kind: 'cut' | 'header'
  readonly offset: number

  constructor(kind: 'cut' | 'header', message: string, offset: number) {
    super(message)
    this.name = 'HeaderBreak'
    this.kind = kind
    this.offset = offset
  }
}

/** Reads values one after another, in the order of bytes and with the lengths that the version has; nothing is allocated before its bytes are known to be there. */
export class HeaderReader {
  readonly #source: ByteSource
  readonly #signal: AbortSignal | undefined
  #buffer: Uint8Array = new Uint8Array(0)
  #base = 0
  offset = 0
  readBytes = 0
  /** Version 3 may be big-endian, for machines that are. */
  isLittleEndian = true
  /** Version 1 counts in 32 bits. */
  isNarrow = false

  constructor(source: ByteSource, signal: AbortSignal | undefined) {
    this.#source = source
    this.#signal = signal
  }

  /** `length` bytes; a view. @throws HeaderBreak when they are not there */
  async bytes(length: number): Promise<Uint8Array> {
    if (length > this.#source.size - this.offset)
      throw new HeaderBreak(
        'cut',
        `${length} bytes are wanted, ${this.#source.size - this.offset} are left`,
        this.offset,
      )
    let at = this.offset - this.#base
    if (at < 0 || at + length > this.#buffer.length) {
      this.#buffer = await this.#source.read(this.offset, Math.max(CHUNK, length), this.#signal)
      this.readBytes += this.#buffer.length
      this.#base = this.offset
      at = 0
    }
    this.offset += length
    return this.#buffer.subarray(at, at + length)
  }

  /** Bytes that can be had from the window without reading. */
  get ready(): number {
    return Math.max(0, this.#base + this.#buffer.length - this.offset)
  }

  /** Moves on without reading. @throws HeaderBreak when the source ends before */
  skip(length: number): void {
    if (length > this.#source.size - this.offset)
      throw new HeaderBreak(
        'cut',
        `${length} bytes are to be skipped, ${this.#source.size - this.offset} are left`,
        this.offset,
      )
    this.offset += length
  }

  async u32(): Promise<number> {
    return viewOf(await this.bytes(4)).getUint32(0, this.isLittleEndian)
  }

  /** A count or length. @throws HeaderBreak for numbers that no file can hold */
  async count(): Promise<number> {
    return this.isNarrow ? this.u32() : this.u64()
  }

  /** @throws HeaderBreak for numbers that no file can hold */
  async u64(): Promise<number> {
    const at = this.offset
    const value = viewOf(await this.bytes(8)).getBigUint64(0, this.isLittleEndian)
    if (value > BigInt(Number.MAX_SAFE_INTEGER))
      throw new HeaderBreak('header', `the number ${value} is larger than any file`, at)
    return Number(value)
  }
}

/** A view of all of some bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}
