import { getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { FileAssessment } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'

export interface WorkerLimits {
  readonly workerUrl: URL
  readonly timeoutMs: number
  readonly memoryMb: number
}

export interface WorkerFile {
  readonly name: string
  readonly path: string
  readonly bytes?: Uint8Array
  readonly sizeBytes: number
}

/** What a worker answers. */
type Answer =
  | { readonly ok: true; readonly files: readonly FileAssessment[] }
  | { readonly ok: false; readonly reason: string }

/** One thread, started when first needed and again after every kill. */
export class ScanWorker {
  readonly #limits: WorkerLimits
  #thread: Worker | undefined

  constructor(limits: WorkerLimits) {
    this.#limits = limits
  }

  /** The file's assessment; undecided with a reason when the thread hangs, dies or cannot read. @throws SallyportError `ABORTED` */
  async assess(file: WorkerFile, signal: AbortSignal | undefined): Promise<FileAssessment> {
    const { name, path, bytes } = file
    const answer = await this.#ask(bytes === undefined ? { name, path } : { name, bytes }, signal)
    const reason = answer.ok ? 'the worker answered nothing' : answer.reason
    return (answer.ok ? answer.files[0] : undefined) ?? undecided(file, 'unknown', reason)
  }

  /** What all files together tell, file by file; the first one is undecided when it cannot be told. @throws SallyportError `ABORTED` */
  async assessTogether(
    files: readonly WorkerFile[],
    signal: AbortSignal | undefined,
  ): Promise<readonly FileAssessment[]> {
    const answer = await this.#ask({ repository: files }, signal)
    if (answer.ok) return answer.files
    return files.slice(0, 1).map((file) => undecided(file, 'repository', answer.reason))
  }

  async close(): Promise<void> {
    const thread = this.#thread
    this.#thread = undefined
    await thread?.terminate()
  }

  #ask(job: object, signal: AbortSignal | undefined): Promise<Answer> {
    const thread = this.#start()
    return new Promise((resolve, reject) => {
      const finish = (act: () => void, mustKill: boolean): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
        thread.off('message', onMessage).off('error', onError).off('exit', onExit)
        thread.unref()
        if (!mustKill) {
          act()
          return
        }
        if (this.#thread === thread) this.#thread = undefined
        // A dying thread may still raise an error that nobody waits for.
        thread.on('error', () => undefined)
        thread.terminate().then(act, act)
      }
      const give = (answer: Answer, mustKill: boolean): void => finish(() => resolve(answer), mustKill)
      const onMessage = (answer: Answer): void => give(answer, false)
      const onError = (error: unknown): void =>
        give({ ok: false, reason: `the worker failed: ${messageOf(error)}` }, true)
      const onExit = (code: number): void =>
        give({ ok: false, reason: `the worker ended with code ${code}` }, true)
      const onAbort = (): void =>
        finish(
          () => reject(new SallyportError('ABORTED', 'the scan was aborted', { cause: signal?.reason })),
          true,
        )
      const reason = `it took longer than the limit of ${this.#limits.timeoutMs} ms; the worker was stopped`
      const timer = setTimeout(() => give({ ok: false, reason }, true), this.#limits.timeoutMs)
      thread.on('message', onMessage).on('error', onError).on('exit', onExit)
      signal?.addEventListener('abort', onAbort, { once: true })
      thread.ref()
      thread.postMessage(job)
    })
  }

  #start(): Worker {
    this.#thread ??= new Worker(this.#limits.workerUrl, {
      resourceLimits: {
        maxOldGenerationSizeMb: this.#limits.memoryMb,
        maxYoungGenerationSizeMb: 32,
        stackSizeMb: 4,
      },
      env: compiledCode(),
    })
    return this.#thread
  }
}

/** A worker sees nothing of our environment but where compiled code is kept, when this process keeps it (node:module). */
function compiledCode(): Record<string, string> {
  const folder = getCompileCacheDir()
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) }
}

function undecided({ name: path, sizeBytes }: WorkerFile, format: string, reason: string): FileAssessment {
  const coverage = { path, format, sizeBytes, readBytes: 0, status: 'none', reason } as const
  return { path, sizeBytes, verdict: 'undecided', coverage: [coverage], findings: [] }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
