import { parentPort } from 'node:worker_threads'
import { hashMaker, hashSteps, type Run } from './hash-run.ts'

/** What the parent asks for: a batch of runs, each hashed for itself. */
interface Batch {
  readonly algorithm: string
  readonly runs: readonly Run[]
}

/** Milliseconds between two reports: a terminal is drawn twelve times a second. */
const EVERY_MS = 80

parentPort?.on('message', async ({ algorithm, runs }: Batch) => {
  const digests: string[] = []
  let told = performance.now()
  let bytes = 0
  let path = ''
  try {
    const make = await hashMaker(algorithm)
    for (const run of runs) {
      path = run.path
      const steps = hashSteps(run, make())
      let step = steps.next()
      for (; step.done !== true; step = steps.next()) {
        bytes += step.value
        if (performance.now() - told < EVERY_MS) continue
        parentPort?.postMessage({ kind: 'bytes', bytes, path })
        told = performance.now()
        bytes = 0
      }
      digests.push(step.value)
    }
    parentPort?.postMessage({ kind: 'done', digests, bytes, path })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    parentPort?.postMessage({ kind: 'failed', path, code: code ?? '', message })
  }
})
