import type { ByteSource } from '../../ground/lang/index.ts'

/** Bytes read at once. Small beside a tensor, so that what is skipped is never read. */
const FIRST_READ = 4 * 1024
const NEXT_READ = 64 * 1024

/** A window over a source: synchronous within what was read, asynchronous to move on. Skipping reads nothing. */
export class Window {
  readonly source: ByteSource
  #signal: AbortSignal | undefined
  #buffer: Uint8Array = new Uint8Array(0)
  #numbers = new DataView(new ArrayBuffer(0))
  #base: number
  #at = 0
  #reads = 0
  /** Bytes read from the source so far. */
  readBytes = 0

  constructor(source: ByteSource, start: number, signal: AbortSignal | undefined) {
    this.source = source
    this.#base = start
    this.#signal = signal
  }

  /** Offset of the next byte in the source. */
  get offset(): number {
    return this.#base + this.#at
  }

  /** Bytes that can be had without waiting. */
  get ready(): number {
    return Math.max(0, this.#buffer.length - this.#at)
  }

  /** Bytes left in the source. */
  get left(): number {
    return Math.max(0, this.source.size - this.offset)
  }

  /** Makes at least `want` bytes ready, or all that are left. */
  async fill(want: number): Promise<void> {
    if (this.ready >= Math.min(want, this.left)) return
    const start = this.offset
    const chunk = this.#reads === 0 ? FIRST_READ : NEXT_READ
    this.#reads += 1
    const keep = this.#buffer.subarray(this.#at)
    const more = await this.source.read(
      start + keep.length,
      Math.max(chunk, want - keep.length),
      this.#signal,
    )
    this.readBytes += more.length
    const joined = new Uint8Array(keep.length + more.length)
    joined.set(keep)
    joined.set(more, keep.length)
    this.#buffer = joined
    this.#numbers = new DataView(joined.buffer)
    this.#base = start
    this.#at = 0
  }

  /** The byte at `ahead`, which must be ready. */
  peek(ahead: number): number {
    return this.#buffer[this.#at + ahead] ?? 0
  }

  /** The big-endian float64 at `ahead`, whose eight bytes must be ready. */
  float(ahead: number): number {
    return this.#numbers.getFloat64(this.#at + ahead)
  }

  /** A view of `length` ready bytes from `ahead`. */
  view(ahead: number, length: number): Uint8Array {
    return this.#buffer.subarray(this.#at + ahead, this.#at + ahead + length)
  }

  /** How many ready bytes stand before the next line feed, from `ahead` on; -1 when none is ready. */
  lineLength(ahead: number): number {
    const found = this.#buffer.indexOf(10, this.#at + ahead)
    return found < 0 ? -1 : found - this.#at - ahead
  }

  /** Moves on, beyond what was read too. */
  skip(length: number): void {
    this.#at += length
    if (this.#at < this.#buffer.length) return
    this.#base += this.#at
    this.#at = 0
    this.#buffer = new Uint8Array(0)
  }
}
