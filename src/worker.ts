import { parentPort } from 'node:worker_threads'
import { openFileSource } from './adapters/files/index.ts'
import { assessFile, assessPlain, assessRepository } from './assessors/model/index.ts'
import type { FileAssessment } from './ground/domain/index.ts'
import { type ByteSource, sourceOfBytes } from './ground/lang/index.ts'

interface NamedFile {
  readonly name: string
  readonly path: string
}

/** One file for itself, on disk or as bytes, or what only all files together tell. */
type Job =
  | NamedFile
  | { readonly name: string; readonly bytes: Uint8Array }
  | { readonly repository: readonly (NamedFile & { readonly sizeBytes: number })[] }

/** The composition root of a scan worker: opens the files it is told, assesses them, answers. */
parentPort?.on('message', (job: Job) => {
  void answer(job)
})

async function answer(job: Job): Promise<void> {
  try {
    parentPort?.postMessage({ ok: true, files: await assess(job) })
  } catch (error) {
    parentPort?.postMessage({ ok: false, reason: error instanceof Error ? error.message : String(error) })
  }
}

async function assess(job: Job): Promise<readonly FileAssessment[]> {
  if ('bytes' in job) return [await assessOne(job.name, sourceOfBytes(job.bytes))]
  if (!('repository' in job)) return [await withSource(job.path, (source) => assessOne(job.name, source))]
  const paths = new Map(job.repository.map(({ name, path }) => [name, path]))
  return assessRepository({
    files: job.repository.map(({ name, sizeBytes }) => ({ name, sizeBytes })),
    withFile: (name, use) => withSource(paths.get(name) ?? '', use),
  })
}

/** Bytes. Only files up to this size may be known at once (ADR 0014). */
const SMALL_BYTES = 64 * 1024

async function assessOne(name: string, source: ByteSource): Promise<FileAssessment> {
  const bytes = source.size <= SMALL_BYTES ? await source.read(0, source.size) : undefined
  const plain = bytes?.length === source.size ? assessPlain(name, bytes) : undefined
  return plain ?? assessFile(name, source)
}

type FileSource = Awaited<ReturnType<typeof openFileSource>>

async function withSource<T>(path: string, use: (source: FileSource) => Promise<T>): Promise<T> {
  const source = await openFileSource(path)
  try {
    return await use(source)
  } finally {
    await source.close()
  }
}
