import { open } from 'node:fs/promises'
import { type ByteSource, SallyportError } from '../../ground/lang/index.ts'

/** Bytes read at once; a longer read is made of several. */
const MAX_READ = 1 << 30

/**
 * A file on disk as a source of bytes.
 * @throws SallyportError `NOT_FOUND` or `STORE_FAILED` when it cannot be opened or is no regular file
 */
export async function openFileSource(path: string): Promise<ByteSource & { close(): Promise<void> }> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    throw new SallyportError(
      isMissing ? 'NOT_FOUND' : 'STORE_FAILED',
      `cannot open ${path}: ${messageOf(cause)}`,
      { cause },
    )
  })
  const stat = await file.stat()
  if (!stat.isFile()) {
    await file.close()
    throw new SallyportError('STORE_FAILED', `${path} is not a regular file`)
  }
  return {
    size: stat.size,
    close: () => file.close(),
    async read(offset, length, signal) {
      if (signal?.aborted === true)
        throw new SallyportError('ABORTED', 'reading was aborted', { cause: signal.reason })
      const start = Math.min(Math.max(0, offset), stat.size)
      const want = Math.min(Math.max(0, length), stat.size - start, MAX_READ)
      const bytes = new Uint8Array(want)
      let done = 0
      while (done < want) {
        const { bytesRead } = await file.read(bytes, done, want - done, start + done)
        if (bytesRead === 0)
          throw new SallyportError('STORE_FAILED', `${path} became shorter while it was read`)
        done += bytesRead
      }
      return bytes
    },
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
