import { hash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { hexOfDigest } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { LedgerEntry, SealedEnvelope, StoreProblem } from '../../trust/ledger/index.ts'
import type { EntryPlace, ResumePoint } from './entry-index.ts'
import type { FileOps, OpenFile } from './file-ops.ts'
import {
  decodeSegmentHeader,
  encodeFrame,
  encodeSegmentHeader,
  SECTOR_BYTES,
  type SegmentHeader,
} from './frame.ts'
import { type ScanEnd, scanSegment } from './segment-scan.ts'

/** Bytes. Long enough that a new file, with its three syncs, is rare; short enough to copy one by one. */
const SEGMENT_BYTES = 64 * 1024 * 1024
/** Bytes of zeros written ahead, so that a commit overwrites and the file system has no sizes to sync. */
const [MIN_AHEAD_BYTES, MAX_AHEAD_BYTES] = [256 * 1024, 8 * 1024 * 1024]

/** What a journal is made of. */
export interface JournalDeps {
  readonly ops: FileOps
  readonly folder: string
  /** 16 random bytes. */
  readonly nonce?: () => Uint8Array
  /** Bytes; for tests. */
  readonly segmentBytes?: number
}

interface Segment {
  readonly header: SegmentHeader
  readonly file: OpenFile
  /** Bytes: where the next frame begins. */
  end: number
  /** Bytes of the file. */
  allocated: number
}

/** The journal: envelopes in the order of their leaves, in segments that are only ever added to. They stay for good. */
export class Journal {
  readonly #deps: JournalDeps
  /** One open file a segment, so a terabyte of log needs 16,000; a file that is closed early could be in use. */
  readonly #open = new Map<number, Promise<Segment | undefined>>()
  #numbers: number[] = []
  #active: Segment | undefined
  #nextIndex = 0

  constructor(deps: JournalDeps) {
    this.#deps = deps
  }

  get size(): number {
    return this.#nextIndex
  }

  /** Where the next frame will stand. */
  get resume(): ResumePoint {
    return {
      index: this.#nextIndex,
      segment: this.#active?.header.number ?? 0,
      offset: this.#active?.end ?? SECTOR_BYTES,
    }
  }

  /** Id of the log: of its first segment. Undefined while there is none. */
  async id(): Promise<string | undefined> {
    const first = await this.#readHeader(0)
    return first === undefined ? undefined : Buffer.from(first.nonce).toString('hex')
  }

  /**
   * Reads from `from` on and gets ready to append. A last frame that a crash cut off is dropped: it was never
   * acknowledged. What is read is synced, because a process that died may have left it in the page cache alone.
   * @throws SallyportError `LOG_CORRUPT` when something acknowledged is damaged
   */
  async recover(from: ResumePoint | undefined, visit: (place: EntryPlace) => void): Promise<void> {
    await this.#listSegments()
    this.#nextIndex = from?.index ?? 0
    for (const number of this.#numbers) {
      if (number < (from?.segment ?? 0)) continue
      const isFirst = number === from?.segment
      const segment = await this.#openSegment(number)
      if (segment === undefined) {
        await this.#dropUnborn(number)
        break
      }
      if (!isFirst && segment.header.firstIndex !== this.#nextIndex)
        throw corrupt(
          this.#path(number),
          `begins with entry ${segment.header.firstIndex}, not ${this.#nextIndex}`,
        )
      const end = await this.#scan(segment, isFirst ? from : undefined, visit)
      const isLast = number === this.#numbers.at(-1)
      const problem = problemOf(end, isLast)
      if (problem !== undefined) throw corrupt(this.#path(number), problem)
      segment.end = end.offset
      this.#nextIndex = end.nextIndex
      this.#active = segment
    }
    await this.#settleTail()
  }

  async #settleTail(): Promise<void> {
    const active = this.#active
    if (active === undefined) return
    await active.file.truncate(active.end)
    active.allocated = active.end
    await active.file.sync('recovered tail')
    await this.#deps.ops.syncFolder(this.#deps.folder, 'recovered folder')
  }

  async #scan(
    segment: Segment,
    from: ResumePoint | undefined,
    visit: (place: EntryPlace) => void,
  ): Promise<ScanEnd> {
    const start = {
      offset: from?.offset ?? SECTOR_BYTES,
      nextIndex: from?.index ?? segment.header.firstIndex,
    }
    return await scanSegment(segment.file, segment.header, start, ({ offset, firstIndex, rows }) => {
      for (const [i, row] of rows.entries())
        visit({
          index: firstIndex + i,
          digest: row.digest,
          segment: segment.header.number,
          offset: offset + row.offset,
          length: row.length,
        })
    })
  }

  /** Appends one frame and resolves when it is on the disk. */
  async append(entries: readonly SealedEnvelope[]): Promise<EntryPlace[]> {
    const firstIndex = this.#nextIndex
    let segment = this.#active ?? (await this.#begin(0))
    let frame = encodeFrame(segment.header.nonce, firstIndex, entries)
    const limit = this.#deps.segmentBytes ?? SEGMENT_BYTES
    if (segment.end > SECTOR_BYTES && segment.end + frame.bytes.length > limit) {
      segment = await this.#begin(segment.header.number + 1)
      frame = encodeFrame(segment.header.nonce, firstIndex, entries)
    }
    const at = segment.end
    await this.#writeAhead(segment, at + frame.bytes.length, limit)
    await segment.file.write(frame.bytes, at)
    await segment.file.sync('journal frame')
    segment.end = at + frame.bytes.length
    this.#nextIndex += entries.length
    return frame.rows.map((row, i) => ({
      index: firstIndex + i,
      digest: row.digest,
      segment: segment.header.number,
      offset: at + row.offset,
      length: row.length,
    }))
  }

  async #writeAhead(segment: Segment, end: number, limit: number): Promise<void> {
    if (end <= segment.allocated) return
    const step = Math.min(MAX_AHEAD_BYTES, Math.max(MIN_AHEAD_BYTES, segment.allocated))
    const target = Math.max(end, Math.min(segment.allocated + step, limit))
    await segment.file.write(Buffer.alloc(target - segment.allocated), segment.allocated)
    segment.allocated = target
  }

  async #begin(number: number): Promise<Segment> {
    const nonce = this.#deps.nonce?.() ?? randomBytes(16)
    const header = { nonce, number, firstIndex: this.#nextIndex }
    const file = await this.#deps.ops.open(this.#path(number), 'create')
    await file.write(encodeSegmentHeader(header), 0)
    await file.sync('journal header')
    await this.#deps.ops.syncFolder(this.#deps.folder, 'journal folder')
    const segment = { header, file, end: SECTOR_BYTES, allocated: SECTOR_BYTES }
    this.#numbers.push(number)
    this.#open.set(number, Promise.resolve(segment))
    this.#active = segment
    return segment
  }

  /** @throws SallyportError `LOG_CORRUPT` when the envelope is not the one its digest names */
  async read(place: EntryPlace): Promise<LedgerEntry> {
    const segment = await this.#openSegment(place.segment)
    const envelope = await segment?.file.read(place.offset, place.length)
    if (envelope?.length !== place.length || hash('sha256', envelope) !== hexOfDigest(place.digest))
      throw corrupt(
        this.#path(place.segment),
        `entry ${place.index} at byte ${place.offset} is not what was acknowledged`,
      )
    return { index: place.index, digest: place.digest, envelope }
  }

  /** Reads the whole journal again and reports what is not as it was written. */
  async *check(visit: (place: EntryPlace) => void): AsyncIterable<StoreProblem> {
    let nextIndex = 0
    for (const number of this.#numbers) {
      const where = this.#path(number)
      const segment = await this.#openSegment(number)
      if (segment === undefined) {
        yield { where, what: 'the header of the segment is damaged' }
        continue
      }
      if (segment.header.firstIndex !== nextIndex)
        yield { where, what: `begins with entry ${segment.header.firstIndex}, not ${nextIndex}` }
      const end = await this.#scan(segment, undefined, visit)
      if (end.broken !== undefined || end.laterFrame !== undefined)
        yield { where, what: end.broken ?? `entries from ${end.nextIndex} on are blank` }
      nextIndex = end.nextIndex
    }
    if (nextIndex !== this.#nextIndex)
      yield {
        where: this.#deps.folder,
        what: `${nextIndex} entries can be read, ${this.#nextIndex} were acknowledged`,
      }
  }

  async close(): Promise<void> {
    for (const segment of this.#open.values()) await (await segment)?.file.close()
    this.#open.clear()
  }

  #path(number: number): string {
    return join(this.#deps.folder, `${String(number).padStart(8, '0')}.seg`)
  }

  async #listSegments(): Promise<void> {
    const names = await this.#deps.ops.list(this.#deps.folder)
    this.#numbers = names.filter((name) => /^\d{8}\.seg$/.test(name)).map((name) => Number.parseInt(name, 10))
    const gap = this.#numbers.findIndex((number, i) => number !== i)
    if (gap >= 0) throw corrupt(this.#path(gap), 'the segment is missing')
  }

  // A crash between making a segment and syncing its header leaves a file without one, and without frames.
  async #dropUnborn(number: number): Promise<void> {
    const bytes = await this.#deps.ops.readFile(this.#path(number))
    const isLast = number === this.#numbers.at(-1)
    if (!isLast || (bytes?.length ?? 0) > SECTOR_BYTES)
      throw corrupt(this.#path(number), 'the header of the segment is damaged')
    await this.#deps.ops.remove(this.#path(number))
    this.#open.delete(number)
    this.#numbers.pop()
  }

  async #readHeader(number: number): Promise<SegmentHeader | undefined> {
    if (!(await this.#deps.ops.list(this.#deps.folder)).includes(`${String(number).padStart(8, '0')}.seg`))
      return undefined
    return (await this.#openSegment(number))?.header
  }

  #openSegment(number: number): Promise<Segment | undefined> {
    const known = this.#open.get(number)
    if (known !== undefined) return known
    const opening = this.#openFile(number)
    this.#open.set(number, opening)
    return opening
  }

  async #openFile(number: number): Promise<Segment | undefined> {
    const file = await this.#deps.ops.open(this.#path(number), 'update')
    const header = decodeSegmentHeader(await file.read(0, SECTOR_BYTES))
    if (header === undefined || header.number !== number) {
      await file.close()
      return undefined
    }
    const size = await file.size()
    return { header, file, end: size, allocated: size }
  }
}

function problemOf(end: ScanEnd, isLast: boolean): string | undefined {
  if (end.laterFrame !== undefined)
    return `${end.broken ?? `entries from ${end.nextIndex} on are blank`}, though frames follow at byte ${end.laterFrame}`
  return isLast ? undefined : end.broken
}

function corrupt(path: string, what: string): SallyportError {
  return new SallyportError('LOG_CORRUPT', `${path}: ${what}`, { detail: { path } })
}
