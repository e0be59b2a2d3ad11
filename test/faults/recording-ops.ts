import type { FileOps, OpenFile, SyncPoint } from '../../src/adapters/ledger-files/index.ts'
import type { Step } from './memory-disk.ts'

/** Thrown in place of a sync: the process died there. */
class Died extends Error {}

/** Records what is done to a real disk beneath `base`; `dieAt` ends the process in front of the first sync of a kind. */
export function recordingOps(
  real: FileOps,
  base: string,
  trace: Step[],
  dieAt?: SyncPoint,
): FileOps & { readonly closeAll: () => Promise<void> } {
  const opened: OpenFile[] = []
  const relative = (path: string): string => path.slice(base.length) || '/'
  let isDead = false
  const alive = (point?: SyncPoint): void => {
    if (point !== undefined && point === dieAt) isDead = true
    if (isDead) throw new Died(`died at ${point}`)
  }
  return {
    closeAll: async () => {
      for (const file of opened.splice(0)) await file.close()
    },
    open: async (path, mode) => {
      alive()
      const handle = await real.open(path, mode)
      if (isDead) await handle.close()
      alive()
      opened.push(handle)
      const file = trace.length
      trace.push({ kind: 'open', file, path: relative(path), mode })
      return {
        ...handle,
        close: async () => undefined, // As at a process's end: all at once, by closeAll.
        write: async (bytes, offset) => {
          alive()
          await handle.write(bytes, offset)
          trace.push({ kind: 'write', file, offset, bytes: new Uint8Array(bytes) })
        },
        truncate: async (size) => {
          alive()
          await handle.truncate(size)
          trace.push({ kind: 'truncate', file, size })
        },
        sync: async (point) => {
          alive(point)
          await handle.sync(point)
          trace.push({ kind: 'sync', file, point })
        },
      }
    },
    readFile: (path) => real.readFile(path),
    list: (path) => real.list(path),
    makeFolder: async (path) => {
      alive()
      const isNew = await real.makeFolder(path)
      if (isNew) trace.push({ kind: 'makeFolder', path: relative(path) })
      return isNew
    },
    syncFolder: async (path, point) => {
      alive(point)
      await real.syncFolder(path, point)
      trace.push({ kind: 'syncFolder', path: relative(path), point })
    },
    rename: async (from, to) => {
      alive()
      await real.rename(from, to)
      trace.push({ kind: 'rename', from: relative(from), to: relative(to) })
    },
    remove: async (path) => {
      alive()
      await real.remove(path)
      trace.push({ kind: 'remove', path: relative(path) })
    },
  }
}
