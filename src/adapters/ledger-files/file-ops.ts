import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'

/**
 * Why a file or folder is synced: each is one of the places on which durability rests. docs/design/ledger.md says what
 * would be lost without it, and test/faults removes one after the other.
 */
export type SyncPoint =
  | 'home folder'
  | 'log folder'
  | 'journal header'
  | 'journal folder'
  | 'journal frame'
  | 'recovered tail'
  | 'recovered folder'
  | 'tree file'
  | 'tree parent'
  | 'tree folder'
  | 'checkpoint file'
  | 'checkpoint folder'

/** An open file. Offsets and lengths in bytes. */
export interface OpenFile {
  size(): Promise<number>
  /** Up to `length` bytes; fewer only at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>
  write(bytes: Uint8Array, offset: number): Promise<void>
  truncate(size: number): Promise<void>
  /** Data, and what is needed to find it, on the disk. */
  sync(point: SyncPoint): Promise<void>
  close(): Promise<void>
}

/** Everything the store does to the disk, so that a test can record it and play it back without what was not synced. */
export interface FileOps {
  /** `create` fails when the file exists, `replace` empties it. */
  open(path: string, mode: 'read' | 'update' | 'create' | 'replace'): Promise<OpenFile>
  /** Undefined when there is no such file. */
  readFile(path: string): Promise<Uint8Array | undefined>
  /** Names in a folder, sorted; none when there is no such folder. */
  list(path: string): Promise<readonly string[]>
  /** True when it was made, false when it was there. Its parent must exist. */
  makeFolder(path: string): Promise<boolean>
  syncFolder(path: string, point: SyncPoint): Promise<void>
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
}

const FLAGS = { read: 'r', update: 'r+', create: 'wx+', replace: 'w+' } as const

/** The disk itself. */
export const nodeFileOps: FileOps = {
  async open(path, mode) {
    const handle = await open(path, FLAGS[mode], 0o600)
    return {
      size: async () => (await handle.stat()).size,
      read: async (offset, length) => {
        const bytes = Buffer.allocUnsafe(length)
        let done = 0
        while (done < length) {
          const { bytesRead } = await handle.read(bytes, done, length - done, offset + done)
          if (bytesRead === 0) break
          done += bytesRead
        }
        return bytes.subarray(0, done)
      },
      write: async (bytes, offset) => {
        let done = 0
        while (done < bytes.length)
          done += (await handle.write(bytes, done, bytes.length - done, offset + done)).bytesWritten
      },
      truncate: (size) => handle.truncate(size),
      sync: () => handle.datasync(),
      close: () => handle.close(),
    }
  },
  async readFile(path) {
    try {
      return await readFile(path)
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  },
  async list(path) {
    try {
      return (await readdir(path)).sort()
    } catch (error) {
      if (isMissing(error)) return []
      throw error
    }
  },
  async makeFolder(path) {
    try {
      await mkdir(path, { mode: 0o700 })
      return true
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
      throw error
    }
  },
  async syncFolder(path) {
    const handle = await open(path, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
  rename: (from, to) => rename(from, to),
  remove: (path) => rm(path, { force: true }),
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}
