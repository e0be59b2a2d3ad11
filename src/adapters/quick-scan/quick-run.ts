import { statSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Assessment, FileAssessment } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { ScanJob, ScanPool } from '../../services/scan/index.ts'
import type { ScanRealm } from './scan-realm.ts'
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
/** Files and bytes of one batch: the clock of a call costs as much as a small file. */
const BATCH_FILES = 128
const BATCH_BYTES = 4 * QUICK_BYTES
/** Files between two looks at the clock. */
const PER_LOOK = 64
/** Milliseconds between two pauses in which progress is drawn and an abort is seen. */
const TURN_MS = 40

/** Milliseconds after which a run is a long one, for which V8 is to compile as well as it can. */
const LONG_MS = 400

/** Milliseconds on a clock that only goes forward; `performance` takes a millisecond to load. */
const now = (): number => process.uptime() * 1000

type JobFile = ScanJob['files'][number]

/** A file that was not known at once, by its place in the job. */
interface OpenedFile {
  readonly place: number
  readonly bytes: SyncBytes
  readonly close: () => void
}

/** What a quick scan works with. */
interface QuickMeans {
  readonly realm: ScanRealm
  readonly askWorkers: ScanPool['assess']
  /** Told, maybe often, when it takes longer than most. */
  readonly onLong: (() => void) | undefined
}

/** One job of a quick scan: what is soon done is done here, and workers are asked for the rest. */
export class QuickRun {
  readonly #job: ScanJob
  readonly #realm: ScanRealm
  readonly #askWorkers: ScanPool['assess']
  readonly #onLong: (() => void) | undefined
  /** What is said of each file of the job, in its order. */
  readonly #said: (FileAssessment | undefined)[]
  readonly #totalBytes: number
  #doneBytes = 0
  readonly #begun = now()
  readonly #slow: Promise<Assessment>[] = []
  /** Places of files that are for workers, until these are asked. */
  #left: number[] = []
  #opened: OpenedFile[] = []
  #openedBytes = 0

  constructor(job: ScanJob, { realm, askWorkers, onLong }: QuickMeans) {
    this.#job = job
    this.#realm = realm
    this.#askWorkers = askWorkers
    this.#onLong = onLong
    const { files, known, onProgress } = job
    this.#said = files.map(known === undefined ? () => undefined : ({ name }) => known.get(name))
    this.#totalBytes = onProgress === undefined ? 0 : files.reduce((sum, file) => sum + sizeOf(file), 0)
  }

  /** Looks at all files, and gives what is said of them in their order. @throws SallyportError `ABORTED` */
  async assessAll(): Promise<readonly FileAssessment[]> {
    await this.#assessQuickly()
    if (this.#slow.length > 0) this.#take(await Promise.all(this.#slow))
    return this.#said.flatMap((file) => file ?? [])
  }

  /** What only all files together tell. */
  together() {
    const files = new Map<string, { readonly file: JobFile; readonly sizeBytes: number }>()
    const listed = this.#job.files.map((file, i) => {
      const sizeBytes = this.#said[i]?.sizeBytes ?? sizeOf(file)
      files.set(file.name, { file, sizeBytes })
      return { name: file.name, sizeBytes }
    })
    return this.#realm.assessTogether(listed, (name) => {
      const known = files.get(name)
      if (known === undefined) throw new SallyportError('NOT_FOUND', 'a file that is not in the repository')
      const { bytes, path } = known.file
      return bytes === undefined ? syncFile(path, known.sizeBytes) : bytesInMemory(bytes)
    })
  }

  /** Asks workers for the files that are left to them; progress counts within the whole. */
  #handOver(): void {
    if (this.#left.length === 0) return
    const { known: _known, ...job } = this.#job
    const files = this.#left.flatMap((i) => job.files[i] ?? [])
    const byName = new Map(files.map((file) => [file.name, file]))
    this.#left = []
    const onProgress = ({ path }: { readonly path: string }): void => {
      this.#count(byName.get(path))
      this.#tell(path)
    }
    const asked = this.#askWorkers({ ...job, files, isPart: true, onProgress })
    asked.catch(() => undefined)
    this.#slow.push(asked)
  }

  #take(assessments: readonly Assessment[]): void {
    const found = new Map(assessments.flatMap(({ files }) => files.map((file) => [file.path, file] as const)))
    for (const [i, { name }] of this.#job.files.entries()) this.#said[i] ??= found.get(name)
  }

  async #assessQuickly(): Promise<void> {
    const { files } = this.#job
    const places = files.flatMap((file, i) =>
      this.#said[i] === undefined && !this.#isLarge(file, i) ? [i] : [],
    )
    // Workers begin with the large files while this thread looks at the small ones.
    this.#handOver()
    let turn = now()
    for (let at = 0; at < places.length; at++) {
      const place = places[at] ?? 0
      this.#look(place)
      if (this.#opened.length >= BATCH_FILES || this.#openedBytes >= BATCH_BYTES) this.#assessOpened()
      if (at % PER_LOOK !== 0) continue
      this.#tell(files[place]?.name ?? '')
      if (now() - turn < TURN_MS) continue
      await this.#pause()
      turn = now()
    }
    this.#assessOpened()
    this.#handOver()
    this.#tell(files.at(-1)?.name ?? '')
  }

  /** Lets progress be drawn and workers be asked. @throws SallyportError `ABORTED` */
  async #pause(): Promise<void> {
    if (now() - this.#begun > LONG_MS) this.#onLong?.()
    this.#handOver()
    await nextTurn()
    const { signal } = this.#job
    if (signal?.aborted === true)
      throw new SallyportError('ABORTED', 'the scan was aborted', { cause: signal.reason })
  }

  /** Whether a file is listed as large, which is noted. A single one is begun here. */
  #isLarge({ sizeBytes = 0 }: JobFile, place: number): boolean {
    const isLarge = sizeBytes > QUICK_BYTES && this.#job.files.length > 1
    if (isLarge) this.#left.push(place)
    return isLarge
  }

  /** Says of a file at once what can be said at once; otherwise it is opened, or left to workers when it is large. */
  #look(place: number): void {
    const file = this.#job.files[place]
    if (file === undefined) return
    const { name, path, bytes, sizeBytes } = file
    try {
      const isSmall = (bytes?.length ?? sizeBytes ?? 0) <= SMALL_BYTES
      const small = isSmall ? (bytes ?? readSmallFile(path, sizeBytes)) : undefined
      const found = small === undefined ? undefined : this.#realm.assessPlain(name, small)
      if (found !== undefined) this.#note(file, place, found)
      else if (bytes !== undefined) this.#keep(place, { bytes: bytesInMemory(bytes), close: nothing })
      // A copy: the next file is read into the same place. (`slice` of a Buffer would be none.)
      else if (small !== undefined)
        this.#keep(place, { bytes: bytesInMemory(new Uint8Array(small)), close: nothing })
      else this.#keep(place, openSyncFile(path))
    } catch {
      this.#left.push(place) // Information: a worker opens it once more and says what is wrong with it.
    }
  }

  #keep(place: number, opened: Omit<OpenedFile, 'place'>): void {
    const { size } = opened.bytes
    if (size > QUICK_BYTES && this.#job.files.length > 1) {
      opened.close()
      this.#left.push(place)
      return
    }
    if (size > SMALL_BYTES) this.#onLong?.()
    this.#opened.push({ place, ...opened })
    this.#openedBytes += size
  }

  /** Assesses what is opened, stopped by the clock; what was not done then is left to workers. */
  #assessOpened(): void {
    const opened = this.#opened
    if (opened.length === 0) return
    this.#opened = []
    this.#openedBytes = 0
    const { files } = this.#job
    const outcomes = this.#realm.assess(
      opened.map(({ place, bytes }) => ({ name: files[place]?.name ?? '', bytes })),
    )
    for (const [i, { place, close }] of opened.entries()) {
      close()
      const [outcome, file] = [outcomes[i], files[place]]
      const found = outcome?.state === 'done' ? outcome.files[0] : undefined
      if (found === undefined || file === undefined) this.#left.push(place)
      else this.#note(file, place, found)
    }
  }

  #note(file: JobFile, place: number, found: FileAssessment): void {
    this.#said[place] = found
    this.#job.onFile?.(found)
    this.#count(file)
  }

  #count(file: JobFile | undefined): void {
    this.#doneBytes += file?.bytes?.length ?? file?.sizeBytes ?? 0
  }

  #tell(path: string): void {
    this.#job.onProgress?.({ doneBytes: this.#doneBytes, totalBytes: this.#totalBytes, path })
  }
}

const nothing = (): void => undefined

function sizeOf({ path, bytes, sizeBytes }: JobFile): number {
  return bytes?.length ?? sizeBytes ?? statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
