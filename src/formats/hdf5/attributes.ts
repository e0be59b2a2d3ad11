import { readTree2 } from './btree2.ts'
import { type DataSpace, type DataType, readDataSpace, readDataType } from './data-type.ts'
import { FractalHeap } from './fractal-heap.ts'
import { Hdf5Break, type Hdf5Bytes, type Hdf5Cursor, nameOf } from './hdf5-bytes.ts'
import type { Hdf5Attribute, Hdf5Problem } from './hdf5-view.ts'
import { type HeaderMessage, readObjectHeader, sub } from './object-header.ts'
import type { ValueReader } from './read-value.ts'

const DATASPACE = 0x01
const DATATYPE = 0x03
const ATTRIBUTE = 0x0c
const ATTRIBUTE_INFO = 0x15
/** Bit of a message's flags: the body is a reference to it. */
const SHARED = 2

/** What reading attributes needs of its file. */
export interface AttributeDeps {
  readonly bytes: Hdf5Bytes
  readonly values: ValueReader
  readonly note: (problem: Hdf5Problem) => void
}

/** All attributes of an object, from its header and from dense storage. What cannot be read is noted. */
export async function readAttributes(
  deps: AttributeDeps,
  messages: readonly HeaderMessage[],
): Promise<Hdf5Attribute[]> {
  const attributes: Hdf5Attribute[] = []
  const add = async (body: Hdf5Cursor, offset: number): Promise<void> => {
    const found = await guarded(deps, () => readAttribute(deps, body, offset))
    if (found !== undefined) attributes.push(found)
  }
  for (const { type, flags, body } of messages) {
    if (type === ATTRIBUTE && (flags & SHARED) !== 0)
      deps.note({ kind: 'unread', message: 'an attribute that is shared is not read', offset: body.address })
    else if (type === ATTRIBUTE) await add(body, body.address)
    else if (type === ATTRIBUTE_INFO)
      await guarded(deps, () => readDense(deps, body, (cursor) => add(cursor, 0)))
  }
  return attributes
}

/** Runs a part; a break is noted and gives undefined. */
export async function guarded<T>(
  deps: Pick<AttributeDeps, 'note'>,
  part: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await part()
  } catch (error) {
    if (!(error instanceof Hdf5Break)) throw error
    deps.note({ kind: error.kind, message: error.message, offset: error.offset })
    return undefined
  }
}

async function readDense(
  { bytes }: AttributeDeps,
  body: Hdf5Cursor,
  add: (cursor: Hdf5Cursor) => Promise<void>,
): Promise<void> {
  body.skip(1)
  const flags = body.u8()
  if ((flags & 1) !== 0) body.skip(2)
  const heapAddress = body.offset()
  const treeAddress = body.offset()
  if (heapAddress === Number.POSITIVE_INFINITY) return
  const heap = await FractalHeap.open(bytes, heapAddress)
  const ids: Uint8Array[] = []
  await readTree2(bytes, treeAddress, [8], (record) => ids.push(record.slice(0, 9)))
  for (const id of ids) {
    // The byte behind the id holds the message's flags.
    if (((id[8] ?? 0) & SHARED) !== 0)
      throw new Hdf5Break('unread', 'an attribute that is shared is not read', heapAddress)
    await add(await heap.read(id.subarray(0, 8)))
  }
}

async function readAttribute(deps: AttributeDeps, body: Hdf5Cursor, offset: number): Promise<Hdf5Attribute> {
  const version = body.u8()
  if (version < 1 || version > 3) throw new Hdf5Break('broken', `attribute version ${version}`, body.address)
  const flags = body.u8()
  const nameBytes = body.u16()
  const typeBytes = body.u16()
  const spaceBytes = body.u16()
  if (version === 3) body.skip(1)
  const padded = (length: number): number => (version === 1 ? Math.ceil(length / 8) * 8 : length)
  const name = nameOf(untilNul(body.take(padded(nameBytes)).subarray(0, nameBytes)))
  const typeBody = sub(body, deps.bytes, padded(typeBytes))
  const spaceBody = sub(body, deps.bytes, padded(spaceBytes))
  const type = await readTypeOf(deps.bytes, typeBody, version > 1 && (flags & 1) !== 0)
  const space = await readSpaceOf(deps.bytes, spaceBody, version > 1 && (flags & 2) !== 0)
  return { name, value: await deps.values.read(type, space, body), offset }
}

function untilNul(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0)
  return end < 0 ? bytes : bytes.subarray(0, end)
}

/** A datatype that stands here, or in a named type elsewhere. @throws Hdf5Break */
export async function readTypeOf(bytes: Hdf5Bytes, body: Hdf5Cursor, isShared: boolean): Promise<DataType> {
  return readDataType(isShared ? await followShared(bytes, body, DATATYPE) : body)
}

/** As {@link readTypeOf}, for dataspaces. @throws Hdf5Break */
export async function readSpaceOf(bytes: Hdf5Bytes, body: Hdf5Cursor, isShared: boolean): Promise<DataSpace> {
  return readDataSpace(isShared ? await followShared(bytes, body, DATASPACE) : body)
}

/** A shared message (specification IV.A.2): versions 1 to 3; those kept in the file's own heap are not read. */
async function followShared(bytes: Hdf5Bytes, body: Hdf5Cursor, type: number): Promise<Hdf5Cursor> {
  const version = body.u8()
  const kind = body.u8()
  if (version === 1) body.skip(6)
  if (version === 3 && kind === 1)
    throw new Hdf5Break('unread', 'a message in the shared heap is not read', body.address)
  const messages = await readObjectHeader(bytes, body.offset())
  const found = messages.find((message) => message.type === type)
  if (found === undefined || (found.flags & SHARED) !== 0)
    throw new Hdf5Break('broken', 'a shared message is not where it should be', body.address)
  return found.body
}
