import type { ByteSource } from './byte-source.ts'

/** Bytes asked for at once. Large beside a header, small beside a model. */
const CHUNK = 128 * 1024
/** Bytes behind the next one that stay ready: decoders of bits give back what they took ahead. */
const GIVE_BACK = 8

/** Reads a source from front to back: synchronous within what is ready, asynchronous to get more. For decoders. */
export class ForwardReader {
  readonly source: ByteSource
  readonly #signal: AbortSignal | undefined
  #base: number
  /** What is ready, and the next byte in it. Decoders in a tight loop use both directly. */
  bytes: Uint8Array = new Uint8Array(0)
  at = 0

  constructor(source: ByteSource, start = 0, signal?: AbortSignal) {
    this.source = source
    this.#base = start
    this.#signal = signal
  }

  /** Offset of the next byte in the source. Beyond the size when a decoder read past the end. */
  get offset(): number {
    return this.#base + this.at
  }

  /** Bytes that can be had without waiting. */
  get ready(): number {
    return Math.max(0, this.bytes.length - this.at)
  }

  /** Bytes left in the source. */
  get left(): number {
    return Math.max(0, this.source.size - this.offset)
  }

  /** Makes `want` bytes ready, or all that are left. */
  async fill(want: number): Promise<void> {
    if (this.ready >= want || this.at > this.bytes.length) return
    const from = this.#base + this.bytes.length
    const length = Math.min(this.source.size - from, Math.max(CHUNK, want - this.ready))
    if (length <= 0) return
    const more = await this.source.read(from, length, this.#signal)
    const oldest = Math.max(0, this.at - GIVE_BACK)
    const keep = this.bytes.subarray(oldest)
    this.#base += oldest
    this.at -= oldest
    const joined = new Uint8Array(keep.length + more.length)
    joined.set(keep)
    joined.set(more, keep.length)
    this.bytes = joined
  }

  /** Fills, and gives `length` bytes or all that are left, moving past them. */
  async take(length: number): Promise<Uint8Array> {
    await this.fill(length)
    const taken = this.bytes.subarray(this.at, this.at + length)
    this.at += taken.length
    return taken
  }

  /** The next byte, which should be ready; 0 beyond the end. */
  byte(): number {
    return this.bytes[this.at++] ?? 0
  }
}
