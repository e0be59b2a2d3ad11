import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Digest } from '../../ground/domain/index.ts'

/** Where an entry lies in the journal. Offsets and lengths in bytes. */
export interface EntryPlace {
  readonly index: number
  readonly digest: Digest
  readonly segment: number
  readonly offset: number
  readonly length: number
}

/** A place in the journal from which reading can go on: a frame begins there, with this entry. */
export interface ResumePoint {
  readonly index: number
  readonly segment: number
  readonly offset: number
}

/** Entries kept in memory before they go into the table in one transaction. */
const FLUSH_AT = 4096
const SCHEMA = `
  create table if not exists entry (idx integer primary key, digest blob not null, segment integer not null,
    offset integer not null, length integer not null);
  create unique index if not exists entry_digest on entry (digest);
  create table if not exists resume (one integer primary key check (one = 1), log text not null, idx integer not null,
    segment integer not null, offset integer not null);`

/**
 * Digest → index → place, on disk so that memory does not grow with the log. A projection: deleted or damaged, it is
 * built again from the journal; what is read by it is checked against the journal's own digests.
 */
export class EntryIndex {
  readonly #db: DatabaseSync
  readonly #insert: StatementSync
  readonly #byDigest: StatementSync
  readonly #byIndex: StatementSync
  #fresh: EntryPlace[] = []
  #freshDigests = new Map<Digest, number>()

  /** @param path a file, or `:memory:` */
  constructor(path: string) {
    this.#db = new DatabaseSync(path)
    this.#db.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma wal_autocheckpoint = 8192')
    this.#db.exec(SCHEMA)
    this.#insert = this.#db.prepare('insert or replace into entry values (?, ?, ?, ?, ?)')
    this.#byDigest = this.#db.prepare('select idx from entry where digest = ?')
    this.#byIndex = this.#db.prepare('select * from entry where idx >= ? and idx < ? order by idx')
  }

  /** Where the journal of the log with this id was read up to, or undefined for a new or foreign table, which is emptied. */
  resumeOf(log: string): ResumePoint | undefined {
    const row = this.#db.prepare('select * from resume where one = 1').get()
    if (row?.log === log)
      return { index: Number(row.idx), segment: Number(row.segment), offset: Number(row.offset) }
    this.clear()
    return undefined
  }

  clear(): void {
    this.#db.exec('delete from entry; delete from resume')
  }

  add(place: EntryPlace): void {
    this.#fresh.push(place)
    this.#freshDigests.set(place.digest, place.index)
  }

  /** Puts what gathered in memory into the table, when it is much. */
  flushIfMany(): void {
    if (this.#fresh.length >= FLUSH_AT) this.flush()
  }

  flush(): void {
    if (this.#fresh.length === 0) return
    this.#db.exec('begin')
    for (const { index, digest, segment, offset, length } of this.#fresh)
      this.#insert.run(index, rawDigest(digest), segment, offset, length)
    this.#db.exec('commit')
    this.#fresh = []
    this.#freshDigests = new Map()
  }

  /** Remembers that everything before `point` is in the table and beneath a checkpoint. */
  keepResume(log: string, point: ResumePoint): void {
    this.flush()
    const sql = 'insert or replace into resume values (1, ?, ?, ?, ?)'
    this.#db.prepare(sql).run(log, point.index, point.segment, point.offset)
  }

  /** Forgets entries from `index` on: they are not in the journal. */
  cutAt(index: number): void {
    this.#db.prepare('delete from entry where idx >= ?').run(index)
  }

  count(): number {
    return Number(this.#db.prepare('select count(*) as n from entry').get()?.n ?? 0) + this.#fresh.length
  }

  find(digest: Digest): number | undefined {
    const fresh = this.#freshDigests.get(digest)
    if (fresh !== undefined) return fresh
    const row = this.#byDigest.get(rawDigest(digest))
    return row === undefined ? undefined : Number(row.idx)
  }

  /** Places of the entries `from` up to `to`, in order. */
  places(from: number, to: number): EntryPlace[] {
    const stored = this.#byIndex.all(from, to).map((row) => ({
      index: Number(row.idx),
      digest: digestOfBlob(row.digest),
      segment: Number(row.segment),
      offset: Number(row.offset),
      length: Number(row.length),
    }))
    const [first] = this.#fresh
    if (first === undefined || to <= first.index) return stored
    return [...stored, ...this.#fresh.slice(Math.max(0, from - first.index), to - first.index)]
  }

  close(): void {
    this.flush()
    this.#db.close()
  }
}

function rawDigest(digest: Digest): Buffer {
  return Buffer.from(digest.slice('sha256:'.length), 'hex')
}

function digestOfBlob(blob: unknown): Digest {
  if (!(blob instanceof Uint8Array)) throw new Error('the index of entries holds a digest that is no blob')
  return `sha256:${Buffer.from(blob).toString('hex')}` as Digest
}
