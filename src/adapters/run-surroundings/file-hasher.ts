import { createHash } from 'node:crypto'
import { open, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { ManifestEntry } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { FileHasher } from '../../services/training/index.ts'

/** Bytes. One buffer for everything: memory does not grow with the file. */
const BUFFER_BYTES = 256 * 1024

/** A file that an import would take, by its name in the manifest. */
interface ListedFile {
  readonly name: string
  readonly path: string
  readonly size: number
}

/** Hashes files one after the other, in little memory: for the process that stays beside a training run. */
export function openFileHasher(options: {
  /** Lists files as an import does, so that the same files have the same digest. */
  readonly list: (path: string) => Promise<readonly ListedFile[]>
}): FileHasher {
  return {
    hash: async (path, onBytes = () => undefined) => {
      const files = await options.list(path)
      const total = files.reduce((sum, { size }) => sum + size, 0)
      const buffer = Buffer.allocUnsafe(BUFFER_BYTES)
      const entries: ManifestEntry[] = []
      let done = 0
      for (const { name, path: file } of files) {
        const { sha256, size } = await hashOne(file, buffer, (bytes) => onBytes(done + bytes, total))
        done += size
        entries.push({ name, size, sha256 })
      }
      return entries
    },
    stamp: async (path) => {
      const hash = createHash('sha256')
      for (const { name, path: file } of await options.list(path)) {
        const { size, mtimeNs, ctimeNs, dev, ino } = await stat(file, { bigint: true })
        hash.update(`${name}\0${size}\0${mtimeNs}\0${ctimeNs}\0${dev}\0${ino}\0`)
      }
      return `sha256:${hash.digest('hex')}`
    },
    exists: (path) =>
      stat(path).then(
        () => true,
        (cause: NodeJS.ErrnoException) => {
          if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return false
          throw new SallyportError('BAD_INPUT', `cannot look at ${path}: ${cause.message}`, { cause })
        },
      ),
    read: async (path, maxBytes) => {
      const file = await open(path, 'r').catch((cause: Error) => {
        throw new SallyportError('BAD_INPUT', `cannot read ${path}: ${cause.message}`, { cause })
      })
      try {
        const { size } = await file.stat()
        if (size > maxBytes)
          throw new SallyportError('TOO_LARGE', `${path} has ${size} bytes; the limit is ${maxBytes}`)
        return await file.readFile()
      } finally {
        await file.close()
      }
    },
  }
}

async function hashOne(
  path: string,
  buffer: Buffer,
  onBytes: (bytes: number) => void,
): Promise<{ readonly sha256: string; readonly size: number }> {
  const file = await open(path, 'r').catch((cause: Error) => {
    throw new SallyportError('BAD_INPUT', `cannot read ${resolve(path)}: ${cause.message}`, { cause })
  })
  try {
    const hash = createHash('sha256')
    let size = 0
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, size)
      if (bytesRead === 0) break
      hash.update(buffer.subarray(0, bytesRead))
      size += bytesRead
      onBytes(size)
    }
    return { sha256: hash.digest('hex'), size }
  } finally {
    await file.close()
  }
}
