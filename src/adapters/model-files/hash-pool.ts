import { Worker } from 'node:worker_threads'
import { SallyportError } from '../../ground/lang/index.ts'
import type { HashJob } from '../../services/signing/index.ts'
import { hashMaker, hashSteps, type Run } from './hash-run.ts'

/** Bytes. Below this, starting a thread (some 75 ms of processor time) costs more than it saves. */
const WORTH_A_THREAD = 32 * 2 ** 20
/** Bytes and runs of one batch: small files travel together, for a message costs as much as hashing 64 KiB. */
const BATCH_BYTES = 32 * 2 ** 20
const BATCH_RUNS = 512
/** Milliseconds that this thread works before it lets others have their turn. */
const TURN_MS = 20

type Answer =
  | { readonly kind: 'bytes'; readonly bytes: number; readonly path: string }
  | {
      readonly kind: 'done'
      readonly digests: readonly string[]
      readonly bytes: number
      readonly path: string
    }
  | { readonly kind: 'failed'; readonly path: string; readonly code: string; readonly message: string }

/** How a hashing is to be done. */
export interface HashOptions {
  readonly algorithm: string
  readonly onBytes?: (doneBytes: number, name: string) => void
  readonly signal?: AbortSignal
}

interface Batch {
  readonly places: readonly number[]
  readonly runs: readonly Run[]
}

/** What the lanes of one hashing share. */
interface Work {
  readonly algorithm: string
  readonly batches: Batch[]
  readonly digests: string[]
  readonly note: (bytes: number, path: string) => void
  /** Told when one lane fails, so that the other takes no more. */
  readonly abort: AbortController
}

/**
 * Hex digests in the order of the jobs, by two threads: this one, which is warm and takes the largest first, and one that
 * is started for it. @param workerUrl the compiled thread
 * @throws SallyportError `BAD_INPUT` for a file that cannot be read or changes, `ABORTED`
 */
export async function hashJobs(
  workerUrl: URL,
  jobs: readonly HashJob[],
  options: HashOptions,
): Promise<readonly string[]> {
  const { algorithm, onBytes, signal } = options
  let done = 0
  const work: Work = {
    algorithm,
    batches: batchesOf(jobs),
    digests: new Array(jobs.length).fill(''),
    note: (bytes, path) => {
      done += bytes
      onBytes?.(done, path)
    },
    abort: new AbortController(),
  }
  const stop = () => work.abort.abort()
  if (signal?.aborted === true) stop()
  signal?.addEventListener('abort', stop, { once: true })
  const total = jobs.reduce((sum, { start, end }) => sum + end - start, 0)
  const isWorthIt = total >= WORTH_A_THREAD && work.batches.length > 1
  const worker = isWorthIt ? new Worker(workerUrl) : undefined
  try {
    await Promise.all([...(worker === undefined ? [] : [laneThere(worker, work)]), laneHere(work)])
  } finally {
    signal?.removeEventListener('abort', stop)
    await worker?.terminate()
  }
  return work.digests
}

/** Largest first, so that no thread is left with the largest at the end; small ones together. */
function batchesOf(jobs: readonly HashJob[]): Batch[] {
  const order = jobs.map((job, place) => ({ job, place, bytes: job.end - job.start }))
  order.sort((a, b) => b.bytes - a.bytes)
  const batches: Batch[] = []
  let runs: Run[] = []
  let places: number[] = []
  let bytes = 0
  for (const { job, place, bytes: more } of order) {
    runs.push({ ...job.entry.stamp, path: job.entry.path, start: job.start, end: job.end })
    places.push(place)
    bytes += more
    if (bytes < BATCH_BYTES && runs.length < BATCH_RUNS) continue
    batches.push({ runs, places })
    runs = []
    places = []
    bytes = 0
  }
  if (runs.length > 0) batches.push({ runs, places })
  return batches
}

async function laneHere(work: Work): Promise<void> {
  const make = await hashMaker(work.algorithm)
  let turn = performance.now()
  for (let batch = work.batches.shift(); batch !== undefined; batch = work.batches.shift())
    for (const [i, run] of batch.runs.entries()) {
      const steps = hashSteps(run, make())
      let step = nextOf(steps, run, work)
      for (; step.done !== true; step = nextOf(steps, run, work)) {
        work.note(step.value, run.path)
        if (performance.now() - turn < TURN_MS) continue
        await new Promise((resume) => setImmediate(resume))
        turn = performance.now()
      }
      work.digests[batch.places[i] ?? -1] = step.value
    }
}

function nextOf(steps: Generator<number, string>, run: Run, { abort }: Work): IteratorResult<number, string> {
  if (abort.signal.aborted) {
    steps.return('') // Closes the file.
    throw new SallyportError('ABORTED', 'hashing was aborted')
  }
  try {
    return steps.next()
  } catch (cause) {
    abort.abort()
    const { code, message } = cause as NodeJS.ErrnoException
    throw failure(run.path, code ?? '', message)
  }
}

/** Gives the other thread a batch after the other until none is left. */
function laneThere(worker: Worker, work: Work): Promise<void> {
  return new Promise((resolve, reject) => {
    let mine: Batch | undefined
    const next = () => {
      mine = work.batches.shift()
      if (mine === undefined) return resolve()
      worker.postMessage({ algorithm: work.algorithm, runs: mine.runs })
    }
    const fail = (error: Error) => {
      // In this order: what fails first is what is told.
      reject(error)
      work.abort.abort()
    }
    work.abort.signal.addEventListener('abort', () =>
      reject(new SallyportError('ABORTED', 'hashing was aborted')),
    )
    worker.on('error', (cause) =>
      fail(new SallyportError('STORE_FAILED', 'a hashing thread died', { cause })),
    )
    worker.on('exit', () => fail(new SallyportError('STORE_FAILED', 'a hashing thread ended')))
    worker.on('message', (answer: Answer) => {
      if (answer.kind === 'failed') return fail(failure(answer.path, answer.code, answer.message))
      work.note(answer.bytes, answer.path)
      if (answer.kind === 'bytes') return
      for (const [i, place] of (mine?.places ?? []).entries()) work.digests[place] = answer.digests[i] ?? ''
      next()
    })
    // This thread is warm already, and takes the largest; by then the other one is up.
    setImmediate(next)
  })
}

function failure(path: string, code: string, message: string): SallyportError {
  if (code === 'ELOOP') return new SallyportError('BAD_INPUT', `${path} has become a symbolic link`)
  return new SallyportError(
    'BAD_INPUT',
    code === '' ? `${path} ${message}` : `cannot read ${path}: ${message}`,
  )
}
