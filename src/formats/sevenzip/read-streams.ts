import { type HeaderCursor, HeaderFault } from './header-cursor.ts'
import type { SevenZipCoder, SevenZipFolder } from './sevenzip-view.ts'

const END = 0x00
const PACK_INFO = 0x06
const UNPACK_INFO = 0x07
const SUB_STREAMS = 0x08
const SIZES = 0x09
const DIGESTS = 0x0a
const FOLDER = 0x0b
const UNPACK_SIZES = 0x0c
const UNPACK_COUNTS = 0x0d
/** Bytes before the packed streams: the signature header. */
const SIGNATURE_BYTES = 32
/** Steps of one folder; 7-Zip itself takes at most 32, and uses at most four. */
const MAX_CODERS = 8

/** Folders, and the sizes of the files in each. */
export interface Streams {
  readonly folders: readonly SevenZipFolder[]
  readonly sizes: readonly (readonly number[])[]
}

interface RawFolder {
  readonly coders: readonly {
    readonly id: string
    readonly properties: Uint8Array
    readonly inputs: number
  }[]
  /** Which input takes which output. */
  readonly pairs: readonly (readonly [number, number])[]
  readonly packedStreams: number
  sizes: readonly number[]
  hasDigest: boolean
}

/** Reads StreamsInfo (7zFormat.txt). @throws HeaderFault */
export function readStreams(cursor: HeaderCursor): Streams {
  let position = 0
  let packed: number[] = []
  let raw: RawFolder[] = []
  let sizes: number[][] | undefined
  for (let id = cursor.number(); id !== END; id = cursor.number()) {
    if (id === PACK_INFO) {
      position = cursor.number()
      packed = readPacked(cursor)
    } else if (id === UNPACK_INFO) raw = readFolders(cursor)
    else if (id === SUB_STREAMS) sizes = readSubStreams(cursor, raw)
    else throw new HeaderFault(`the header holds an unknown part ${id}`)
  }
  const folders = placeFolders(raw, packed, SIGNATURE_BYTES + position)
  return { folders, sizes: sizes ?? folders.map(({ sizeBytes }) => [sizeBytes]) }
}

function readPacked(cursor: HeaderCursor): number[] {
  const count = cursor.count()
  let sizes: number[] = []
  for (let id = cursor.number(); id !== END; id = cursor.number()) {
    if (id === SIZES) sizes = Array.from({ length: count }, () => cursor.number())
    else if (id === DIGESTS) cursor.skipDigests(count)
    else throw new HeaderFault(`the header holds an unknown part ${id}`)
  }
  return sizes
}

function readFolders(cursor: HeaderCursor): RawFolder[] {
  if (cursor.number() !== FOLDER) throw new HeaderFault('the header has no folders')
  const count = cursor.count(2)
  if (cursor.byte() !== 0) throw new HeaderFault('the folders stand elsewhere')
  const folders = Array.from({ length: count }, () => readFolder(cursor))
  for (let id = cursor.number(); id !== END; id = cursor.number()) {
    if (id === UNPACK_SIZES)
      for (const folder of folders) folder.sizes = folder.coders.map(() => cursor.number())
    else if (id === DIGESTS) {
      const defined = cursor.skipDigests(count)
      for (const [i, folder] of folders.entries()) folder.hasDigest = defined[i] === true
    } else throw new HeaderFault(`the header holds an unknown part ${id}`)
  }
  return folders
}

function readFolder(cursor: HeaderCursor): RawFolder {
  const count = cursor.number()
  if (count === 0 || count > MAX_CODERS) throw new HeaderFault(`a folder of ${count} steps`)
  const coders = Array.from({ length: count }, () => readCoder(cursor))
  const inputs = coders.reduce((sum, coder) => sum + coder.inputs, 0)
  const pairs = Array.from({ length: count - 1 }, () => [cursor.number(), cursor.number()] as const)
  const packedStreams = inputs - pairs.length
  if (packedStreams > 1) for (let i = 0; i < packedStreams; i++) cursor.number()
  return { coders, pairs, packedStreams, sizes: [], hasDigest: false }
}

function readCoder(cursor: HeaderCursor): RawFolder['coders'][number] {
  const flags = cursor.byte()
  const id = Buffer.from(cursor.take(flags & 15)).toString('hex')
  let inputs = 1
  if (flags & 0x10) {
    inputs = cursor.number()
    if (inputs < 1 || inputs > MAX_CODERS || cursor.number() !== 1)
      throw new HeaderFault('a step with more than one output')
  }
  const properties = flags & 0x20 ? cursor.take(cursor.number()) : new Uint8Array(0)
  return { id, properties, inputs }
}

function readSubStreams(cursor: HeaderCursor, folders: readonly RawFolder[]): number[][] {
  let counts = folders.map(() => 1)
  let sizes: number[][] | undefined
  for (let id = cursor.number(); id !== END; id = cursor.number()) {
    if (id === UNPACK_COUNTS) counts = folders.map(() => cursor.count(0.01))
    else if (id === SIZES)
      sizes = folders.map((folder, i) => readSizes(cursor, totalOf(folder), counts[i] ?? 0))
    else if (id === DIGESTS) {
      const unknown = folders.map(({ hasDigest }, i) => (counts[i] === 1 && hasDigest ? 0 : (counts[i] ?? 0)))
      cursor.skipDigests(unknown.reduce((sum, count) => sum + count, 0))
    } else throw new HeaderFault(`the header holds an unknown part ${id}`)
  }
  return sizes ?? folders.map((folder, i) => (counts[i] === 0 ? [] : [totalOf(folder)]))
}

/** The last size is what the others leave. */
function readSizes(cursor: HeaderCursor, total: number, count: number): number[] {
  if (count === 0) return []
  const sizes = Array.from({ length: count - 1 }, () => cursor.number())
  const left = total - sizes.reduce((sum, size) => sum + size, 0)
  if (left < 0) throw new HeaderFault('the files of a folder are longer than it is')
  return [...sizes, left]
}

/** The step whose output no other step takes. */
function lastCoder({ coders, pairs }: RawFolder): number {
  const taken = new Set(pairs.map(([, output]) => output))
  return coders.findIndex((_, i) => !taken.has(i))
}

function totalOf(folder: RawFolder): number {
  return folder.sizes[lastCoder(folder)] ?? 0
}

function placeFolders(raw: readonly RawFolder[], packed: readonly number[], start: number): SevenZipFolder[] {
  let at = start
  let stream = 0
  return raw.map((folder) => {
    const sizes = packed.slice(stream, stream + folder.packedStreams)
    const packedOffset = at
    stream += folder.packedStreams
    at += sizes.reduce((sum, size) => sum + size, 0)
    return { packedOffset, packedBytes: sizes[0] ?? 0, coders: chainOf(folder), sizeBytes: totalOf(folder) }
  })
}

/** The steps from the file to the content, when each has one input. */
function chainOf(folder: RawFolder): SevenZipCoder[] | undefined {
  if (folder.coders.some(({ inputs }) => inputs !== 1)) return undefined
  const chain: SevenZipCoder[] = []
  for (let i = lastCoder(folder); i >= 0 && chain.length <= folder.coders.length; ) {
    const coder = folder.coders[i]
    if (coder === undefined) return undefined
    chain.unshift({ id: coder.id, properties: coder.properties, sizeBytes: folder.sizes[i] ?? 0 })
    const at = i
    i = folder.pairs.find(([input]) => input === at)?.[1] ?? -1
  }
  return chain.length === folder.coders.length ? chain : undefined
}
