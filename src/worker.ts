import { parentPort } from 'node:worker_threads'
import { openFileSource } from './adapters/files/index.ts'
import { assessFile } from './assessors/model/index.ts'

/** The composition root of a scan worker: opens the file it is told, assesses it, answers. */
parentPort?.on('message', (job: { readonly name: string; readonly path: string }) => {
  void answer(job)
})

async function answer(job: { readonly name: string; readonly path: string }): Promise<void> {
  try {
    const source = await openFileSource(job.path)
    try {
      parentPort?.postMessage({ ok: true, file: await assessFile(job.name, source) })
    } finally {
      await source.close()
    }
  } catch (error) {
    parentPort?.postMessage({ ok: false, reason: error instanceof Error ? error.message : String(error) })
  }
}
