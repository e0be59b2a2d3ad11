import { Hdf5Break, type Hdf5Bytes, type Hdf5Cursor } from './hdf5-bytes.ts'

/** Records of one tree; a group of a million links is the largest that was seen. */
const MAX_RECORDS = 1_000_000
const MAX_DEPTH = 12
/** Magic, version, type and checksum of a node. */
const NODE_OVERHEAD = 10

interface Level {
  readonly maxRecords: number
  /** Bytes of the count of all records below, in pointers to nodes of this level. */
  readonly totalBytes: number
}

/** Calls `take` with every record of a B-tree of version 2 (specification III.A.2), in no order. @throws Hdf5Break */
export async function readTree2(
  bytes: Hdf5Bytes,
  address: number,
  types: readonly number[],
  take: (record: Uint8Array) => void,
): Promise<void> {
  const head = await bytes.block(address, 22 + bytes.offsetBytes + bytes.lengthBytes)
  head.expect('BTHD')
  head.skip(1)
  const type = head.u8()
  if (!types.includes(type)) throw new Hdf5Break('broken', `a tree of type ${type}`, address)
  const nodeBytes = head.u32()
  const recordBytes = head.u16()
  const depth = head.u16()
  head.skip(2)
  const root = head.offset()
  const rootRecords = head.u16()
  if (rootRecords === 0) return
  if (depth > MAX_DEPTH || recordBytes === 0 || nodeBytes < NODE_OVERHEAD + recordBytes)
    throw new Hdf5Break('broken', 'a tree has impossible sizes', address)
  const shape = { nodeBytes, recordBytes, type, levels: levelsOf(bytes, nodeBytes, recordBytes, depth) }
  await walkNodes(bytes, shape, { address: root, records: rootRecords, level: depth }, take)
}

interface Shape {
  readonly nodeBytes: number
  readonly recordBytes: number
  readonly type: number
  readonly levels: readonly Level[]
}

interface Node {
  readonly address: number
  readonly records: number
  readonly level: number
}

async function walkNodes(
  bytes: Hdf5Bytes,
  shape: Shape,
  root: Node,
  take: (record: Uint8Array) => void,
): Promise<void> {
  const open = [root]
  const seen = new Set<number>()
  let left = MAX_RECORDS
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (seen.has(node.address)) throw new Hdf5Break('broken', 'a tree leads in a circle', node.address)
    seen.add(node.address)
    const at = await bytes.block(node.address, shape.nodeBytes)
    at.expect(node.level === 0 ? 'BTLF' : 'BTIN')
    at.skip(2)
    left -= node.records
    bytes.spend(node.records, node.address)
    if (left < 0) throw new Hdf5Break('unread', `a tree has more than ${MAX_RECORDS} records`, node.address)
    for (let i = 0; i < node.records; i++) take(at.take(shape.recordBytes))
    if (node.level > 0) open.push(...childrenOf(at, shape, node))
  }
}

/** The pointers behind the records of an inner node. */
function childrenOf(at: Hdf5Cursor, shape: Shape, node: Node): Node[] {
  const countBytes = encodedBytes(shape.levels[0]?.maxRecords ?? 0)
  const totalBytes = node.level > 1 ? (shape.levels[node.level - 1]?.totalBytes ?? 0) : 0
  const children: Node[] = []
  for (let i = 0; i <= node.records; i++) {
    const address = at.offset()
    const records = at.uint(countBytes)
    at.skip(totalBytes)
    children.push({ address, records, level: node.level - 1 })
  }
  return children
}

/** How many records nodes of each level can hold decides how wide the counts in pointers are. */
function levelsOf(bytes: Hdf5Bytes, nodeBytes: number, recordBytes: number, depth: number): Level[] {
  const maxLeaf = Math.floor((nodeBytes - NODE_OVERHEAD) / recordBytes)
  const levels: Level[] = [{ maxRecords: maxLeaf, totalBytes: 0 }]
  let total = maxLeaf
  for (let level = 1; level <= depth; level++) {
    const pointer = bytes.offsetBytes + encodedBytes(maxLeaf) + (levels[level - 1]?.totalBytes ?? 0)
    const maxRecords = Math.floor((nodeBytes - NODE_OVERHEAD - pointer) / (recordBytes + pointer))
    total = (maxRecords + 1) * total + maxRecords
    levels.push({ maxRecords, totalBytes: encodedBytes(total) })
  }
  return levels
}

/** Bytes that a number up to `limit` needs. */
function encodedBytes(limit: number): number {
  return Math.floor(Math.log2(Math.max(1, limit)) / 8) + 1
}
