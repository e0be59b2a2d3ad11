import { Hdf5Break, type Hdf5Bytes, type Hdf5Cursor, nameOf } from './hdf5-bytes.ts'
import type { FoundLink } from './link-message.ts'

/** Nodes of one tree. A group of a million names has some thirty thousand. */
const MAX_NODES = 50_000

/** Old groups: names in a local heap, entries in the leaves of a B-tree of version 1 (specification III.A.1). @throws Hdf5Break */
export async function readSymbolTable(
  bytes: Hdf5Bytes,
  treeAddress: number,
  heapAddress: number,
): Promise<FoundLink[]> {
  const heap = await readLocalHeap(bytes, heapAddress)
  const links: FoundLink[] = []
  await walkTree(bytes, treeAddress, { type: 0, keyBytes: bytes.lengthBytes }, async (address) => {
    const head = await bytes.block(address, 8)
    head.expect('SNOD')
    head.skip(2)
    const count = head.u16()
    bytes.spend(count, address)
    const node = await bytes.block(address + 8, count * (2 * bytes.offsetBytes + 24))
    for (let i = 0; i < count; i++) links.push(readEntry(node, heap))
  })
  return links
}

function readEntry(node: Hdf5Cursor, heap: Uint8Array): FoundLink {
  const name = heapText(heap, node.offset(), node.address + node.at)
  const address = node.offset()
  const cache = node.u32()
  node.skip(4)
  const scratch = node.take(16)
  if (cache !== 2) return { kind: 'hard', name, address }
  const at = new DataView(scratch.buffer, scratch.byteOffset, 16).getUint32(0, true)
  return { kind: 'soft', name, target: heapText(heap, at, node.address + node.at) }
}

/** The data of a local heap (specification III.D). @throws Hdf5Break */
export async function readLocalHeap(bytes: Hdf5Bytes, address: number): Promise<Uint8Array> {
  const head = await bytes.block(address, 8 + 2 * bytes.lengthBytes + bytes.offsetBytes)
  head.expect('HEAP')
  head.skip(4)
  const size = head.length()
  head.length()
  return bytes.at(head.offset(), size)
}

/** The text at an offset of a local heap. @throws Hdf5Break */
export function heapText(heap: Uint8Array, at: number, where: number): string {
  const end = at < heap.length ? heap.indexOf(0, at) : -1
  if (end < 0) throw new Hdf5Break('broken', 'a name stands outside its heap', where)
  return nameOf(heap.subarray(at, end))
}

/** What tells the two trees of version 1 apart: 0 for groups, 1 for chunks. */
export interface TreeShape {
  readonly type: 0 | 1
  readonly keyBytes: number
}

/** Calls `leaf` with every child of the lowest level, and `key` with the bytes of the key before it. @throws Hdf5Break */
export async function walkTree(
  bytes: Hdf5Bytes,
  root: number,
  shape: TreeShape,
  leaf: (address: number, key: Uint8Array) => Promise<void> | void,
): Promise<void> {
  const seen = new Set<number>()
  const open = [root]
  for (let address = open.pop(); address !== undefined; address = open.pop()) {
    if (seen.has(address)) throw new Hdf5Break('broken', 'a tree leads in a circle', address)
    seen.add(address)
    if (seen.size > MAX_NODES)
      throw new Hdf5Break('unread', `a tree has more than ${MAX_NODES} nodes`, address)
    const headBytes = 8 + 2 * bytes.offsetBytes
    const head = await bytes.block(address, headBytes)
    head.expect('TREE')
    const type = head.u8()
    if (type !== shape.type) throw new Hdf5Break('broken', `a tree of type ${type}`, address)
    const level = head.u8()
    const used = head.u16()
    bytes.spend(used, address)
    const body = await bytes.block(address + headBytes, used * (shape.keyBytes + bytes.offsetBytes))
    for (let i = 0; i < used; i++) {
      const key = body.take(shape.keyBytes)
      const child = body.offset()
      if (level > 0) open.push(child)
      else await leaf(child, key)
    }
  }
}
