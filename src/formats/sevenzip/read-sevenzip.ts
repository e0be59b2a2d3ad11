import { crc32 } from 'node:zlib'
import { type ByteSource, sliceOfSource } from '../../ground/lang/index.ts'
import { HeaderCursor, HeaderFault } from './header-cursor.ts'
import { readStreams, type Streams } from './read-streams.ts'
import type { SevenZipEntry, SevenZipView, UnpackFolder } from './sevenzip-view.ts'

const MAGIC = [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]
const SIGNATURE_BYTES = 32
/** Bytes of a header, packed or not. 100,000 files with long names take 20 MB. */
const MAX_HEADER_BYTES = 32 * 1024 * 1024
/** Headers that are packed inside a packed header; 7-Zip makes one. */
const MAX_PACKED_HEADERS = 4
/** Files of an archive. */
const MAX_FILES = 100_000
const HEADER = 0x01
const ARCHIVE_PROPERTIES = 0x02
const ADDITIONAL_STREAMS = 0x03
const MAIN_STREAMS = 0x04
const FILES = 0x05
const ENCODED_HEADER = 0x17
const EMPTY_STREAM = 0x0e
const EMPTY_FILE = 0x0f
const ANTI = 0x10
const NAMES = 0x11
const ATTRIBUTES = 0x15

/** Whether bytes begin as a 7z archive. */
export function looksLikeSevenZip(head: Uint8Array): boolean {
  return MAGIC.every((byte, i) => head[i] === byte)
}

/**
 * Reads the list of a 7z archive (7zFormat.txt of the LZMA SDK). The header is usually packed itself, which is why
 * unpacking comes from outside. Hostile headers give a view with problems.
 * @throws SallyportError what the source throws
 */
export async function readSevenZip(
  source: ByteSource,
  unpack: UnpackFolder,
  signal?: AbortSignal,
): Promise<SevenZipView> {
  const reader = new ArchiveReader(source, unpack, signal)
  try {
    await reader.run()
  } catch (error) {
    if (!(error instanceof HeaderFault)) throw error
    reader.problems.push({ kind: 'broken', message: error.message })
  }
  const { entries, folders, problems, readBytes, endOffset } = reader
  return { entries, folders, problems, readBytes, endOffset }
}

class ArchiveReader {
  readonly #source: ByteSource
  readonly #unpack: UnpackFolder
  readonly #signal: AbortSignal | undefined
  entries: readonly SevenZipEntry[] = []
  folders: Streams['folders'] = []
  readonly problems: SevenZipView['problems'][number][] = []
  readBytes = 0
  endOffset = 0

  constructor(source: ByteSource, unpack: UnpackFolder, signal: AbortSignal | undefined) {
    this.#source = source
    this.#unpack = unpack
    this.#signal = signal
  }

  async run(): Promise<void> {
    const start = await this.#read(0, SIGNATURE_BYTES)
    if (start.length < SIGNATURE_BYTES) return this.#say('cut', 'the signature header is cut')
    const view = new DataView(start.buffer, start.byteOffset, SIGNATURE_BYTES)
    const offset = SIGNATURE_BYTES + Number(view.getBigUint64(12, true))
    const size = Number(view.getBigUint64(20, true))
    this.endOffset = Math.min(offset + size, this.#source.size)
    if (size === 0) return
    if (offset + size > this.#source.size) return this.#say('cut', 'the header at the end is missing')
    if (size > MAX_HEADER_BYTES) throw new HeaderFault(`a header of ${size} bytes is larger than we read`)
    let bytes = await this.#read(offset, size)
    if (crc32(bytes) !== view.getUint32(28, true)) this.#say('broken', 'the checksum of the header is wrong')
    for (let i = 0; i < MAX_PACKED_HEADERS && bytes[0] === ENCODED_HEADER; i++) {
      const next = await this.#unpackHeader(new HeaderCursor(bytes.subarray(1)))
      if (next === undefined) return
      bytes = next
    }
    if (bytes[0] !== HEADER) throw new HeaderFault('the header is none')
    this.#readHeader(new HeaderCursor(bytes.subarray(1)))
  }

  #say(kind: 'cut' | 'broken' | 'encrypted' | 'method', message: string): void {
    this.problems.push({ kind, message })
  }

  async #read(at: number, length: number): Promise<Uint8Array> {
    const bytes = await this.#source.read(at, length, this.#signal)
    this.readBytes += bytes.length
    return bytes
  }

  async #unpackHeader(cursor: HeaderCursor): Promise<Uint8Array | undefined> {
    const [folder] = readStreams(cursor).folders
    if (folder === undefined) throw new HeaderFault('the packed header has no folder')
    if (folder.sizeBytes > MAX_HEADER_BYTES)
      throw new HeaderFault(`a header of ${folder.sizeBytes} bytes is larger than we read`)
    const packed = sliceOfSource(this.#source, folder.packedOffset, folder.packedBytes)
    const unpacking = this.#unpack(packed, folder)?.()
    if (unpacking === undefined) {
      const isSecret = folder.coders?.some(({ id }) => id === '06f10701') === true
      this.#say(
        isSecret ? 'encrypted' : 'method',
        'the list of the archive is encrypted or packed in a way we cannot read',
      )
      return undefined
    }
    const parts: Uint8Array[] = []
    let size = 0
    let step = await unpacking.next()
    for (; step.done !== true; step = await unpacking.next()) {
      parts.push(step.value)
      size += step.value.length
      if (size > folder.sizeBytes) break
    }
    await unpacking.return({ endOffset: 0 })
    if (size < folder.sizeBytes) throw new HeaderFault('the packed header is damaged')
    this.readBytes += folder.packedBytes
    return new Uint8Array(Buffer.concat(parts).subarray(0, folder.sizeBytes))
  }

  #readHeader(cursor: HeaderCursor): void {
    let streams: Streams = { folders: [], sizes: [] }
    for (let id = cursor.number(); id !== 0; id = cursor.number()) {
      if (id === ARCHIVE_PROPERTIES) skipProperties(cursor)
      else if (id === ADDITIONAL_STREAMS) readStreams(cursor)
      else if (id === MAIN_STREAMS) {
        streams = readStreams(cursor)
        this.folders = streams.folders
      } else if (id === FILES) this.entries = readFiles(cursor, streams)
      else throw new HeaderFault(`the header holds an unknown part ${id}`)
    }
  }
}

function skipProperties(cursor: HeaderCursor): void {
  for (let id = cursor.number(); id !== 0; id = cursor.number()) cursor.take(cursor.number())
}

function readFiles(cursor: HeaderCursor, streams: Streams): SevenZipEntry[] {
  const count = cursor.count()
  if (count > MAX_FILES) throw new HeaderFault(`${count} files are more than we list`)
  let empty: boolean[] = []
  let anti: boolean[] = []
  let names: string[] = []
  let attributes: number[] = []
  for (let id = cursor.number(); id !== 0; id = cursor.number()) {
    const part = new HeaderCursor(cursor.take(cursor.number()))
    if (id === EMPTY_STREAM) empty = part.bits(count)
    else if (id === ANTI) anti = part.bits(empty.filter(Boolean).length)
    else if (id === NAMES) names = readNames(part, count)
    else if (id === ATTRIBUTES) attributes = readAttributes(part, count)
    else if (id === EMPTY_FILE) part.bits(empty.filter(Boolean).length)
  }
  const places = placesOf(streams)
  let stream = 0
  let hollow = 0
  return Array.from({ length: count }, (_, i) => {
    const place = empty[i] === true ? undefined : places[stream++]
    const isAnti = empty[i] === true && anti[hollow++] === true
    const { folder, offset, sizeBytes } = place ?? { folder: undefined, offset: 0, sizeBytes: 0 }
    return { name: names[i] ?? `(${i})`, sizeBytes, folder, offset, attributes: attributes[i] ?? 0, isAnti }
  })
}

function placesOf({ sizes }: Streams): { folder: number; offset: number; sizeBytes: number }[] {
  return sizes.flatMap((files, folder) => {
    let at = 0
    return files.map((sizeBytes) => {
      const offset = at
      at += sizeBytes
      return { folder, offset, sizeBytes }
    })
  })
}

/** UTF-16, each name ended by a zero. */
function readNames(part: HeaderCursor, count: number): string[] {
  if (part.byte() !== 0) throw new HeaderFault('the names stand elsewhere')
  const names = Buffer.from(part.take(part.left)).toString('utf16le').split('\0')
  if (names.length < count) throw new HeaderFault('there are fewer names than files')
  return names
}

function readAttributes(part: HeaderCursor, count: number): number[] {
  const defined = part.definedBits(count)
  if (part.byte() !== 0) return []
  return defined.map((isThere) => {
    if (!isThere) return 0
    const bytes = part.take(4)
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true)
  })
}
