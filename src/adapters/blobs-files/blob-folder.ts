import { createHash, randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { SallyportError } from '../../ground/lang/index.ts'
import type { BlobStore, StoredBlob } from '../../services/registry/index.ts'
import { CopyPool } from './copy-pool.ts'

/** Threads. Hashing is bound by the processor; more than four only fight for the disk. */
const MAX_THREADS = 4

/** A blob store that must be closed. */
export interface BlobFolder extends BlobStore {
  /**
   * Takes over a whole, synced file of the same file system, whose digest its writer has computed: it is renamed, not copied.
   * @throws SallyportError `STORE_FAILED`
   */
  adopt(path: string, blob: StoredBlob): Promise<StoredBlob>
  close(): Promise<void>
}

/**
 * Files under `folder/sha256/ab/abcdef…`, each written beside, synced, renamed, and its folder synced, in this order:
 * a name that exists always holds all of its bytes. Left-overs of a crash stand in `folder/incoming` and go at the next start.
 * @throws SallyportError `STORE_FAILED` when the folder cannot be made
 */
export async function openBlobFolder(options: {
  readonly folder: string
  readonly workerUrl: URL
}): Promise<BlobFolder> {
  const incoming = join(options.folder, 'incoming')
  await mkdir(incoming, { recursive: true, mode: 0o700 })
  for (const name of await readdir(incoming)) await unlink(join(incoming, name))
  const pool = new CopyPool(options.workerUrl, Math.min(MAX_THREADS, availableParallelism()))
  const pathOf = (sha256: string) => join(options.folder, 'sha256', sha256.slice(0, 2), sha256)
  const newIncoming = () => join(incoming, randomBytes(12).toString('hex'))

  const settle = async (temporary: string, blob: StoredBlob): Promise<StoredBlob> => {
    const target = pathOf(blob.sha256)
    if (await exists(target)) {
      await unlink(temporary)
      await syncFolder(dirname(target)) // Another writer may have renamed it and not synced yet.
      return blob
    }
    await makeDurableFolder(dirname(target))
    await rename(temporary, target)
    await syncFolder(dirname(target))
    return blob
  }

  return {
    pathOf,
    has: (sha256) => exists(pathOf(sha256)),
    close: () => pool.close(),
    putFile: async (path, { onBytes, signal }) => {
      if (signal?.aborted) throw new SallyportError('ABORTED', `importing ${path} was aborted`)
      const temporary = newIncoming()
      try {
        return await settle(temporary, await pool.copy(path, temporary, onBytes))
      } catch (cause) {
        await unlink(temporary).catch(() => undefined) // It may never have been made; a left-over goes at the next start.
        throw cause
      }
    },
    adopt: settle,
    hashFile: (path, onBytes) => pool.copy(path, undefined, onBytes),
    putStream: async (chunks, onBytes) => {
      const temporary = newIncoming()
      try {
        return await settle(temporary, await writeStream(temporary, chunks, onBytes))
      } catch (cause) {
        await unlink(temporary).catch(() => undefined)
        throw cause
      }
    },
    readAll: (sha256, maxBytes) => readAll(pathOf(sha256), sha256, maxBytes),
  }
}

async function writeStream(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  onBytes?: (bytes: number) => void,
): Promise<StoredBlob> {
  const file = await open(path, 'wx', 0o600)
  try {
    const hash = createHash('sha256')
    let size = 0
    for await (const chunk of chunks) {
      hash.update(chunk)
      await writeWhole(file, chunk, size)
      size += chunk.length
      onBytes?.(size)
    }
    await file.sync()
    return { sha256: hash.digest('hex'), size }
  } finally {
    await file.close()
  }
}

async function writeWhole(file: FileHandle, chunk: Uint8Array, at: number): Promise<void> {
  for (let written = 0; written < chunk.length; ) {
    const { bytesWritten } = await file.write(chunk, written, chunk.length - written, at + written)
    written += bytesWritten
  }
}

async function readAll(path: string, sha256: string, maxBytes: number): Promise<Uint8Array> {
  const file = await open(path, 'r').catch((cause) => {
    throw new SallyportError('NOT_FOUND', `no blob sha256:${sha256} in the store`, { cause })
  })
  try {
    const { size } = await file.stat()
    if (size > maxBytes)
      throw new SallyportError(
        'TOO_LARGE',
        `blob sha256:${sha256} has ${size} bytes; the limit is ${maxBytes}`,
      )
    const bytes = await file.readFile()
    if (createHash('sha256').update(bytes).digest('hex') !== sha256)
      throw new SallyportError('STORE_FAILED', `the stored bytes of sha256:${sha256} have changed`)
    return bytes
  } finally {
    await file.close()
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw new SallyportError('STORE_FAILED', `cannot look at ${path}`, { cause })
  }
}

async function makeDurableFolder(folder: string): Promise<void> {
  if ((await mkdir(folder, { recursive: true, mode: 0o700 })) === undefined) return
  await syncFolder(dirname(folder))
  await syncFolder(dirname(dirname(folder)))
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
