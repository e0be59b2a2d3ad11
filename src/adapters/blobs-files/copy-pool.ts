import { Worker } from 'node:worker_threads'
import { SallyportError } from '../../ground/lang/index.ts'

type Answer =
  | { readonly id: number; readonly kind: 'progress'; readonly bytes: number }
  | { readonly id: number; readonly kind: 'done'; readonly sha256: string; readonly size: number }
  | { readonly id: number; readonly kind: 'failed'; readonly code: string; readonly message: string }

interface Job {
  readonly id: number
  readonly from: string
  readonly to: string | undefined
  readonly onBytes: ((bytes: number) => void) | undefined
  readonly resolve: (done: { sha256: string; size: number }) => void
  readonly reject: (error: Error) => void
}

/** Threads that copy and hash, so that the event loop stays free. Idle threads do not keep the process alive. */
export class CopyPool {
  readonly #url: URL
  readonly #limit: number
  readonly #idle: Worker[] = []
  readonly #waiting: Job[] = []
  readonly #running = new Map<Worker, Job>()
  #next = 0

  constructor(url: URL, limit: number) {
    this.#url = url
    this.#limit = limit
  }

  /** Copies one file, or only hashes it when `to` is undefined. @throws SallyportError `BAD_INPUT` when the source cannot be read, `STORE_FAILED` when the copy fails */
  copy(
    from: string,
    to: string | undefined,
    onBytes?: (bytes: number) => void,
  ): Promise<{ sha256: string; size: number }> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ id: this.#next++, from, to, onBytes, resolve, reject })
      this.#pump()
    })
  }

  /** Ends all threads; running copies fail. */
  async close(): Promise<void> {
    const workers = [...this.#idle, ...this.#running.keys()]
    this.#idle.length = 0
    await Promise.all(workers.map((worker) => worker.terminate()))
  }

  #pump(): void {
    while (this.#waiting.length > 0) {
      const worker = this.#idle.pop() ?? (this.#running.size < this.#limit ? this.#start() : undefined)
      const job = worker === undefined ? undefined : this.#waiting.shift()
      if (worker === undefined || job === undefined) return
      this.#running.set(worker, job)
      worker.ref()
      worker.postMessage({ id: job.id, from: job.from, to: job.to })
    }
  }

  #start(): Worker {
    const worker = new Worker(this.#url)
    worker.on('message', (answer: Answer) => this.#answered(worker, answer))
    worker.on('error', (error) => this.#died(worker, error))
    worker.on('exit', () => this.#died(worker, new Error('the copying thread ended')))
    return worker
  }

  #answered(worker: Worker, answer: Answer): void {
    const job = this.#running.get(worker)
    if (job === undefined) return
    if (answer.kind === 'progress') {
      job.onBytes?.(answer.bytes)
      return
    }
    this.#running.delete(worker)
    worker.unref()
    this.#idle.push(worker)
    if (answer.kind === 'done') job.resolve({ sha256: answer.sha256, size: answer.size })
    else job.reject(failure(job, answer.code, answer.message))
    this.#pump()
  }

  #died(worker: Worker, cause: Error): void {
    const job = this.#running.get(worker)
    this.#running.delete(worker)
    const at = this.#idle.indexOf(worker)
    if (at >= 0) this.#idle.splice(at, 1)
    job?.reject(new SallyportError('STORE_FAILED', `copying ${job.from} failed: ${cause.message}`, { cause }))
    this.#pump()
  }
}

const NO_SPACE = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS'])

function failure(job: Job, code: string, message: string): SallyportError {
  if (NO_SPACE.has(code)) return new SallyportError('STORE_FAILED', `cannot store ${job.from}: ${message}`)
  if (code === 'ELOOP')
    return new SallyportError('BAD_INPUT', `${job.from} is a symbolic link; links are not imported`)
  return new SallyportError('BAD_INPUT', `cannot import ${job.from}: ${message}`)
}
