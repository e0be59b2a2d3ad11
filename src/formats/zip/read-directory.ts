import type { ByteSource } from '../../ground/lang/index.ts'
import { type CentralEntry, number64, readEntry, viewOf } from './read-entry.ts'
import type { ZipAnomaly } from './zip-view.ts'

/** Members. Ten times the largest checkpoint seen; more is an attack on memory (CWE-770). */
const MAX_MEMBERS = 100_000
/** Bytes. A directory of {@link MAX_MEMBERS} with names of some length. */
const MAX_DIRECTORY_BYTES = 64 * 1024 * 1024
/** Bytes: an end record and the longest comment, and the ZIP64 records before it. */
const TAIL_BYTES = 22 + 65_535 + 76 + 20
const NO_SIZE = 0xffff_ffff
const END_MAGIC = Buffer.from('PK\x05\x06', 'latin1')
/** End records that are followed; an archive has one. */
const MAX_ENDS = 8

/** Reads of an archive, counted. */
export interface CountedSource {
  readonly size: number
  readonly read: (offset: number, length: number) => Promise<Uint8Array>
}

export interface Directory {
  readonly entries: readonly CentralEntry[]
  readonly anomalies: ZipAnomaly[]
  /** First byte of the directory, and first byte after the last end record. */
  readonly start: number
  readonly end: number
  readonly endRecord: number
  /** Offsets count from somewhere inside the file. */
  readonly isShifted: boolean
  readonly isComplete: boolean
}

interface End {
  readonly offset: number
  /** First byte after the record and its comment. */
  readonly end: number
  readonly entries: number
  readonly directoryBytes: number
  readonly directoryOffset: number
}

/**
 * The central directories of an archive: first the one that miniz (PyTorch) and Python's zipfile take, by the last end
 * record; then those of other end records that fit, which other readers may take. Undefined without any end record.
 */
export async function readDirectories(source: CountedSource): Promise<readonly Directory[] | undefined> {
  const tailStart = Math.max(0, source.size - TAIL_BYTES)
  const tail = await source.read(tailStart, TAIL_BYTES)
  const ends = findEnds(tail, tailStart).slice(-MAX_ENDS)
  if (ends.length === 0) return undefined
  const directories: Directory[] = []
  for (const end of ends.reverse()) {
    const anomalies: ZipAnomaly[] = []
    const wide = await widen(source, { tail, tailStart, end }, anomalies)
    for (const candidate of wide)
      for (const shift of await shiftsOf(source, candidate))
        directories.push(await readEntries(source, candidate, { shift, anomalies: [...anomalies] }))
  }
  const chosen = directories.find((one) => one.isComplete && one.entries.length > 0) ?? directories[0]
  if (chosen === undefined) return undefined
  if (chosen.end !== source.size) {
    const message =
      chosen.end < source.size
        ? `${source.size - chosen.end} bytes follow the end record`
        : 'the comment of the end record goes beyond the file'
    chosen.anomalies.push(odd('trailer', Math.min(chosen.end, source.size), message))
  }
  const rivals = directories.filter(
    (one) => one !== chosen && one.entries.length > 0 && one.start !== chosen.start,
  )
  return [chosen, ...rivals]
}

/** Whether an end record may stand in bytes. Where none does, no reader finds an archive. */
export function mayHoldZip(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(END_MAGIC)
}

function findEnds(tail: Uint8Array, tailStart: number): End[] {
  const ends: End[] = []
  const view = viewOf(tail)
  const bytes = Buffer.from(tail.buffer, tail.byteOffset, tail.length)
  for (
    let at = bytes.indexOf(END_MAGIC);
    at >= 0 && at + 22 <= tail.length;
    at = bytes.indexOf(END_MAGIC, at + 4)
  )
    ends.push({
      offset: tailStart + at,
      end: tailStart + at + 22 + view.getUint16(at + 20, true),
      entries: view.getUint16(at + 10, true),
      directoryBytes: view.getUint32(at + 12, true),
      directoryOffset: view.getUint32(at + 16, true),
    })
  return ends
}

interface Found {
  readonly tail: Uint8Array
  readonly tailStart: number
  readonly end: End
}

/**
 * Takes the ZIP64 end record where there is one (APPNOTE 4.3.14, 4.3.15). miniz follows the locator, Python's zipfile
 * takes the record right before it: when the two differ, both are given.
 */
async function widen(source: CountedSource, found: Found, anomalies: ZipAnomaly[]): Promise<End[]> {
  const { tail, tailStart, end } = found
  const at = end.offset - tailStart - 20
  if (at < 0 || viewOf(tail).getUint32(at, true) !== 0x0706_4b50) return [end]
  const located = await readWide(source, end, number64(viewOf(tail), at + 8))
  const before = await readWide(source, end, end.offset - 76)
  const both = [located, before].filter((one) => one !== undefined)
  const [first, second] = both
  if (first === undefined) {
    anomalies.push(odd('directory-broken', end.offset, 'the ZIP64 locator points at no ZIP64 end record'))
    return [end]
  }
  if (disagrees(end, first))
    anomalies.push(
      odd('several-directories', end.offset, 'the end record and its ZIP64 record say different things'),
    )
  if (second === undefined || !differ(first, second)) return [first]
  anomalies.push(odd('several-directories', second.offset, 'two ZIP64 end records say different things'))
  return both
}

async function readWide(source: CountedSource, end: End, offset: number): Promise<End | undefined> {
  if (offset < 0 || offset + 56 > source.size) return undefined
  const record = await source.read(offset, 56)
  const view = viewOf(record)
  if (record.length < 56 || view.getUint32(0, true) !== 0x0606_4b50) return undefined
  return {
    ...end,
    offset,
    entries: number64(view, 32),
    directoryBytes: number64(view, 40),
    directoryOffset: number64(view, 48),
  }
}

/** Small fields that are all ones give way to the wide ones; others must say the same. */
function disagrees(small: End, wide: End): boolean {
  return (
    (small.entries !== 0xffff && small.entries !== wide.entries % 65_536) ||
    (small.directoryBytes !== NO_SIZE && small.directoryBytes !== wide.directoryBytes) ||
    (small.directoryOffset !== NO_SIZE && small.directoryOffset !== wide.directoryOffset)
  )
}

function differ(one: End, other: End): boolean {
  return (
    one.entries !== other.entries ||
    one.directoryBytes !== other.directoryBytes ||
    one.directoryOffset !== other.directoryOffset
  )
}

/**
 * Bytes before the archive shift it as a whole: Python's zipfile counts back from the end record, miniz does not. Where
 * both find a directory, both are looked at.
 */
async function shiftsOf(source: CountedSource, end: End): Promise<number[]> {
  const shift = end.offset - end.directoryBytes - end.directoryOffset
  if (shift <= 0) return [0]
  const bytes = await source.read(end.directoryOffset, 4)
  const isThere = bytes.length === 4 && viewOf(bytes).getUint32(0, true) === 0x0201_4b50
  return isThere ? [shift, 0] : [shift]
}

interface Placed {
  readonly shift: number
  readonly anomalies: ZipAnomaly[]
}

async function readEntries(
  source: CountedSource,
  end: End,
  { shift, anomalies }: Placed,
): Promise<Directory> {
  const start = end.directoryOffset + shift
  if (shift > 0) anomalies.push(odd('prefix', 0, `${shift} bytes stand before the archive or its end record`))
  const length = Math.min(end.directoryBytes, MAX_DIRECTORY_BYTES)
  const bytes = await source.read(start, length)
  const entries: CentralEntry[] = []
  let at = 0
  let problem: string | undefined
  while (at < bytes.length && problem === undefined) {
    const entry = readEntry(bytes, at, shift)
    if (typeof entry === 'string') problem = entry
    else if (entries.length >= MAX_MEMBERS) problem = `more than ${MAX_MEMBERS} members`
    else {
      entries.push(entry)
      at += entry.recordBytes
    }
  }
  problem ??= problemOfCount(entries.length, end, bytes.length)
  if (problem !== undefined) anomalies.push(odd('directory-broken', start + at, problem))
  const isComplete = problem === undefined
  return {
    entries,
    anomalies,
    start,
    endRecord: end.offset,
    isShifted: shift > 0,
    end: end.end,
    isComplete,
  }
}

function problemOfCount(found: number, end: End, readBytes: number): string | undefined {
  if (readBytes < end.directoryBytes)
    return `the directory has ${end.directoryBytes} bytes, ${readBytes} can be read`
  if (found !== end.entries)
    return `the end record counts ${end.entries} members, the directory holds ${found}`
  return undefined
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
