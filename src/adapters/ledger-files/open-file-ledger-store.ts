import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseCheckpoint, parseNote } from '../../ground/crypto/pure.ts'
import type { Digest } from '../../ground/domain/index.ts'
import { SallyportError, utf8, utf8Text } from '../../ground/lang/index.ts'
import type {
  LedgerEntry,
  LedgerStore,
  Publication,
  SealedEnvelope,
  StoreProblem,
} from '../../trust/ledger/index.ts'
import { EntryIndex, type EntryPlace, type ResumePoint } from './entry-index.ts'
import { type FileOps, nodeFileOps } from './file-ops.ts'
import { type FolderLock, lockFolder } from './folder-lock.ts'
import { Journal } from './journal.ts'
import { TreeFiles } from './tree-files.ts'

/** Entries and bytes of one `read`. */
const [MAX_READ_ENTRIES, MAX_READ_BYTES] = [1024, 8 * 1024 * 1024]

/** Where the log lies, and what else only tests set. */
export interface FileLedgerStoreOptions {
  /** Absolute; made when it is not there, its parent must be. */
  readonly folder: string
  readonly ops?: FileOps
  /** Bytes of one journal segment. */
  readonly segmentBytes?: number
  /** False keeps index and lock off the disk: for file operations that are played back in memory. */
  readonly isOnDisk?: boolean
}

/**
 * Opens the log in a folder, for one process at a time.
 * @throws SallyportError `LOG_LOCKED`, `LOG_CORRUPT` when something acknowledged is damaged, `STORE_FAILED`
 */
export async function openFileLedgerStore(options: FileLedgerStoreOptions): Promise<LedgerStore> {
  const { folder, ops = nodeFileOps, isOnDisk = true } = options
  let lock: FolderLock | undefined
  let index: EntryIndex | undefined
  let journal: Journal | undefined
  try {
    await ops.makeFolder(folder)
    await ops.syncFolder(dirname(folder), 'home folder')
    lock = isOnDisk ? lockFolder(folder) : undefined
    await ops.makeFolder(join(folder, 'journal'))
    await ops.syncFolder(folder, 'log folder')
    index = await openIndex(isOnDisk ? join(folder, 'index.db') : ':memory:')
    const sizes = options.segmentBytes === undefined ? {} : { segmentBytes: options.segmentBytes }
    journal = new Journal({ ops, folder: join(folder, 'journal'), ...sizes })
    const store = new FileLedgerStore({ tree: new TreeFiles(ops, folder), journal, index, lock })
    await store.recover()
    return store
  } catch (error) {
    await journal?.close()
    index?.close()
    lock?.release()
    throw asStoreFailure(error, `the log in ${folder} cannot be opened`)
  }
}

interface Parts {
  readonly tree: TreeFiles
  readonly journal: Journal
  readonly index: EntryIndex
  readonly lock: FolderLock | undefined
}

class FileLedgerStore implements LedgerStore {
  readonly #tree: TreeFiles
  readonly #journal: Journal
  readonly #index: EntryIndex
  readonly #lock: FolderLock | undefined
  /** Digests that no checkpoint covers yet, and the index of the first. */
  #fresh: Buffer[] = []
  #freshFrom = 0
  #frameEnds: ResumePoint[] = []
  #logId: string | undefined
  /** After a failed write or sync nobody knows what is on the disk: only reading it again, by opening it again, tells. */
  #failure: unknown

  constructor({ tree, journal, index, lock }: Parts) {
    this.#tree = tree
    this.#journal = journal
    this.#index = index
    this.#lock = lock
  }

  async recover(): Promise<void> {
    const published = await this.#publishedSize()
    this.#freshFrom = published
    this.#logId = await this.#journal.id()
    const resume = this.#index.resumeOf(this.#logId ?? '')
    const isUsable = resume !== undefined && resume.index <= published
    if (!isUsable) this.#index.clear()
    await this.#journal.recover(isUsable ? resume : undefined, (place) => this.#take(place))
    this.#index.cutAt(this.#journal.size)
    this.#index.flush()
    if (published > this.#journal.size)
      throw new SallyportError(
        'LOG_CORRUPT',
        `the checkpoint covers ${published} entries, but the journal holds ${this.#journal.size}`,
      )
    this.#index.keepResume(this.#logId ?? '', isUsable ? resume : { index: 0, segment: 0, offset: 512 })
  }

  #take(place: EntryPlace): void {
    this.#index.add(place)
    this.#index.flushIfMany()
    if (place.index >= this.#freshFrom) this.#fresh.push(rawDigest(place.digest))
  }

  async #publishedSize(): Promise<number> {
    const text = await this.checkpoint()
    if (text === undefined) return 0
    const note = parseNote(text)
    const checkpoint = note.ok ? parseCheckpoint(note.value.text) : note
    if (!checkpoint.ok) throw new SallyportError('LOG_CORRUPT', `the stored checkpoint: ${checkpoint.error}`)
    return checkpoint.value.size
  }

  size(): number {
    return this.#journal.size
  }

  async commit(batch: readonly SealedEnvelope[]): Promise<readonly number[]> {
    this.#requireSound()
    const fresh = new Map<Digest, SealedEnvelope>()
    const known = new Map<Digest, number>()
    for (const sealed of batch) {
      const index = this.#index.find(sealed.digest)
      if (index === undefined) fresh.set(sealed.digest, sealed)
      else known.set(sealed.digest, index)
    }
    if (fresh.size > 0)
      for (const place of await this.#append([...fresh.values()])) known.set(place.digest, place.index)
    return batch.map((sealed) => {
      const index = known.get(sealed.digest)
      if (index === undefined) throw new Error(`the commit lost ${sealed.digest}`)
      return index
    })
  }

  async #append(entries: readonly SealedEnvelope[]): Promise<readonly EntryPlace[]> {
    try {
      const places = await this.#journal.append(entries)
      this.#logId ??= await this.#journal.id()
      for (const place of places) this.#take(place)
      this.#frameEnds.push(this.#journal.resume)
      return places
    } catch (error) {
      this.#failure = error
      throw asStoreFailure(error, 'the journal cannot be written')
    }
  }

  async read(from: number, count: number): Promise<readonly LedgerEntry[]> {
    const entries: LedgerEntry[] = []
    let bytes = 0
    for (const place of this.#index.places(from, from + Math.min(count, MAX_READ_ENTRIES))) {
      bytes += place.length
      if (entries.length > 0 && bytes > MAX_READ_BYTES) break
      entries.push(await this.#journal.read(place))
    }
    return entries
  }

  async find(digest: Digest): Promise<number | undefined> {
    return this.#index.find(digest)
  }

  async digestsFrom(from: number): Promise<Uint8Array> {
    const skip = from - this.#freshFrom
    if (skip < 0) throw new Error(`digests from ${from} are beneath the checkpoint of ${this.#freshFrom}`)
    return Buffer.concat(this.#fresh.slice(skip))
  }

  async checkpoint(): Promise<string | undefined> {
    const bytes = await this.#tree.read('checkpoint')
    if (bytes === undefined) return undefined
    const text = utf8Text(bytes)
    if (text === undefined) throw new SallyportError('LOG_CORRUPT', 'the stored checkpoint is not UTF-8')
    return text
  }

  async publish(publication: Publication): Promise<void> {
    this.#requireSound()
    if ((await this.checkpoint()) !== publication.previous)
      throw new SallyportError('CONFLICT', 'the checkpoint is not the one this publication follows')
    try {
      await this.#tree.write(publication.files)
      await this.#tree.replaceCheckpoint(utf8(publication.checkpoint))
    } catch (error) {
      this.#failure = error
      throw asStoreFailure(error, 'the tree cannot be written')
    }
    this.#fresh.splice(0, publication.size - this.#freshFrom)
    this.#freshFrom = publication.size
    const covered = this.#frameEnds.findLastIndex((end) => end.index <= publication.size)
    const end = this.#frameEnds[covered]
    if (end !== undefined) this.#index.keepResume(this.#logId ?? '', end)
    this.#frameEnds.splice(0, covered + 1)
    await this.#tree.remove(publication.remove)
  }

  async file(path: string): Promise<Uint8Array | undefined> {
    return await this.#tree.read(path)
  }

  async *check(): AsyncIterable<StoreProblem> {
    const lost: StoreProblem[] = []
    const where = 'index.db'
    yield* this.#journal.check((place) => {
      const [indexed] = this.#index.places(place.index, place.index + 1)
      const isSame =
        indexed?.digest === place.digest && indexed.offset === place.offset && indexed.length === place.length
      if (!isSame)
        lost.push({
          where,
          what: `entry ${place.index} is not where the index says; delete ${where} to rebuild it`,
        })
    })
    yield* lost
  }

  async close(): Promise<void> {
    try {
      this.#index.close()
      await this.#journal.close()
    } finally {
      this.#lock?.release()
    }
  }

  #requireSound(): void {
    if (this.#failure !== undefined)
      throw new SallyportError(
        'STORE_FAILED',
        'an earlier write to the log failed; close and open it again',
        {
          cause: this.#failure,
        },
      )
  }
}

async function openIndex(path: string): Promise<EntryIndex> {
  try {
    return new EntryIndex(path)
  } catch {
    // A projection: what cannot be read is built again from the journal.
    for (const suffix of ['', '-wal', '-shm']) await rm(`${path}${suffix}`, { force: true })
    return new EntryIndex(path)
  }
}

function asStoreFailure(error: unknown, what: string): SallyportError {
  if (error instanceof SallyportError) return error
  return new SallyportError(
    'STORE_FAILED',
    `${what}: ${error instanceof Error ? error.message : String(error)}`,
    {
      cause: error,
    },
  )
}

function rawDigest(digest: Digest): Buffer {
  return Buffer.from(digest.slice('sha256:'.length), 'hex')
}
