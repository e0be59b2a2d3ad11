import { Hdf5Break, type Hdf5Bytes, Hdf5Cursor } from './hdf5-bytes.ts'

/** One message of an object header (HDF5 specification IV.A). */
export interface HeaderMessage {
  readonly type: number
  readonly flags: number
  readonly body: Hdf5Cursor
}

/** Messages of one object. h5py writes attributes as messages; a thousand is the most that was seen. */
const MAX_MESSAGES = 20_000
/** Blocks of one header; they are read one after another. */
const MAX_BLOCKS = 2000
const CONTINUATION = 0x10

interface Block {
  readonly address: number
  readonly length: number
}

/** The messages of the object header at `address`, over all its blocks. @throws Hdf5Break */
export async function readObjectHeader(bytes: Hdf5Bytes, address: number): Promise<HeaderMessage[]> {
  const start = await bytes.blockUpTo(address, 64)
  const isSecond = Buffer.from(start.bytes.subarray(0, 4)).toString('latin1') === 'OHDR'
  const walk = new HeaderWalk(bytes)
  if (isSecond) await walk.readSecond(start)
  else await walk.readFirst(start)
  return walk.messages
}

class HeaderWalk {
  readonly #bytes: Hdf5Bytes
  readonly #blocks: Block[] = []
  readonly #seen = new Set<number>()
  readonly messages: HeaderMessage[] = []

  constructor(bytes: Hdf5Bytes) {
    this.#bytes = bytes
  }

  /** Version 1: messages are aligned to 8 bytes, sizes have 2. */
  async readFirst(start: Hdf5Cursor): Promise<void> {
    const version = start.u8()
    if (version !== 1) throw new Hdf5Break('broken', `no object header: version ${version}`, start.address)
    start.skip(1)
    start.u16()
    start.u32()
    const length = start.u32()
    this.#blocks.push({ address: start.address + 16, length })
    for (let block = this.#next(); block !== undefined; block = this.#next()) {
      const cursor = await this.#bytes.block(block.address, block.length)
      while (cursor.left >= 8) {
        const type = cursor.u16()
        const size = cursor.u16()
        const flags = cursor.u8()
        cursor.skip(3)
        this.#add(type, flags, cursor, size)
      }
    }
  }

  /** Version 2: a magic before and a checksum behind every block. */
  async readSecond(start: Hdf5Cursor): Promise<void> {
    start.skip(4)
    const version = start.u8()
    if (version !== 2) throw new Hdf5Break('broken', `object header version ${version}`, start.address)
    const flags = start.u8()
    if ((flags & 0x20) !== 0) start.skip(16)
    if ((flags & 0x10) !== 0) start.skip(4)
    const length = start.uint(1 << (flags & 3))
    const first = await this.#bytes.block(start.address + start.at, length)
    this.#readSecondBlock(first, (flags & 4) !== 0)
    for (let block = this.#next(); block !== undefined; block = this.#next()) {
      const cursor = await this.#bytes.block(block.address, block.length - 4)
      cursor.expect('OCHK')
      this.#readSecondBlock(cursor, (flags & 4) !== 0)
    }
  }

  #readSecondBlock(cursor: Hdf5Cursor, hasOrder: boolean): void {
    const least = hasOrder ? 6 : 4
    while (cursor.left >= least) {
      const type = cursor.u8()
      const size = cursor.u16()
      const flags = cursor.u8()
      if (hasOrder) cursor.skip(2)
      this.#add(type, flags, cursor, size)
    }
  }

  #next(): Block | undefined {
    const block = this.#blocks.shift()
    if (block === undefined) return undefined
    if (this.#seen.has(block.address) || this.#seen.size > MAX_BLOCKS)
      throw new Hdf5Break('broken', 'an object header continues in a circle', block.address)
    this.#seen.add(block.address)
    return block
  }

  #add(type: number, flags: number, cursor: Hdf5Cursor, size: number): void {
    const address = cursor.address + cursor.at
    this.#bytes.spend(1, address)
    const body = sub(cursor, this.#bytes, size)
    if (type === CONTINUATION) this.#blocks.push({ address: body.offset(), length: body.length() })
    else if (type !== 0) this.messages.push({ type, flags, body })
    if (this.messages.length > MAX_MESSAGES || this.#blocks.length > MAX_BLOCKS)
      throw new Hdf5Break('unread', `an object header has more than ${MAX_MESSAGES} messages`, address)
  }
}

/** A cursor over the next `size` bytes of another one, which moves on behind them. */
export function sub(cursor: Hdf5Cursor, bytes: Hdf5Bytes, size: number): Hdf5Cursor {
  const address = cursor.address + cursor.at
  return new Hdf5Cursor(cursor.take(size), address, bytes)
}
