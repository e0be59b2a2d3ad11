import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { type ByteSource, SallyportError } from '../../ground/lang/index.ts'

/** Bytes read at once; a longer read is made of several. */
const MAX_READ = 1 << 30

/** A file that is read by the thread itself: a thread that does nothing else need not hand its reads to others. */
export interface SyncSource extends ByteSource {
  close(): void
}

/**
 * A file on disk as a source of bytes, for a thread of its own.
 * @throws SallyportError `NOT_FOUND` or `STORE_FAILED` when it cannot be opened or is no regular file
 */
export function openSyncSource(path: string): SyncSource {
  const file = opened(path)
  const stat = fstatSync(file)
  if (!stat.isFile()) {
    closeSync(file)
    throw new SallyportError('STORE_FAILED', `${path} is not a regular file`)
  }
  return {
    size: stat.size,
    close: () => closeSync(file),
    async read(offset, length, signal) {
      if (signal?.aborted === true)
        throw new SallyportError('ABORTED', 'reading was aborted', { cause: signal.reason })
      const start = Math.min(Math.max(0, offset), stat.size)
      const want = Math.min(Math.max(0, length), stat.size - start, MAX_READ)
      // Not zeroed first: every byte is read over, or the read fails.
      const bytes = Buffer.allocUnsafeSlow(want)
      for (let done = 0; done < want; ) {
        const count = readSync(file, bytes, done, want - done, start + done)
        if (count === 0) throw new SallyportError('STORE_FAILED', `${path} became shorter while it was read`)
        done += count
      }
      return bytes
    },
  }
}

function opened(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    throw new SallyportError(
      isMissing ? 'NOT_FOUND' : 'STORE_FAILED',
      `cannot open ${path}: ${(cause as Error).message}`,
      { cause },
    )
  }
}
