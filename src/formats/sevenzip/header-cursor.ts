/** What goes wrong inside a header; caught where the header is read, never outside of this room. */
export class HeaderFault extends Error {}

/** Reads the numbers and bit fields of a 7z header (7zFormat.txt of the LZMA SDK). */
export class HeaderCursor {
  readonly #bytes: Uint8Array
  at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.at
  }

  byte(): number {
    const value = this.#bytes[this.at]
    if (value === undefined) throw new HeaderFault('the header ends too early')
    this.at += 1
    return value
  }

  take(length: number): Uint8Array {
    if (length > this.left) throw new HeaderFault('the header ends too early')
    this.at += length
    return this.#bytes.subarray(this.at - length, this.at)
  }

  /** A number of one to nine bytes: the leading ones of the first say how many follow. */
  number(): number {
    const first = this.byte()
    let value = 0
    for (let i = 0; i < 8; i++) {
      const mask = 0x80 >> i
      if ((first & mask) === 0) return value + (first & (mask - 1)) * 2 ** (8 * i)
      value += this.byte() * 2 ** (8 * i)
    }
    return value
  }

  /** A number of things of which each takes `bytes` of the header at least, so that it cannot be larger than what is left. */
  count(bytes = 1): number {
    const value = this.number()
    if (value * bytes > this.left * 8 + 8)
      throw new HeaderFault(`the header counts ${value} things it has no room for`)
    return value
  }

  /** Bits, first one highest. */
  bits(count: number): boolean[] {
    const bits: boolean[] = []
    let byte = 0
    for (let i = 0; i < count; i++) {
      if (i % 8 === 0) byte = this.byte()
      bits.push((byte & (0x80 >> (i % 8))) !== 0)
    }
    return bits
  }

  /** Bits that are left out when all are set. */
  definedBits(count: number): boolean[] {
    return this.byte() === 0 ? this.bits(count) : Array.from({ length: count }, () => true)
  }

  skipDigests(count: number): boolean[] {
    const defined = this.definedBits(count)
    this.take(4 * defined.filter(Boolean).length)
    return defined
  }
}
