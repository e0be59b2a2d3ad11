import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { SallyportError } from '../../ground/lang/index.ts'
import type { VulnDbStore } from '../../services/dependencies/index.ts'
import { readDatabase } from './read-database.ts'
import { writeDatabase } from './write-database.ts'

const NAME = 'advisories.db'
/** `next-<pid>-<chance>.db`: whose writer is gone is swept away by the next one. */
const NEXT = /^next-(\d+)-[0-9a-f]+\.db(?:-journal)?$/

/**
 * The database of advisories in a folder of its own: one file, replaced whole. Readers that have the old one open read on.
 */
export function openVulnDbFolder(folder: string): VulnDbStore {
  const file = join(folder, NAME)
  return {
    open: () => (existsSync(file) ? readDatabase(file) : undefined),
    begin: (keep) => {
      if (keep && !existsSync(file))
        throw new SallyportError('NOT_FOUND', 'there is no database yet to add to; leave --add out')
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 })
        sweep(folder)
        const next = join(folder, `next-${process.pid}-${randomBytes(6).toString('hex')}.db`)
        return writeDatabase(file, next, keep)
      } catch (cause) {
        throw new SallyportError(
          'STORE_FAILED',
          `the database of advisories cannot be begun in ${folder}: ${(cause as Error).message}`,
          { cause },
        )
      }
    },
  }
}

function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = Number(NEXT.exec(name)?.[1])
    if (Number.isInteger(pid) && !isAlive(pid)) rmSync(join(folder, name), { force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
