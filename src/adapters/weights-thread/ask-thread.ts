import { Worker } from 'node:worker_threads'
import { type ErrorCode, SallyportError } from '../../ground/lang/index.ts'

/** MiB of JavaScript heap: the pickles of the largest checkpoints make some million values. Chunks of tensors are not in it. */
const MEMORY_MB = 1024

/** How a thread is asked. */
export interface ThreadOptions {
  /** The composition root of a thread: src/weights-worker.ts. */
  readonly workerUrl: URL
  /** Milliseconds; a thread that takes longer is killed. */
  readonly killAfterMs: number
  readonly signal?: AbortSignal | undefined
}

type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code?: ErrorCode; readonly reason: string }

/** What became of a job: its value, or why there is none. */
export type Outcome = { readonly value: unknown } | { readonly reason: string }

/**
 * One job in a thread of its own, which is ended when it has answered, hangs or dies.
 * @throws SallyportError `ABORTED`, and what the thread says in so many words (`BAD_INPUT`, `NOT_FOUND`, …)
 */
export function askThread(options: ThreadOptions, job: object): Promise<Outcome> {
  const { workerUrl, killAfterMs, signal } = options
  if (signal?.aborted === true) return Promise.reject(aborted(signal))
  // A worker sees nothing of our environment: it needs none.
  const worker = new Worker(workerUrl, { resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB }, env: {} })
  return new Promise<Outcome>((resolve, reject) => {
    const settle = (act: () => void): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      worker.removeAllListeners()
      // A dying thread may still raise an error that nobody waits for.
      worker.on('error', () => undefined)
      worker.terminate().then(act, act)
    }
    const onAbort = (): void => settle(() => reject(aborted(signal)))
    const timer = setTimeout(
      () => settle(() => resolve({ reason: `it took longer than ${killAfterMs} ms and was stopped` })),
      killAfterMs,
    )
    worker.on('message', (answer: Answer) =>
      settle(() => {
        if (answer.ok) resolve({ value: answer.value })
        else if (answer.code === undefined) resolve({ reason: answer.reason })
        else reject(new SallyportError(answer.code, answer.reason))
      }),
    )
    worker.on('error', (error: Error) =>
      settle(() => resolve({ reason: `reading it failed: ${error.message}` })),
    )
    worker.on('exit', () => settle(() => resolve({ reason: 'the thread that read it ended' })))
    signal?.addEventListener('abort', onAbort, { once: true })
    worker.postMessage(job)
  })
}

function aborted(signal: AbortSignal | undefined): SallyportError {
  return new SallyportError('ABORTED', 'the work was aborted', { cause: signal?.reason })
}
