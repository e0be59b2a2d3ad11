import { readTree2 } from './btree2.ts'
import { Hdf5Break, type Hdf5Bytes, Hdf5Cursor } from './hdf5-bytes.ts'

/** Indirect blocks entered on the way to one object; the address space of a heap doubles with every row. */
const MAX_LEVELS = 16

interface HeapHeader {
  readonly address: number
  readonly idBytes: number
  readonly filterBytes: number
  readonly flags: number
  readonly maxManaged: number
  readonly hugeTree: number
  readonly width: number
  readonly startBlock: number
  readonly maxDirect: number
  readonly maxHeapBits: number
  readonly root: number
  readonly rootRows: number
}

/** A fractal heap (specification III.G): objects by id, in direct blocks, behind indirect ones, huge or tiny. */
export class FractalHeap {
  readonly #bytes: Hdf5Bytes
  readonly #head: HeapHeader
  #huge: Map<number, { address: number; length: number }> | undefined

  private constructor(bytes: Hdf5Bytes, head: HeapHeader) {
    this.#bytes = bytes
    this.#head = head
  }

  /** @throws Hdf5Break */
  static async open(bytes: Hdf5Bytes, address: number): Promise<FractalHeap> {
    const { offsetBytes: o, lengthBytes: l } = bytes
    const at = await bytes.block(address, 22 + 12 * l + 3 * o)
    at.expect('FRHP')
    at.skip(1)
    const idBytes = at.u16()
    const filterBytes = at.u16()
    const flags = at.u8()
    const maxManaged = at.u32()
    at.length()
    const hugeTree = at.offset()
    at.length()
    at.offset()
    for (let i = 0; i < 8; i++) at.length()
    const width = at.u16()
    const startBlock = at.length()
    const maxDirect = at.length()
    const maxHeapBits = at.u16()
    at.u16()
    const root = at.offset()
    const rootRows = at.u16()
    if (width === 0 || startBlock === 0 || maxHeapBits > 64 || startBlock > maxDirect || startBlock > 2 ** 32)
      throw new Hdf5Break('broken', 'a heap has impossible sizes', address)
    return new FractalHeap(bytes, {
      address,
      idBytes,
      filterBytes,
      flags,
      maxManaged,
      hugeTree,
      width,
      startBlock,
      maxDirect,
      maxHeapBits,
      root,
      rootRows,
    })
  }

  /** The bytes of an object as a cursor. @throws Hdf5Break */
  async read(id: Uint8Array): Promise<Hdf5Cursor> {
    const first = id[0] ?? 0
    const kind = (first >> 4) & 3
    if (kind === 0) return this.#readManaged(new Hdf5Cursor(id.subarray(1), this.#head.address, this.#bytes))
    if (kind === 1) return this.#readHuge(new Hdf5Cursor(id.subarray(1), this.#head.address, this.#bytes))
    if (kind === 2) return this.#readTiny(id)
    throw new Hdf5Break('broken', 'an object of a heap has no known kind', this.#head.address)
  }

  #readTiny(id: Uint8Array): Hdf5Cursor {
    const isLong = this.#head.idBytes > 18
    const length = isLong ? (((id[0] ?? 0) & 15) << 8) + (id[1] ?? 0) + 1 : ((id[0] ?? 0) & 15) + 1
    const from = isLong ? 2 : 1
    return new Hdf5Cursor(id.subarray(from, from + length), this.#head.address, this.#bytes)
  }

  async #readHuge(id: Hdf5Cursor): Promise<Hdf5Cursor> {
    if (this.#head.filterBytes > 0)
      throw new Hdf5Break('unread', 'a heap with filters is not read', this.#head.address)
    if (id.left >= this.#bytes.offsetBytes + this.#bytes.lengthBytes)
      return this.#bytes.block(id.offset(), id.length())
    this.#huge ??= await this.#readHugeTree()
    const found = this.#huge.get(id.uint(Math.min(id.left, this.#bytes.lengthBytes)))
    if (found === undefined)
      throw new Hdf5Break('broken', 'a huge object is not in its tree', this.#head.address)
    return this.#bytes.block(found.address, found.length)
  }

  async #readHugeTree(): Promise<Map<number, { address: number; length: number }>> {
    const found = new Map<number, { address: number; length: number }>()
    await readTree2(this.#bytes, this.#head.hugeTree, [1], (record) => {
      const at = new Hdf5Cursor(record, this.#head.address, this.#bytes)
      const address = at.offset()
      const length = at.length()
      found.set(at.length(), { address, length })
    })
    return found
  }

  async #readManaged(id: Hdf5Cursor): Promise<Hdf5Cursor> {
    const { maxHeapBits, maxDirect, maxManaged, root, rootRows, startBlock, filterBytes } = this.#head
    if (filterBytes > 0) throw new Hdf5Break('unread', 'a heap with filters is not read', this.#head.address)
    const offset = id.uint(Math.ceil(maxHeapBits / 8))
    const lengthBytes = Math.min(Math.floor((log2(maxDirect) + 7) / 8), Math.floor(log2(maxManaged) / 8) + 1)
    const length = id.uint(lengthBytes)
    if (rootRows === 0) return this.#inDirect(root, offset, length, startBlock)
    return this.#inIndirect(root, rootRows, offset, length)
  }

  #inDirect(address: number, within: number, length: number, size: number): Promise<Hdf5Cursor> {
    if (within + length > size) throw new Hdf5Break('broken', 'an object reaches beyond its block', address)
    return this.#bytes.block(address + within, length)
  }

  /** Goes down from the root to the direct block that holds an offset of the heap. */
  async #inIndirect(root: number, rootRows: number, offset: number, length: number): Promise<Hdf5Cursor> {
    let address = root
    let rows = rootRows
    let within = offset
    for (let level = 0; level < MAX_LEVELS; level++) {
      const { row, column, rest, size } = this.#place(within)
      if (row >= rows) throw new Hdf5Break('broken', 'an object stands outside its heap', address)
      address = await this.#child(address, row, column)
      within = rest
      if (size <= this.#head.maxDirect) return this.#inDirect(address, within, length, size)
      rows = log2(size) - log2(this.#head.startBlock * this.#head.width) + 1
    }
    throw new Hdf5Break('broken', 'a heap is nested too deep', address)
  }

  /** Rows 0 and 1 have blocks of the first size; from then on it doubles. */
  #place(offset: number): { row: number; column: number; rest: number; size: number } {
    const { width, startBlock } = this.#head
    let size = startBlock
    let start = 0
    let row = 0
    while (offset >= start + size * width && row < 64) {
      start += size * width
      row += 1
      if (row > 1) size *= 2
    }
    const column = Math.floor((offset - start) / size)
    return { row, column, rest: offset - start - column * size, size }
  }

  async #child(block: number, row: number, column: number): Promise<number> {
    const { maxHeapBits, width } = this.#head
    const { offsetBytes } = this.#bytes
    const head = 5 + offsetBytes + Math.ceil(maxHeapBits / 8)
    const magic = await this.#bytes.block(block, 4)
    magic.expect('FHIB')
    const entry = await this.#bytes.block(block + head + (row * width + column) * offsetBytes, offsetBytes)
    const address = entry.offset()
    if (address === Number.POSITIVE_INFINITY)
      throw new Hdf5Break('broken', 'an object stands in a block that is not there', block)
    return address
  }
}

/** The highest bit that is set. */
function log2(value: number): number {
  return Math.floor(Math.log2(Math.max(1, value)))
}
