import type { ByteSource } from '../../ground/lang/index.ts'
import { readPax } from './pax-records.ts'
import { readHeader, type TarHeader } from './tar-header.ts'
import type { TarEntry, TarKind, TarProblem, TarView } from './tar-view.ts'

const RECORD = 512
/** Entries. Layers of images have some tens of thousands. */
const MAX_ENTRIES = 200_000
/** Bytes of a long name or of PAX records. Names have at most 4096 bytes on any system we know. */
const MAX_META_BYTES = 1024 * 1024
/** Problems kept. */
const MAX_PROBLEMS = 200
/** Further records of a sparse map. */
const MAX_SPARSE_RECORDS = 10_000
/** Records skipped in search of a sound header: 8 MiB. */
const MAX_SKIPPED = 16_384
/** Bytes read at once, so that small members do not cost a read each. */
const CHUNK = 16 * 1024

const KINDS: Readonly<Record<string, TarKind>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'hard-link',
  '2': 'symlink',
  '3': 'device',
  '4': 'device',
  '5': 'folder',
  '6': 'pipe',
  S: 'sparse',
}

/**
 * Lists the entries of a tar: ustar, GNU and PAX. What stands behind the end mark is listed too, as hidden: only readers
 * told to go on see it. Data are not read.
 * @throws SallyportError what the source throws
 */
export async function readTar(source: ByteSource, signal?: AbortSignal): Promise<TarView> {
  const reader = new TarReader(source, signal)
  await reader.run()
  return {
    source,
    entries: reader.entries,
    problems: reader.problems,
    readBytes: reader.readBytes,
    endOffset: reader.endOffset,
  }
}

/** For an old writer a name that ends with a slash is a folder. */
function kindOf(header: TarHeader, name: string, isSparse: boolean): TarKind {
  const kind = KINDS[header.type] ?? 'unknown'
  if (kind === 'file' && name.endsWith('/') && header.type !== '0') return 'folder'
  return isSparse ? 'sparse' : kind
}

/** What long names and PAX records said for the next entry. */
interface Pending {
  longName?: string
  longLink?: string
  pax?: ReadonlyMap<string, string>
}

class TarReader {
  readonly #source: ByteSource
  readonly #signal: AbortSignal | undefined
  readonly entries: TarEntry[] = []
  readonly problems: TarProblem[] = []
  readBytes = 0
  endOffset = 0
  #chunk: Uint8Array = new Uint8Array(0)
  #chunkAt = 0
  #global: ReadonlyMap<string, string> = new Map()
  #pending: Pending = {}
  #hasEnded = false
  #skipped = 0

  constructor(source: ByteSource, signal: AbortSignal | undefined) {
    this.#source = source
    this.#signal = signal
  }

  async run(): Promise<void> {
    let at: number | undefined = 0
    while (at !== undefined && at < this.#source.size) at = await this.#step(at)
    if (at !== undefined && !this.#hasEnded) this.#cut(at, 'the archive ends without its end mark')
  }

  /** Takes the record at an offset; the offset of the next one. */
  async #step(at: number): Promise<number | undefined> {
    if (this.entries.length >= MAX_ENTRIES) {
      this.#say('too-many', at, `more than ${MAX_ENTRIES} entries`)
      return undefined
    }
    const record = await this.#read(at, RECORD)
    if (record.length < RECORD) {
      this.#cut(at, 'the archive ends inside a header')
      return undefined
    }
    if (record.every((byte) => byte === 0)) return this.#afterEnd(at)
    const header = readHeader(record)
    if (header === undefined) return this.#skipBroken(at) ? at + RECORD : undefined
    const next = await this.#take(header, at)
    if (next !== undefined) this.endOffset = Math.min(next, this.#source.size)
    return next
  }

  /** Skips zeros; the offset of a header behind them, if one stands there. */
  async #afterEnd(from: number): Promise<number | undefined> {
    this.#hasEnded = true
    let at = from
    for (;;) {
      const bytes = await this.#source.read(at, 64 * 1024, this.#signal)
      this.readBytes += bytes.length
      const found = bytes.findIndex((byte) => byte !== 0)
      if (bytes.length === 0) {
        this.endOffset = this.#source.size
        return undefined
      }
      if (found >= 0) {
        at += found
        break
      }
      at += bytes.length
    }
    // A header begins with a name, on a border of records.
    const start = at - (at % RECORD)
    this.endOffset = at
    const isHeader = at % RECORD === 0 && readHeader(await this.#read(start, RECORD)) !== undefined
    if (!isHeader) return undefined
    this.#say('disagreement', start, 'further entries stand behind the end mark')
    return start
  }

  /** GNU tar goes on from record to record until a header is sound again; Python's tarfile stops. */
  #skipBroken(at: number): boolean {
    if (this.#hasEnded) {
      this.endOffset = at
      return false
    }
    if (this.#skipped === 0)
      this.#say('checksum', at, 'the checksum of a header is wrong: some readers stop here and others go on')
    this.#skipped += 1
    return this.#skipped < MAX_SKIPPED
  }

  #cut(at: number, message: string): void {
    this.endOffset = Math.min(at, this.#source.size)
    this.#say('cut', at, message)
  }

  #say(kind: TarProblem['kind'], offset: number, message: string, member?: string): void {
    if (this.problems.length >= MAX_PROBLEMS) return
    this.problems.push(member === undefined ? { kind, offset, message } : { kind, offset, message, member })
  }

  async #read(at: number, length: number): Promise<Uint8Array> {
    const from = at - this.#chunkAt
    if (from < 0 || from + length > this.#chunk.length) {
      this.#chunk = await this.#source.read(at, Math.max(CHUNK, length), this.#signal)
      this.#chunkAt = at
      this.readBytes += this.#chunk.length
      return this.#chunk.subarray(0, length)
    }
    return this.#chunk.subarray(from, from + length)
  }

  /** Takes one header with its data; the offset of the next one. */
  async #take(header: TarHeader, at: number): Promise<number | undefined> {
    const data = at + RECORD
    if (Number.isNaN(header.sizeBytes)) {
      this.#say('disagreement', at, 'the size of a member is no number, and readers guess it', header.name)
      return undefined
    }
    const next = data + Math.ceil(header.sizeBytes / RECORD) * RECORD
    if (header.type === 'L' || header.type === 'K' || header.type === 'x' || header.type === 'g') {
      await this.#takeMeta(header, data)
      return next
    }
    return this.#takeEntry(header, at)
  }

  async #takeMeta({ type, sizeBytes, name }: TarHeader, data: number): Promise<void> {
    if (sizeBytes > MAX_META_BYTES)
      return this.#say(
        'disagreement',
        data,
        `a header of ${sizeBytes} bytes is larger than any reader takes`,
        name,
      )
    const bytes = await this.#source.read(data, sizeBytes, this.#signal)
    this.readBytes += bytes.length
    if (type === 'L' || type === 'K') {
      const end = bytes.indexOf(0)
      const text = Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('utf8')
      if (type === 'L') this.#pending.longName = text
      else this.#pending.longLink = text
      return
    }
    const { values, problem } = readPax(bytes)
    if (problem !== undefined) this.#say('disagreement', data, problem, name)
    if (type === 'g') this.#global = values
    else this.#pending.pax = values
  }

  /** The name that readers use, by PAX, by a long name of GNU, or by the header. */
  #nameOf(header: TarHeader, at: number, paxName: string | undefined, longName: string | undefined): string {
    const name = paxName ?? longName ?? header.name
    if (paxName !== undefined && longName !== undefined && paxName !== longName)
      this.#say('disagreement', at, `it has two long names, the other is ${JSON.stringify(longName)}`, name)
    return name
  }

  async #takeEntry(header: TarHeader, at: number): Promise<number | undefined> {
    const { longName, longLink, pax } = this.#pending
    this.#pending = {}
    const value = (key: string): string | undefined => pax?.get(key) ?? this.#global.get(key)
    const name = this.#nameOf(header, at, value('GNU.sparse.name') ?? value('path'), longName)
    const sizeBytes = this.#sizeOf(header, value('size'), { at, name })
    if (sizeBytes === undefined) return undefined
    const kind = kindOf(header, name, value('GNU.sparse.major') !== undefined)
    let dataOffset = at + RECORD
    if (header.isExtended && kind === 'sparse') dataOffset = await this.#skipSparse(dataOffset)
    // A link has no data, whatever its size says.
    const isEmpty = kind !== 'file' && kind !== 'sparse' && kind !== 'unknown'
    this.entries.push({
      name,
      kind,
      link: value('linkpath') ?? longLink ?? header.link,
      sizeBytes: isEmpty ? 0 : Math.min(sizeBytes, Math.max(0, this.#source.size - dataOffset)),
      dataOffset,
      headerOffset: at,
      plainName: header.name,
      isHidden: this.#hasEnded,
    })
    if (isEmpty) {
      const message = `it is a ${kind} with ${sizeBytes} bytes of data, which readers skip or take for headers`
      if (sizeBytes > 0) this.#say('disagreement', at, message, name)
      return dataOffset
    }
    const end = dataOffset + sizeBytes
    if (end > this.#source.size) {
      this.#cut(at, `a member of ${sizeBytes} bytes goes beyond the end`)
      return undefined
    }
    return dataOffset + Math.ceil(sizeBytes / RECORD) * RECORD
  }

  #sizeOf(
    header: TarHeader,
    pax: string | undefined,
    where: { readonly at: number; readonly name: string },
  ): number | undefined {
    if (pax === undefined) return header.sizeBytes
    if (!/^\d{1,15}$/.test(pax)) {
      this.#say('disagreement', where.at, 'its PAX size is no number', where.name)
      return undefined
    }
    // PAX takes over where the plain field is too small; else both should say the same.
    if (Number(pax) !== header.sizeBytes && header.sizeBytes !== 0 && Number(pax) < 8 ** 11)
      this.#say(
        'disagreement',
        where.at,
        `${header.sizeBytes} bytes in the header, ${pax} in PAX`,
        where.name,
      )
    return Number(pax)
  }

  async #skipSparse(from: number): Promise<number> {
    let at = from
    for (let i = 0; i < MAX_SPARSE_RECORDS; i++) {
      const record = await this.#read(at, RECORD)
      at += RECORD
      if (record[504] !== 1) break
    }
    return at
  }
}
