/** What came out of a block, and why it broke off. */
export interface Lz4Block {
  readonly bytes: Uint8Array
  readonly fault: string | undefined
}

/** One LZ4 block (lz4_Block_format.md), which may refer back into `history`, up to `maxBytes` of output. */
export function decodeBlock(packed: Uint8Array, history: Uint8Array, maxBytes: number): Lz4Block {
  return new BlockDecoder(packed, history, maxBytes).run()
}

class BlockDecoder {
  readonly #packed: Uint8Array
  readonly #base: number
  readonly #limit: number
  #out: Uint8Array
  #at = 0
  #to: number

  constructor(packed: Uint8Array, history: Uint8Array, maxBytes: number) {
    this.#packed = packed
    this.#base = history.length
    this.#limit = history.length + maxBytes
    this.#out = new Uint8Array(Math.min(this.#limit, history.length + 4 * packed.length + 64))
    this.#out.set(history)
    this.#to = history.length
  }

  run(): Lz4Block {
    let fault: string | undefined
    while (this.#at < this.#packed.length && fault === undefined) fault = this.#sequence()
    return { bytes: this.#out.slice(this.#base, this.#to), fault }
  }

  #sequence(): string | undefined {
    const token = this.#packed[this.#at++] ?? 0
    const literals = this.#length(token >> 4)
    const given = Math.min(literals, this.#packed.length - this.#at)
    if (!this.#reserve(given)) return 'an LZ4 block grows beyond its limit'
    this.#out.set(this.#packed.subarray(this.#at, this.#at + given), this.#to)
    this.#at += given
    this.#to += given
    if (given < literals) return 'the literals of an LZ4 block go beyond its end'
    if (this.#at >= this.#packed.length) return undefined
    const offset = (this.#packed[this.#at] ?? 0) + 256 * (this.#packed[this.#at + 1] ?? 0)
    this.#at += 2
    const length = 4 + this.#length(token & 15)
    if (offset === 0 || offset > this.#to) return 'an LZ4 block refers to what is not there'
    if (!this.#reserve(length)) return 'an LZ4 block grows beyond its limit'
    this.#copy(offset, length)
    return undefined
  }

  #length(nibble: number): number {
    let length = nibble
    if (nibble < 15) return length
    for (;;) {
      const more = this.#packed[this.#at++] ?? 0
      length += more
      if (more !== 255) return length
    }
  }

  #copy(offset: number, length: number): void {
    const out = this.#out
    const end = this.#to + length
    if (offset >= length) out.copyWithin(this.#to, this.#to - offset, this.#to - offset + length)
    else for (let at = this.#to; at < end; at++) out[at] = out[at - offset] ?? 0
    this.#to = end
  }

  #reserve(more: number): boolean {
    const wanted = this.#to + more
    if (wanted > this.#limit) return false
    if (wanted <= this.#out.length) return true
    const grown = new Uint8Array(Math.min(this.#limit, Math.max(wanted, 2 * this.#out.length)))
    grown.set(this.#out.subarray(0, this.#to))
    this.#out = grown
    return true
  }
}
