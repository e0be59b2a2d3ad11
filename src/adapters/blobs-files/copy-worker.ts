import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'

/** Bytes. Small chunks stay in the processor's cache: 64 KiB hashed fastest of 64 KiB, 1 MiB and 8 MiB (STACK.md). */
const CHUNK_BYTES = 65_536
/** Chunks between two progress messages: 16 MiB, so that a fast disk does not flood the parent. */
const CHUNKS_PER_REPORT = 256

/** What the parent asks for: hash `from`, and copy it to the new file `to` when there is one. */
interface CopyJob {
  readonly id: number
  readonly from: string
  readonly to: string | undefined
}

/** Copies and hashes in one pass; the copy is synced before the answer goes out. */
function copy(job: CopyJob): { sha256: string; size: number } {
  // O_NOFOLLOW: a link swapped in after listing must not lead anywhere.
  const from = openSync(job.from, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    const before = fstatSync(from)
    if (!before.isFile()) throw new Error('is not a regular file')
    const to =
      job.to === undefined
        ? undefined
        : openSync(job.to, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
    try {
      const result = pump(job.id, from, to)
      if (to !== undefined) fsyncSync(to)
      const after = fstatSync(from)
      if (after.size !== result.size || after.mtimeMs !== before.mtimeMs)
        throw new Error('changed while it was read')
      return result
    } finally {
      if (to !== undefined) closeSync(to)
    }
  } finally {
    closeSync(from)
  }
}

function pump(id: number, from: number, to: number | undefined): { sha256: string; size: number } {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  let size = 0
  for (let count = 1; ; count++) {
    const got = readSync(from, buffer, 0, CHUNK_BYTES, size)
    if (got === 0) break
    const chunk = buffer.subarray(0, got)
    hash.update(chunk)
    for (let written = 0; to !== undefined && written < got; )
      written += writeSync(to, chunk, written, got - written, size + written)
    size += got
    if (count % CHUNKS_PER_REPORT === 0) parentPort?.postMessage({ id, kind: 'progress', bytes: size })
  }
  return { sha256: hash.digest('hex'), size }
}

parentPort?.on('message', (job: CopyJob) => {
  try {
    parentPort?.postMessage({ id: job.id, kind: 'done', ...copy(job) })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    parentPort?.postMessage({ id: job.id, kind: 'failed', code: code ?? '', message })
  }
})
