import { SallyportError } from '../../ground/lang/index.ts'

/** Reads a stream from front to back, exactly as many bytes as are asked for; memory does not grow with it. */
export class ByteFeed {
  readonly #chunks: AsyncIterator<Uint8Array>
  #ready: Uint8Array = new Uint8Array(0)

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** The next `size` bytes, piece by piece; they must be read before anything else is. @throws SallyportError `BAD_INPUT` when they end early */
  async *stream(size: number): AsyncGenerator<Uint8Array> {
    for (let left = size; left > 0; ) {
      if (this.#ready.length === 0 && !(await this.#more()))
        throw new SallyportError('BAD_INPUT', `the bundle is cut off: ${left} bytes of a member are missing`)
      const piece = this.#ready.subarray(0, left)
      this.#ready = this.#ready.subarray(piece.length)
      left -= piece.length
      yield piece
    }
  }

  /** The next `size` bytes whole: for small members. */
  async take(size: number): Promise<Uint8Array> {
    const bytes = Buffer.alloc(size)
    let at = 0
    for await (const piece of this.stream(size)) {
      bytes.set(piece, at)
      at += piece.length
    }
    return bytes
  }

  async isAtEnd(): Promise<boolean> {
    return this.#ready.length === 0 && !(await this.#more())
  }

  async #more(): Promise<boolean> {
    for (;;) {
      const { value, done } = await this.#chunks.next()
      if (done === true) return false
      this.#ready = value
      if (value.length > 0) return true
    }
  }
}
