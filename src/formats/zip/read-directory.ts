import { type ByteSource, utf8Text } from '../../ground/lang/index.ts'
import type { ZipAnomaly, ZipHeader } from './zip-view.ts'

/** Members. Ten times the largest checkpoint seen; more is an attack on memory (CWE-770). */
const MAX_MEMBERS = 100_000
/** Bytes. A directory of {@link MAX_MEMBERS} with names of some length. */
const MAX_DIRECTORY_BYTES = 64 * 1024 * 1024
/** Bytes: an end record and the longest comment, and the ZIP64 records before it. */
const TAIL_BYTES = 22 + 65_535 + 76 + 20
const NO_SIZE = 0xffff_ffff

/** Reads of an archive, counted. */
export interface CountedSource {
  readonly size: number
  readonly read: (offset: number, length: number) => Promise<Uint8Array>
}

export interface CentralEntry extends ZipHeader {
  readonly localOffset: number
  readonly mode: number
}

export interface Directory {
  readonly entries: readonly CentralEntry[]
  readonly anomalies: ZipAnomaly[]
  /** First byte of the directory, and first byte after the last end record. */
  readonly start: number
  readonly end: number
  readonly isComplete: boolean
}

/** A little-endian view of bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** A number of 8 bytes; beyond 2^53 it is larger than any file and stays so. */
function number64(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true))
}

/** A name in a header. APPNOTE.TXT 6.3.10, 4.4.17. */
export function nameOf(bytes: Uint8Array): string {
  return utf8Text(bytes) ?? Buffer.from(bytes).toString('latin1')
}

interface End {
  readonly offset: number
  readonly end: number
  readonly entries: number
  readonly directoryBytes: number
  readonly directoryOffset: number
}

/** The central directory of an archive, by the last end record that fits, as most readers find it. */
export async function readDirectory(source: CountedSource): Promise<Directory | undefined> {
  const tailStart = Math.max(0, source.size - TAIL_BYTES)
  const tail = await source.read(tailStart, TAIL_BYTES)
  const ends = findEnds(tail, tailStart)
  const chosen = ends.findLast((end) => end.end === source.size) ?? ends.at(-1)
  if (chosen === undefined) return undefined
  const anomalies: ZipAnomaly[] = []
  const rivals = ends.filter(
    (end) => end !== chosen && end.directoryOffset + end.directoryBytes <= end.offset,
  )
  for (const rival of rivals)
    anomalies.push(
      odd('several-directories', rival.offset, `a second end record stands at offset ${rival.offset}`),
    )
  if (chosen.end < source.size) {
    const message = `${source.size - chosen.end} bytes follow the end record`
    anomalies.push(odd('trailer', chosen.end, message))
  }
  const end = await widen(source, tail, tailStart, chosen)
  return readEntries(source, end, anomalies)
}

function findEnds(tail: Uint8Array, tailStart: number): End[] {
  const ends: End[] = []
  const view = viewOf(tail)
  for (let at = 0; at + 22 <= tail.length; at++) {
    if (tail[at] !== 0x50 || view.getUint32(at, true) !== 0x0605_4b50) continue
    ends.push({
      offset: tailStart + at,
      end: tailStart + at + 22 + view.getUint16(at + 20, true),
      entries: view.getUint16(at + 10, true),
      directoryBytes: view.getUint32(at + 12, true),
      directoryOffset: view.getUint32(at + 16, true),
    })
  }
  return ends
}

/** Takes the ZIP64 end record where there is one (APPNOTE 4.3.14, 4.3.15). */
async function widen(source: CountedSource, tail: Uint8Array, tailStart: number, end: End): Promise<End> {
  const at = end.offset - tailStart - 20
  if (at < 0 || viewOf(tail).getUint32(at, true) !== 0x0706_4b50) return end
  const offset = number64(viewOf(tail), at + 8)
  const record = await source.read(offset, 56)
  const view = viewOf(record)
  if (record.length < 56 || view.getUint32(0, true) !== 0x0606_4b50) return end
  return {
    ...end,
    offset,
    entries: number64(view, 32),
    directoryBytes: number64(view, 40),
    directoryOffset: number64(view, 48),
  }
}

async function readEntries(source: CountedSource, end: End, anomalies: ZipAnomaly[]): Promise<Directory> {
  // Bytes before the archive shift it as a whole: Python's zipfile counts back from the end record, miniz does not.
  const shift = end.offset - end.directoryBytes - end.directoryOffset
  const start = end.directoryOffset + Math.max(0, shift)
  if (shift > 0) anomalies.push(odd('prefix', 0, `${shift} bytes stand before the archive or its end record`))
  const length = Math.min(end.directoryBytes, MAX_DIRECTORY_BYTES)
  const bytes = await source.read(start, length)
  const entries: CentralEntry[] = []
  let at = 0
  let problem: string | undefined
  while (at < bytes.length && problem === undefined) {
    const entry = readEntry(bytes, at, Math.max(0, shift))
    if (typeof entry === 'string') problem = entry
    else if (entries.length >= MAX_MEMBERS) problem = `more than ${MAX_MEMBERS} members`
    else {
      entries.push(entry)
      at += entry.recordBytes
    }
  }
  problem ??= problemOfCount(entries.length, end, bytes.length)
  if (problem !== undefined) anomalies.push(odd('directory-broken', start + at, problem))
  return { entries, anomalies, start, end: end.end, isComplete: problem === undefined }
}

function problemOfCount(found: number, end: End, readBytes: number): string | undefined {
  if (readBytes < end.directoryBytes)
    return `the directory has ${end.directoryBytes} bytes, ${readBytes} can be read`
  if (found !== end.entries)
    return `the end record counts ${end.entries} members, the directory holds ${found}`
  return undefined
}

function readEntry(
  bytes: Uint8Array,
  at: number,
  shift: number,
): (CentralEntry & { recordBytes: number }) | string {
  const view = viewOf(bytes)
  if (at + 46 > bytes.length) return 'the central directory is cut off'
  if (view.getUint32(at, true) !== 0x0201_4b50) return 'a central entry has the wrong signature'
  const nameBytes = view.getUint16(at + 28, true)
  const extraBytes = view.getUint16(at + 30, true)
  const recordBytes = 46 + nameBytes + extraBytes + view.getUint16(at + 32, true)
  if (at + recordBytes > bytes.length) return 'a central entry goes beyond the directory'
  const name = bytes.subarray(at + 46, at + 46 + nameBytes)
  const extra = bytes.subarray(at + 46 + nameBytes, at + 46 + nameBytes + extraBytes)
  const small = {
    sizeBytes: view.getUint32(at + 24, true),
    compressedBytes: view.getUint32(at + 20, true),
    localOffset: view.getUint32(at + 42, true),
  }
  const wide = widenSizes(extra, small)
  return {
    name: nameOf(name),
    flags: view.getUint16(at + 8, true),
    method: view.getUint16(at + 10, true),
    crc32: view.getUint32(at + 16, true),
    ...wide,
    localOffset: wide.localOffset + shift,
    mode: view.getUint16(at + 40, true),
    recordBytes,
  }
}

interface Sizes {
  readonly sizeBytes: number
  readonly compressedBytes: number
  readonly localOffset: number
}

/** Sizes from the ZIP64 extra field, in order, for those that are all ones (APPNOTE 4.5.3). */
export function widenSizes(extra: Uint8Array, small: Sizes): Sizes {
  const view = viewOf(extra)
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = view.getUint16(at + 2, true)
    if (view.getUint16(at, true) === 1)
      return takeWide(view, at + 4, Math.min(extra.length, at + 4 + length), small)
    at += 4 + length
  }
  return small
}

function takeWide(view: DataView, from: number, to: number, small: Sizes): Sizes {
  let at = from
  const take = (value: number): number => {
    if (value !== NO_SIZE || at + 8 > to) return value
    at += 8
    return number64(view, at - 8)
  }
  const sizeBytes = take(small.sizeBytes)
  const compressedBytes = take(small.compressedBytes)
  return { sizeBytes, compressedBytes, localOffset: take(small.localOffset) }
}

/** One anomaly. */
export function odd(kind: ZipAnomaly['kind'], offset: number, message: string, member?: string): ZipAnomaly {
  return member === undefined ? { kind, offset, message } : { kind, offset, message, member }
}

/** A source whose reads are counted. */
export function countReads(
  source: ByteSource,
  signal: AbortSignal | undefined,
): CountedSource & { readBytes: number } {
  return {
    size: source.size,
    readBytes: 0,
    async read(offset, length) {
      const bytes = await source.read(offset, length, signal)
      this.readBytes += bytes.length
      return bytes
    },
  }
}
