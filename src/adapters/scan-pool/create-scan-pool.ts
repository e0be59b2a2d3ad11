import { stat } from 'node:fs/promises'
import type { Assessment, FileAssessment } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { ScanJob, ScanPool } from '../../services/scan/index.ts'
import { ScanWorker } from './scan-worker.ts'

/** Files that name others. */
const CONFIGURATION = /(?:^|\/)(?:[\w.-]*config|modules|model_index|[\w.-]+\.index)\.json$|(?:^|\/)MLmodel$/

export interface ScanPoolOptions {
  /** The composition root of a worker: src/worker.ts. */
  readonly workerUrl: URL
  /** The assessor's own: makes one assessment of the files' ones. */
  readonly joinFiles: (files: readonly FileAssessment[], startedAt: Date, finishedAt: Date) => Assessment
  readonly workers?: number
  /** Milliseconds for one file; then its worker is killed and the file is undecided. */
  readonly timeoutMs?: number
  /** MiB of JavaScript heap for one worker; beyond it the worker dies and the file is undecided. */
  readonly memoryMb?: number
}

/** Workers that assess files, one file each at a time; a worker that hangs or dies is replaced and its file is undecided. */
export function createScanPool(options: ScanPoolOptions): ScanPool {
  const limits = {
    workerUrl: options.workerUrl,
    timeoutMs: options.timeoutMs ?? 60_000,
    memoryMb: options.memoryMb ?? 512,
  }
  const idle: ScanWorker[] = []
  const all = new Set<ScanWorker>()
  const waiting: ((worker: ScanWorker) => void)[] = []
  const most = Math.max(1, options.workers ?? 2)
  const take = (): Promise<ScanWorker> | ScanWorker => {
    const free = idle.pop()
    if (free !== undefined) return free
    if (all.size >= most) return new Promise((resume) => waiting.push(resume))
    const worker = new ScanWorker(limits)
    all.add(worker)
    return worker
  }
  const giveBack = (worker: ScanWorker): void => {
    const next = waiting.shift()
    if (next === undefined) idle.push(worker)
    else next(worker)
  }
  /** A single file has no neighbours to be judged with; of a configuration it is told that they are missing. */
  const assessTogether = async (
    job: ScanJob,
    sizes: readonly number[],
  ): Promise<readonly FileAssessment[]> => {
    if (job.isPart === true || (job.files.length < 2 && !CONFIGURATION.test(job.files[0]?.name ?? '')))
      return []
    const worker = await take()
    const files = job.files.map((file, i) => ({ ...file, sizeBytes: sizes[i] ?? 0 }))
    return worker.assessTogether(files, job.signal).finally(() => giveBack(worker))
  }
  let isClosed = false
  return {
    async assess(job) {
      if (isClosed) throw new SallyportError('ABORTED', 'the scan pool is closed')
      const startedAt = new Date()
      const sizes = await Promise.all(job.files.map(sizeOf))
      const totalBytes = sizes.reduce((sum, size) => sum + size, 0)
      let doneBytes = 0
      const assessOne = async (index: number): Promise<FileAssessment> => {
        const file = job.files[index]
        if (file === undefined) throw new Error('a file is missing from its own list')
        const known = job.known?.get(file.name)
        if (known !== undefined) return known
        const worker = await take()
        try {
          if (job.signal?.aborted === true)
            throw new SallyportError('ABORTED', 'the scan was aborted', { cause: job.signal.reason })
          const found = await worker.assess({ ...file, sizeBytes: sizes[index] ?? 0 }, job.signal)
          job.onFile?.(found)
          return found
        } finally {
          giveBack(worker)
          doneBytes += sizes[index] ?? 0
          job.onProgress?.({ doneBytes, totalBytes, path: file.name })
        }
      }
      const files = await inParallel(job.files.length, most, assessOne)
      const together = await assessTogether(job, sizes)
      return options.joinFiles([...files, ...together], startedAt, new Date())
    },
    async close() {
      isClosed = true
      await Promise.all([...all].map((worker) => worker.close()))
    },
  }
}

async function sizeOf({ path, bytes, sizeBytes }: ScanJob['files'][number]): Promise<number> {
  return bytes?.length ?? sizeBytes ?? (await stat(path).catch(() => ({ size: 0 }))).size
}

/** Runs `count` tasks, at most `most` at once, and gives their results in order. */
async function inParallel<T>(count: number, most: number, task: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = new Array(count)
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < count) {
      const index = next++
      results[index] = await task(index)
    }
  }
  await Promise.all(Array.from({ length: Math.min(count, most) }, lane))
  return results
}
