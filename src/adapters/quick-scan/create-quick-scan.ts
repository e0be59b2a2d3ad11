import { statSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FileAssessment } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { ScanJob, ScanPool } from '../../services/scan/index.ts'
import { type JoinFiles, ScanRealm } from './scan-realm.ts'
import {
  bytesInMemory,
  openSyncFile,
  readSmallFile,
  SMALL_BYTES,
  type SyncBytes,
  syncFile,
} from './sync-file.ts'

/** Bytes. Larger files of a folder go to workers, which look at several at once. */
const QUICK_BYTES = 1024 * 1024
/** Milliseconds that one batch may take here before its rest goes to workers, with the full limit for each file. */
const QUICK_MS = 2000
/** Files and bytes of one batch: the clock of a call costs as much as a small file. */
const BATCH_FILES = 128
const BATCH_BYTES = 4 * QUICK_BYTES
/** Milliseconds between two pauses in which progress is drawn and an abort is seen. */
const TURN_MS = 40

export interface QuickScanOptions {
  /** The assessor as one script: dist/assess-now.cjs of the published package. */
  readonly scriptFile: string
  readonly codeCacheFolder?: string
  /** The workers, opened when the first file needs them; they join files as the script does. */
  readonly openPool: (joinFiles: JoinFiles) => ScanPool
}

/** Milliseconds on a clock that only goes forward; `performance` takes a millisecond to load. */
const now = (): number => process.uptime() * 1000

type JobFile = ScanJob['files'][number]

const NOTHING = { state: 'done', files: [] } as const

/**
 * Assesses in this very thread what is soon done, stopped by the clock, and leaves the rest to workers: starting a thread takes
 * longer than looking at most files. For a command line; a server must not be held up.
 */
export function createQuickScan(options: QuickScanOptions): ScanPool {
  const realm = new ScanRealm({ ...options, timeoutMs: QUICK_MS })
  let opened: ScanPool | undefined
  const pool = (): ScanPool => {
    opened ??= options.openPool(realm.joinFiles)
    return opened
  }
  return {
    async assess(job) {
      const startedAt = new Date()
      const run = new QuickRun(job, realm)
      const slow = run.slowFiles()
      // Workers begin with the large files while this thread looks at the small ones.
      const large = slow.length === 0 ? undefined : pool().assess(run.partOf(slow))
      large?.catch(() => undefined)
      const left = await run.assessQuickly()
      const rest = left.length === 0 ? undefined : await pool().assess(run.partOf(left))
      const files = run.inOrder([...((await large)?.files ?? []), ...(rest?.files ?? [])])
      const together = job.isPart === true ? NOTHING : run.together()
      // Too much for this thread: workers do all of it once more, with the full limit.
      if (together.state !== 'done') return pool().assess(job)
      return realm.joinFiles([...files, ...together.files], startedAt, new Date())
    },
    async close() {
      await opened?.close()
    },
  }
}

class QuickRun {
  readonly #job: ScanJob
  readonly #realm: ScanRealm
  readonly #sizes: ReadonlyMap<string, number>
  readonly #totalBytes: number
  readonly #done = new Map<string, FileAssessment>()
  #doneBytes = 0

  constructor(job: ScanJob, realm: ScanRealm) {
    this.#job = job
    this.#realm = realm
    this.#sizes = new Map(job.files.map((file) => [file.name, sizeOf(file)]))
    for (const [name, file] of job.known ?? []) this.#done.set(name, file)
    this.#totalBytes = [...this.#sizes.values()].reduce((sum, size) => sum + size, 0)
  }

  slowFiles(): readonly JobFile[] {
    const { files } = this.#job
    if (files.length === 1) return []
    return files.filter((file) => this.#sizeOf(file) > QUICK_BYTES && !this.#done.has(file.name))
  }

  /** Looks at the others, and gives those that turned out to need a worker. @throws SallyportError `ABORTED` */
  async assessQuickly(): Promise<readonly JobFile[]> {
    const slow = new Set(this.slowFiles())
    const left: JobFile[] = []
    let turn = now()
    const quick = this.#job.files.filter((file) => !slow.has(file) && !this.#done.has(file.name))
    for (const batch of this.#batchesOf(quick)) {
      left.push(...this.#assessBatch(batch))
      if (now() - turn < TURN_MS) continue
      await nextTurn()
      turn = now()
      if (this.#job.signal?.aborted === true)
        throw new SallyportError('ABORTED', 'the scan was aborted', { cause: this.#job.signal.reason })
    }
    return left
  }

  /** The same job with some of its files only; progress counts within the whole. */
  partOf(files: readonly JobFile[]): ScanJob {
    const { known: _known, ...job } = this.#job
    const onProgress = ({ path }: { readonly path: string }): void => {
      this.#count(path)
      this.#tell(path)
    }
    return { ...job, files, isPart: true, onProgress }
  }

  inOrder(others: readonly FileAssessment[]): readonly FileAssessment[] {
    for (const file of others) this.#done.set(file.path, file)
    return this.#job.files.flatMap(({ name }) => this.#done.get(name) ?? [])
  }

  together() {
    const byName = new Map(this.#job.files.map((file) => [file.name, file]))
    const listed = this.#job.files.map((file) => ({ name: file.name, sizeBytes: this.#sizeOf(file) }))
    return this.#realm.assessTogether(listed, (name) => this.#bytesOf(byName.get(name)))
  }

  *#batchesOf(files: readonly JobFile[]): Iterable<readonly JobFile[]> {
    let batch: JobFile[] = []
    let bytes = 0
    for (const file of files) {
      batch.push(file)
      bytes += this.#sizeOf(file)
      if (batch.length < BATCH_FILES && bytes < BATCH_BYTES) continue
      yield batch
      batch = []
      bytes = 0
    }
    if (batch.length > 0) yield batch
  }

  #assessBatch(batch: readonly JobFile[]): readonly JobFile[] {
    const left: JobFile[] = []
    const opened: OpenedFile[] = []
    for (const file of batch) {
      try {
        const found = this.#openOrAssess(file)
        if ('verdict' in found) this.#note(file, found)
        else opened.push(found)
      } catch {
        left.push(file) // Information: a worker opens it once more and says what is wrong with it.
      }
    }
    const tasks = opened.map(({ file, bytes }) => ({ name: file.name, bytes }))
    const outcomes = tasks.length === 0 ? [] : this.#realm.assess(tasks)
    for (const [i, { file, close }] of opened.entries()) {
      close()
      const outcome = outcomes[i]
      const found = outcome?.state === 'done' ? outcome.files[0] : undefined
      if (found === undefined) left.push(file)
      else this.#note(file, found)
    }
    this.#tell(batch.at(-1)?.name ?? '')
    return left
  }

  /** What is to say of a file where that is known at once; otherwise the file, opened. */
  #openOrAssess(file: JobFile): FileAssessment | OpenedFile {
    const sizeBytes = this.#sizeOf(file)
    const small = sizeBytes > SMALL_BYTES ? undefined : (file.bytes ?? readSmallFile(file.path, sizeBytes))
    if (small === undefined) return { file, ...open(file) }
    const found = this.#realm.assessPlain(file.name, small)
    // A copy: the next file is read into the same place. (`slice` of a Buffer would be none.)
    return (
      found ?? { file, bytes: bytesInMemory(file.bytes ?? new Uint8Array(small)), close: () => undefined }
    )
  }

  #note(file: JobFile, found: FileAssessment): void {
    this.#done.set(file.name, found)
    this.#job.onFile?.(found)
    this.#count(file.name)
  }

  #count(path: string): void {
    this.#doneBytes += this.#sizes.get(path) ?? 0
  }

  #tell(path: string): void {
    this.#job.onProgress?.({ doneBytes: this.#doneBytes, totalBytes: this.#totalBytes, path })
  }

  #sizeOf(file: JobFile): number {
    return this.#sizes.get(file.name) ?? 0
  }

  #bytesOf(file: JobFile | undefined): SyncBytes {
    if (file === undefined) throw new SallyportError('NOT_FOUND', 'a file that is not in the repository')
    return file.bytes === undefined ? syncFile(file.path, this.#sizeOf(file)) : bytesInMemory(file.bytes)
  }
}

interface OpenedFile {
  readonly file: JobFile
  readonly bytes: SyncBytes
  readonly close: () => void
}

function open(file: JobFile): { readonly bytes: SyncBytes; readonly close: () => void } {
  return file.bytes === undefined
    ? openSyncFile(file.path)
    : { bytes: bytesInMemory(file.bytes), close: () => undefined }
}

function sizeOf({ path, bytes, sizeBytes }: JobFile): number {
  return bytes?.length ?? sizeBytes ?? statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
