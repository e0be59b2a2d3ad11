import type { ByteSource } from '../../ground/lang/index.ts'

/** Bytes of a page. Metadata stand in blocks of a few KB. */
const PAGE_BYTES = 16 * 1024
/** Pages kept, 8 MiB in all. */
const MAX_PAGES = 512
/** Reads of one file. A model of ten thousand weights needs some two hundred thousand (CWE-834). */
const MAX_READS = 3_000_000
/** Entries, records, messages and elements of one file. A model of ten thousand weights needs some half a million (CWE-834). */
const MAX_ITEMS = 5_000_000
/** Bytes of one block of metadata. A local heap of a group with 100,000 names has 4 MB. */
const MAX_BLOCK_BYTES = 64 * 1024 * 1024

/** Reading a part broke off. Caught where the part belongs to something larger, and noted as a problem. */
export class Hdf5Break extends Error {
  readonly kind: 'cut' | 'broken' | 'unread'
  readonly offset: number

  constructor(kind: 'cut' | 'broken' | 'unread', message: string, offset: number) {
    super(message)
    this.name = 'Hdf5Break'
    this.kind = kind
    this.offset = offset
  }
}

/** Random access to the metadata of one file, by addresses of that file; counted and bounded. */
export class Hdf5Bytes {
  readonly #source: ByteSource
  readonly #signal: AbortSignal | undefined
  readonly #pages = new Map<number, Uint8Array>()
  #readsLeft = MAX_READS
  #itemsLeft = MAX_ITEMS
  /** Added to every address. */
  base = 0
  /** Bytes of an address and of a length: 2, 4 or 8. */
  offsetBytes = 8
  lengthBytes = 8
  readBytes = 0

  constructor(source: ByteSource, signal: AbortSignal | undefined) {
    this.#source = source
    this.#signal = signal
  }

  /** Bytes of the file from the base on. */
  get size(): number {
    return this.#source.size - this.base
  }

  /** `length` bytes at an address; a view. @throws Hdf5Break when they are not there */
  async at(address: number, length: number): Promise<Uint8Array> {
    if (this.#readsLeft-- <= 0) throw new Hdf5Break('unread', 'the limit of reads was reached', address)
    if (length > MAX_BLOCK_BYTES)
      throw new Hdf5Break('unread', `a block of ${length} bytes is larger than we read`, address)
    if (address === Number.POSITIVE_INFINITY)
      throw new Hdf5Break('broken', 'an address that is needed is not set', 0)
    const from = this.base + address
    if (!(address >= 0 && length >= 0) || from + length > this.#source.size)
      throw new Hdf5Break('cut', `${length} bytes at ${from} are not in the file`, from)
    const page = Math.floor(from / PAGE_BYTES)
    const start = page * PAGE_BYTES
    if (from + length > start + PAGE_BYTES) {
      this.readBytes += length
      return this.#source.read(from, length, this.#signal)
    }
    const bytes = this.#pages.get(page) ?? (await this.#load(page))
    return bytes.subarray(from - start, from - start + length)
  }

  /** Counts items that are about to be made of bytes: many references may lead to the same ones. @throws Hdf5Break */
  spend(items: number, address: number): void {
    this.#itemsLeft -= items
    if (this.#itemsLeft < 0) throw new Hdf5Break('unread', 'the limit of items was reached', address)
  }

  /** A cursor over a block. */
  async block(address: number, length: number): Promise<Hdf5Cursor> {
    return new Hdf5Cursor(await this.at(address, length), address, this)
  }

  /** A cursor over as much as is there, up to `length`: for blocks whose size stands inside them. */
  async blockUpTo(address: number, length: number): Promise<Hdf5Cursor> {
    return this.block(address, Math.max(0, Math.min(length, this.size - address)))
  }

  async #load(page: number): Promise<Uint8Array> {
    const bytes = await this.#source.read(page * PAGE_BYTES, PAGE_BYTES, this.#signal)
    this.readBytes += bytes.length
    if (this.#pages.size >= MAX_PAGES) this.#pages.delete(this.#pages.keys().next().value ?? 0)
    this.#pages.set(page, bytes)
    return bytes
  }
}

/** Reads little-endian values of a block one after another. Every read checks that its bytes are there. */
export class Hdf5Cursor {
  readonly bytes: Uint8Array
  /** Address of the first byte. */
  readonly address: number
  readonly #view: DataView
  readonly #sizes: { readonly offsetBytes: number; readonly lengthBytes: number }
  at = 0

  constructor(
    bytes: Uint8Array,
    address: number,
    sizes: { readonly offsetBytes: number; readonly lengthBytes: number },
  ) {
    this.bytes = bytes
    this.address = address
    this.#sizes = sizes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  get left(): number {
    return this.bytes.length - this.at
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1))
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true)
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true)
  }

  /** An unsigned number of 1 to 8 bytes; all ones give Infinity, the undefined address. */
  uint(bytes: number): number {
    const start = this.#take(bytes)
    let value = 0
    let isAllOnes = true
    for (let i = bytes - 1; i >= 0; i--) {
      const byte = this.bytes[start + i] ?? 0
      isAllOnes &&= byte === 0xff
      value = value * 256 + byte
    }
    return isAllOnes && bytes >= 2 ? Number.POSITIVE_INFINITY : value
  }

  /** An address; Infinity when it is undefined. */
  offset(): number {
    return this.uint(this.#sizes.offsetBytes)
  }

  /** A length; Infinity for the unlimited one. */
  length(): number {
    return this.uint(this.#sizes.lengthBytes)
  }

  take(length: number): Uint8Array {
    const start = this.#take(length)
    return this.bytes.subarray(start, start + length)
  }

  skip(length: number): void {
    this.#take(length)
  }

  /** Bytes up to a NUL, which is passed over. */
  untilNul(): Uint8Array {
    const end = this.bytes.indexOf(0, this.at)
    if (end < 0) throw new Hdf5Break('broken', 'a name does not end', this.address + this.at)
    const bytes = this.bytes.subarray(this.at, end)
    this.at = end + 1
    return bytes
  }

  /** @throws Hdf5Break when the next four bytes are not `magic` */
  expect(magic: string): void {
    const found = Buffer.from(this.take(4)).toString('latin1')
    if (found !== magic) throw new Hdf5Break('broken', `${magic} was expected`, this.address + this.at - 4)
  }

  #take(length: number): number {
    if (!(length >= 0) || length > this.left)
      throw new Hdf5Break(
        'broken',
        `a block of ${this.bytes.length} bytes is too short`,
        this.address + this.at,
      )
    const start = this.at
    this.at += length
    return start
  }
}

/** Text of a name; bytes that are not UTF-8 are replaced. */
export function nameOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8')
}
