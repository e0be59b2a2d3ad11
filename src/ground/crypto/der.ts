import { SallyportError } from '../lang/index.ts'

/** Tags of X.690 that are asked for by name. */
export const DER = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  sequence: 0x30,
  set: 0x31,
} as const

/** Bytes of a length: four say 4 GiB, more than any document read here. */
const MAX_LENGTH_BYTES = 4
/** Characters of an object identifier; real ones stay below 40. */
const MAX_OID_BYTES = 64

/** One element of DER (X.690): its tag, its content, and the whole with its header. */
export interface DerElement {
  readonly tag: number
  readonly content: Uint8Array
  readonly whole: Uint8Array
}

/** Walks the elements of a DER content one after the other. Indefinite, padded and overlong lengths are refused. */
export class DerReader {
  readonly #bytes: Uint8Array
  readonly #what: string
  #at = 0

  /** @param what names the document in errors */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes
    this.#what = what
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  /** The tag of the next element, undefined at the end. */
  peek(): number | undefined {
    return this.#bytes[this.#at]
  }

  /** The next element; of the tag that is wanted, where one is. @throws SallyportError `BAD_INPUT` */
  next(tag?: number): DerElement {
    const start = this.#at
    const found = this.#byte()
    // Long tags: none of the documents read here has one.
    if ((found & 0x1f) === 0x1f) throw this.refuse('a tag of several bytes')
    if (tag !== undefined && found !== tag)
      throw this.refuse(`tag 0x${found.toString(16)} where 0x${tag.toString(16)} belongs`)
    const length = this.#length()
    const end = this.#at + length
    if (end > this.#bytes.length) throw this.refuse('an element that is longer than what holds it')
    const content = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return { tag: found, content, whole: this.#bytes.subarray(start, end) }
  }

  /** The next element when it has this tag; undefined, and nothing taken, otherwise. */
  take(tag: number): DerElement | undefined {
    return this.peek() === tag ? this.next(tag) : undefined
  }

  /** The elements of the next sequence. */
  enter(tag: number = DER.sequence): DerReader {
    return this.inside(this.next(tag))
  }

  /** A reader of what an element holds. */
  inside(element: DerElement): DerReader {
    return new DerReader(element.content, this.#what)
  }

  /** @throws SallyportError `BAD_INPUT` when something is left */
  end(): void {
    if (!this.isAtEnd) throw this.refuse('bytes behind the last element')
  }

  /** The error for what is wrong in this document. */
  refuse(why: string): SallyportError {
    return new SallyportError('BAD_INPUT', `${this.#what} is malformed: ${why}`)
  }

  #byte(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) throw this.refuse('it ends early')
    this.#at += 1
    return byte
  }

  #length(): number {
    const first = this.#byte()
    if (first < 0x80) return first
    const count = first & 0x7f
    if (count === 0 || count > MAX_LENGTH_BYTES) throw this.refuse('an indefinite or very long length')
    let length = 0
    for (let i = 0; i < count; i++) length = length * 256 + this.#byte()
    if (length < 0x80 || length < 256 ** (count - 1))
      throw this.refuse('a length in more bytes than it needs')
    return length
  }
}

/** An object identifier in dots. @throws SallyportError `BAD_INPUT` */
export function oidOfDer(element: DerElement): string {
  const { content, tag } = element
  const refuse = () => new SallyportError('BAD_INPUT', 'an object identifier is malformed')
  const isWhole =
    content.length > 0 && content.length <= MAX_OID_BYTES && ((content.at(-1) ?? 0) & 0x80) === 0
  if (tag !== DER.oid || !isWhole) throw refuse()
  const arcs: number[] = []
  let arc = 0
  for (const byte of content) {
    if (arc === 0 && byte === 0x80) throw refuse()
    arc = arc * 128 + (byte & 0x7f)
    if (!Number.isSafeInteger(arc)) throw refuse()
    if ((byte & 0x80) !== 0) continue
    arcs.push(arc)
    arc = 0
  }
  const [head = 0, ...rest] = arcs
  const top = Math.min(2, Math.floor(head / 40))
  return [top, head - 40 * top, ...rest].join('.')
}
