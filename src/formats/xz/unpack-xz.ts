import { type ByteSource, ForwardReader, type Unpacking } from '../../ground/lang/index.ts'
import { unpackLzma2 } from './unpack-lzma.ts'

const MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]
/** Bytes of a check by its id. xz-file-format.txt 2.1.1.2. */
const CHECK_BYTES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64]
const LZMA2 = 0x21
/** Blocks of one file; xz -T makes one for some megabytes. */
const MAX_BLOCKS = 1_000_000

/** Whether bytes begin as an .xz file. */
export function looksLikeXz(head: Uint8Array): boolean {
  return head.length >= 12 && MAGIC.every((byte, i) => head[i] === byte)
}

/**
 * Unpacks .xz with all its streams and blocks (xz-file-format.txt 1.2). Only LZMA2 is understood; checks are passed over.
 * @throws SallyportError what the source throws
 */
export async function* unpackXz(source: ByteSource, signal?: AbortSignal): Unpacking {
  let at = 0
  for (let streams = 0; ; streams++) {
    const head = await source.read(at, 12, signal)
    if (!looksLikeXz(head))
      return { endOffset: at, ...(streams === 0 ? { problem: 'it is no .xz stream' } : {}) }
    const end = yield* unpackStream(source, { start: at + 12, check: (head[7] ?? 0) & 15 }, signal)
    if (end.problem !== undefined) return { ...end, endOffset: Math.min(end.endOffset, source.size) }
    at = await skipPadding(source, end.endOffset, signal)
  }
}

async function skipPadding(source: ByteSource, from: number, signal?: AbortSignal): Promise<number> {
  let at = from
  for (;;) {
    const bytes = await source.read(at, 4096, signal)
    const found = bytes.findIndex((byte) => byte !== 0)
    if (found >= 0) return at + (found & ~3)
    if (bytes.length === 0) return at
    at += bytes.length
  }
}

interface Stream {
  readonly start: number
  readonly check: number
}

async function* unpackStream(source: ByteSource, stream: Stream, signal?: AbortSignal): Unpacking {
  const checkBytes = CHECK_BYTES[stream.check] ?? 0
  let at = stream.start
  for (let blocks = 0; blocks < MAX_BLOCKS; blocks++) {
    const [size] = await source.read(at, 1, signal)
    if (size === undefined) return { endOffset: at, problem: 'the .xz stream ends without its index' }
    if (size === 0) return readIndex(source, at, signal)
    const headerBytes = (size + 1) * 4
    const header = await source.read(at, headerBytes, signal)
    const dictionary = dictionaryOf(header)
    if (typeof dictionary === 'string') return { endOffset: at, problem: dictionary }
    const data = at + headerBytes
    const end = yield* unpackLzma2(source, { start: data, dictionaryBytes: dictionary, signal })
    if (end.problem !== undefined) return end
    at = end.endOffset + ((4 - ((end.endOffset - data) & 3)) & 3) + checkBytes
  }
  return { endOffset: at, problem: `more than ${MAX_BLOCKS} blocks` }
}

/** Bytes of the dictionary, or why the header of a block is not understood. */
function dictionaryOf(header: Uint8Array): number | string {
  const flags = header[1] ?? 0
  const cursor = { bytes: header, at: 2 }
  if (flags & 0x40) readNumber(cursor)
  if (flags & 0x80) readNumber(cursor)
  if ((flags & 3) !== 0) return 'a block uses filters besides LZMA2'
  const filter = readNumber(cursor)
  const propertyBytes = readNumber(cursor)
  const property = header[cursor.at] ?? 255
  if (filter !== LZMA2 || propertyBytes !== 1 || property > 40) return 'a block is not LZMA2'
  return dictionaryBytes(property)
}

/** Bytes of a dictionary by the one byte of LZMA2's properties. xz-file-format.txt 5.3.1. */
export function dictionaryBytes(property: number): number {
  return property === 40 ? 0xffff_ffff : (2 | (property & 1)) * 2 ** ((property >> 1) + 11)
}

function readNumber(cursor: { bytes: Uint8Array; at: number }): number {
  let value = 0
  for (let i = 0; i < 9; i++) {
    const byte = cursor.bytes[cursor.at++] ?? 0
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) break
  }
  return value
}

/** Goes over the index and the footer, which say nothing that decides. */
async function readIndex(source: ByteSource, start: number, signal?: AbortSignal) {
  const reader = new ForwardReader(source, start + 1, signal)
  const number = async (): Promise<number> => {
    await reader.fill(9)
    const cursor = { bytes: reader.bytes, at: reader.at }
    const value = readNumber(cursor)
    reader.at = cursor.at
    return value
  }
  const records = await number()
  for (let i = 0; i < 2 * Math.min(records, MAX_BLOCKS) && reader.left > 0; i++) await number()
  const end = reader.offset
  const footer = end + ((4 - ((end - start) & 3)) & 3) + 4
  const magic = await source.read(footer + 10, 2, signal)
  if (magic[0] !== 0x59 || magic[1] !== 0x5a)
    return { endOffset: Math.min(footer, source.size), problem: 'the .xz stream has no footer' }
  return { endOffset: footer + 12 }
}
