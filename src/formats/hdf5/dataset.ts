import { concatBytes } from '../../ground/lang/index.ts'
import { type AttributeDeps, guarded, readSpaceOf, readTypeOf } from './attributes.ts'
import type { DataSpace, DataType } from './data-type.ts'
import { Hdf5Break, type Hdf5Bytes, Hdf5Cursor, nameOf } from './hdf5-bytes.ts'
import type { Hdf5Dataset, Hdf5ExternalFile, Hdf5Layout, Hdf5Value } from './hdf5-view.ts'
import type { HeaderMessage } from './object-header.ts'
import { heapText, readLocalHeap, walkTree } from './symbol-table.ts'

const SHARED = 2
/** Bytes of a dataset of strings that is read: configurations were kept like that, weights never. */
const MAX_TEXT_DATASET_BYTES = 16 * 1024 * 1024
/** Chunks of such a dataset. */
const MAX_TEXT_CHUNKS = 1000
const MAX_EXTERNAL_FILES = 1000
const MAX_VIRTUAL_SOURCES = 1000

interface Storage {
  readonly layout: Hdf5Layout
  readonly storedBytes: number | undefined
  /** Of the first elements, from the base address. */
  readonly address?: number | undefined
  /** Elements that can be read in one piece. */
  readonly data?: (() => Promise<Hdf5Cursor>) | undefined
  readonly virtual?: { readonly collection: number; readonly index: number }
}

/** What the header of an object says of it as a dataset, or undefined when it is none. Elements of numbers are not read. */
export async function readDataset(
  deps: AttributeDeps,
  messages: readonly HeaderMessage[],
): Promise<Hdf5Dataset | undefined> {
  const layoutMessage = messages.find(({ type }) => type === 0x08)
  if (layoutMessage === undefined) return undefined
  const find = (type: number): HeaderMessage | undefined => messages.find((message) => message.type === type)
  const [typeMessage, spaceMessage] = [find(0x03), find(0x01)]
  const { bytes } = deps
  const type =
    typeMessage && (await guarded(deps, () => readTypeOf(bytes, typeMessage.body, isShared(typeMessage))))
  const space =
    spaceMessage && (await guarded(deps, () => readSpaceOf(bytes, spaceMessage.body, isShared(spaceMessage))))
  const storage = (await guarded(deps, () => readLayout(bytes, layoutMessage.body))) ?? UNKNOWN
  const filters = await guarded(deps, async () => readFilters(find(0x0b)?.body))
  const virtual = storage.virtual
  return {
    layout: storage.layout,
    shape: space?.shape ?? [],
    elementBytes: type?.elementBytes ?? 0,
    startOffset:
      storage.address === undefined || (filters ?? []).length > 0 ? undefined : bytes.base + storage.address,
    storedBytes: storage.storedBytes,
    externalFiles: (await guarded(deps, () => readExternalFiles(bytes, find(0x07)?.body))) ?? [],
    virtualSources:
      virtual === undefined ? [] : ((await guarded(deps, () => readVirtual(deps, virtual))) ?? []),
    filters: filters ?? [],
    value: await guarded(deps, () =>
      readText(deps, type, space, { ...storage, isFiltered: (filters ?? []).length > 0 }),
    ),
  }
}

const UNKNOWN: Storage = { layout: 'unknown', storedBytes: undefined }

function isShared(message: HeaderMessage): boolean {
  return (message.flags & SHARED) !== 0
}

async function readText(
  { values }: AttributeDeps,
  type: DataType | undefined,
  space: DataSpace | undefined,
  storage: Storage & { readonly isFiltered: boolean },
): Promise<Hdf5Value | undefined> {
  const isText = type !== undefined && (type.typeClass === 3 || type.typeClass === 9)
  if (!isText || space === undefined || storage.data === undefined) return undefined
  if (space.count * type.elementBytes > MAX_TEXT_DATASET_BYTES || storage.isFiltered) return undefined
  const data = await storage.data()
  // Chunks at the edge hold more elements than the dataset; those of no use are empty.
  const count = storage.layout === 'chunked' ? Math.floor(data.left / type.elementBytes) : space.count
  return values.read(type, { ...space, count }, data)
}

/** A layout message (specification IV.A.2.i) of version 1 to 4. @throws Hdf5Break */
async function readLayout(bytes: Hdf5Bytes, body: Hdf5Cursor): Promise<Storage> {
  const version = body.u8()
  if (version === 1 || version === 2) return readOldLayout(bytes, body)
  if (version !== 3 && version !== 4) throw new Hdf5Break('unread', `layout version ${version}`, body.address)
  const layoutClass = body.u8()
  if (layoutClass === 0) {
    const data = body.take(body.u16())
    return { layout: 'compact', storedBytes: data.length, data: async () => cursorOf(data, body, bytes) }
  }
  if (layoutClass === 1) return contiguous(bytes, body.offset(), body.length())
  if (layoutClass === 2 && version === 3) {
    const rank = body.u8()
    return chunked(bytes, body.offset(), rank)
  }
  if (layoutClass === 2) return readNewChunked(body)
  if (layoutClass === 3) return { layout: 'virtual', storedBytes: 0, virtual: readGlobalId(body) }
  throw new Hdf5Break('broken', `layout class ${layoutClass}`, body.address)
}

function readGlobalId(body: Hdf5Cursor): { collection: number; index: number } {
  return { collection: body.offset(), index: body.u32() }
}

async function readOldLayout(bytes: Hdf5Bytes, body: Hdf5Cursor): Promise<Storage> {
  const rank = body.u8()
  const layoutClass = body.u8()
  body.skip(5)
  if (layoutClass === 2) return chunked(bytes, body.offset(), rank)
  const address = layoutClass === 1 ? body.offset() : 0
  let size = 1
  for (let i = 0; i < rank; i++) size *= body.u32()
  if (layoutClass === 1) return contiguous(bytes, address, size)
  const data = body.take(body.u32())
  return { layout: 'compact', storedBytes: data.length, data: async () => cursorOf(data, body, bytes) }
}

function contiguous(bytes: Hdf5Bytes, address: number, length: number): Storage {
  const isThere = address !== Number.POSITIVE_INFINITY
  if (isThere && address + length > bytes.size)
    throw new Hdf5Break('cut', `the ${length} bytes of a dataset reach beyond the end of the file`, address)
  return {
    layout: 'contiguous',
    storedBytes: isThere ? length : 0,
    address: isThere ? address : undefined,
    data: isThere ? () => bytes.block(address, length) : undefined,
  }
}

/** The chunks of a B-tree of version 1: their sizes stand in the keys. Few and small ones can be read together. */
async function chunked(bytes: Hdf5Bytes, address: number, rank: number): Promise<Storage> {
  if (address === Number.POSITIVE_INFINITY) return { layout: 'chunked', storedBytes: 0 }
  let storedBytes = 0
  const first: { address: number; size: number }[] = []
  await walkTree(bytes, address, { type: 1, keyBytes: 8 + 8 * rank }, (chunk, key) => {
    const size = new DataView(key.buffer, key.byteOffset, 4).getUint32(0, true)
    storedBytes += size
    if (first.length < MAX_TEXT_CHUNKS) first.push({ address: chunk, size })
    if (chunk + size > bytes.size)
      throw new Hdf5Break('cut', 'a chunk of a dataset reaches beyond the end of the file', chunk)
  })
  if (storedBytes > MAX_TEXT_DATASET_BYTES || first.length >= MAX_TEXT_CHUNKS)
    return { layout: 'chunked', storedBytes, address: first[0]?.address }
  const data = async (): Promise<Hdf5Cursor> => {
    const parts: Uint8Array[] = []
    for (const { address: at, size } of first) parts.push(await bytes.at(at, size))
    return new Hdf5Cursor(concatBytes(parts), address, bytes)
  }
  return { layout: 'chunked', storedBytes, address: first[0]?.address, data }
}

/** Version 4 has five kinds of index; only whether there is one matters here. */
function readNewChunked(body: Hdf5Cursor): Storage {
  const address = new DataView(body.bytes.buffer, body.bytes.byteOffset, body.bytes.length)
  const last = body.bytes.length - 8
  const isUnset = last >= 0 && address.getBigUint64(last, true) === 0xffff_ffff_ffff_ffffn
  return { layout: 'chunked', storedBytes: isUnset ? 0 : undefined }
}

function cursorOf(data: Uint8Array, body: Hdf5Cursor, bytes: Hdf5Bytes): Hdf5Cursor {
  return new Hdf5Cursor(data, body.address, bytes)
}

/** Filter ids of a pipeline message (specification IV.A.2.l). @throws Hdf5Break */
function readFilters(body: Hdf5Cursor | undefined): number[] {
  if (body === undefined) return []
  const version = body.u8()
  const count = body.u8()
  if (version === 1) body.skip(6)
  const ids: number[] = []
  for (let i = 0; i < count; i++) {
    const id = body.u16()
    const nameBytes = version === 1 || id >= 256 ? body.u16() : 0
    body.skip(2)
    const values = body.u16()
    body.skip(version === 1 ? Math.ceil(nameBytes / 8) * 8 : nameBytes)
    body.skip(4 * (version === 1 ? values + (values % 2) : values))
    ids.push(id)
  }
  return ids
}

/** The external file list (specification IV.A.2.h): pieces of other files that are read as elements. @throws Hdf5Break */
async function readExternalFiles(
  bytes: Hdf5Bytes,
  body: Hdf5Cursor | undefined,
): Promise<Hdf5ExternalFile[]> {
  if (body === undefined) return []
  body.skip(4)
  body.u16()
  const used = Math.min(body.u16(), MAX_EXTERNAL_FILES)
  const heap = await readLocalHeap(bytes, body.offset())
  const files: Hdf5ExternalFile[] = []
  for (let i = 0; i < used; i++) {
    const name = heapText(heap, body.length(), body.address)
    const offset = body.length()
    body.length()
    files.push({ name, offset })
  }
  return files
}

/** The first text of each mapping of a virtual dataset is a file (specification IV.A.2.i and VIII.A). @throws Hdf5Break */
async function readVirtual(
  { values }: AttributeDeps,
  { collection, index }: { collection: number; index: number },
): Promise<string[]> {
  const body = await values.heapObject(collection, index)
  const version = body.u8()
  const count = body.length()
  if (version !== 0) throw new Hdf5Break('unread', `virtual dataset version ${version}`, body.address)
  const sources: string[] = []
  for (let i = 0; i < Math.min(count, MAX_VIRTUAL_SOURCES); i++) {
    sources.push(nameOf(body.untilNul()))
    body.untilNul()
    skipSelection(body)
    skipSelection(body)
  }
  return sources
}

/** Kinds of selections: none, points, hyperslabs, all (specification, "Dataspace Selection"). */
function skipSelection(body: Hdf5Cursor): void {
  const kind = body.u32()
  const version = body.u32()
  if (kind === 0 || kind === 3) body.skip(8)
  else if (kind === 2 && version === 3) skipHyperslab(body)
  else if (kind === 2 && (version === 1 || version === 2)) {
    body.skip(version === 1 ? 4 : 1)
    body.skip(body.u32())
  } else
    throw new Hdf5Break('unread', `a selection of kind ${kind}, version ${version}`, body.address + body.at)
}

function skipHyperslab(body: Hdf5Cursor): void {
  const isRegular = (body.u8() & 1) !== 0
  const size = body.u8()
  const rank = body.u32()
  body.skip((isRegular ? 4 : 2 * body.uint(size)) * rank * size)
}
