import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SallyportError } from '../../ground/lang/index.ts'

/** Held by one process at a time. */
export interface FolderLock {
  release(): void
}

/**
 * Locks a folder against other processes, and other stores of this one. The lock is SQLite's on `lock.db`, which the
 * operating system lets go when its holder dies however it dies: there is no stale lock to judge.
 * @throws SallyportError `LOG_LOCKED`, naming the process that holds it
 */
export function lockFolder(folder: string): FolderLock {
  const db = new DatabaseSync(join(folder, 'lock.db'))
  try {
    db.exec('pragma busy_timeout = 0; begin exclusive')
  } catch (error) {
    db.close()
    const holder = holderOf(folder)
    throw new SallyportError('LOG_LOCKED', `the log in ${folder} is in use by process ${holder}`, {
      cause: error,
      detail: { folder, holder },
    })
  }
  writeFileSync(join(folder, 'lock.holder'), `${process.pid}\n`, { mode: 0o600 })
  return {
    release: () => {
      db.exec('rollback')
      db.close()
    },
  }
}

function holderOf(folder: string): string {
  try {
    return readFileSync(join(folder, 'lock.holder'), 'utf8').trim()
  } catch {
    return 'unknown' // The holder has not written its number yet; the message says so.
  }
}
