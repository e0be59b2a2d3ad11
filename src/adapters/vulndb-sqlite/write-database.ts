import { closeSync, copyFileSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SallyportError } from '../../ground/lang/index.ts'
import type { VulnDbMeta, VulnDbStatus, VulnDbWriter } from '../../services/dependencies/index.ts'
import { readDatabase } from './read-database.ts'
import { FINISH, SHAPE, STAGE, TABLES } from './schema.ts'

/** Kilobytes of SQLite's cache while it writes; the tables of a million records are ten times that. */
const CACHE_KB = 65_536

/**
 * Writes a database into `next` and puts it in the place of `file`. Until then nothing is durable, and nothing need be: a
 * break leaves the old file as it was.
 * @throws SallyportError `STORE_FAILED`
 */
export function writeDatabase(file: string, next: string, keep: boolean): VulnDbWriter {
  if (keep) copyFileSync(file, next)
  const db = new DatabaseSync(next)
  db.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -${CACHE_KB}`)
  db.exec(keep ? STAGE : `${TABLES}; ${STAGE}`)
  if (keep)
    db.exec(
      'INSERT INTO stage SELECT ecosystem, name, record, (SELECT stamp FROM record WHERE id = record) FROM affects',
    )
  db.exec('BEGIN')
  const put = db.prepare(
    `INSERT INTO record (osv, modified, stamp, body) VALUES (?, ?, ?, ?)
     ON CONFLICT (osv) DO UPDATE SET modified = excluded.modified, stamp = excluded.stamp, body = excluded.body
     WHERE excluded.modified >= modified RETURNING id`,
  )
  const stage = db.prepare('INSERT INTO stage VALUES (?, ?, ?, ?)')
  const epss = db.prepare(
    'INSERT INTO exploit (cve, epss) VALUES (?, ?) ON CONFLICT (cve) DO UPDATE SET epss = excluded.epss',
  )
  const kev = db.prepare(
    'INSERT INTO exploit (cve, kev) VALUES (?, 1) ON CONFLICT (cve) DO UPDATE SET kev = 1',
  )
  let stamp = Number(db.prepare('SELECT coalesce(max(stamp), 0) AS top FROM record').get()?.top)
  return {
    add: (record) => {
      stamp++
      const row = put.get(record.id, record.modified, stamp, JSON.stringify(record))
      // An older copy of a record that is there already changes nothing.
      if (row === undefined) return
      const names = new Set(record.affected.map(({ ecosystem, name }) => `${ecosystem}\n${name}`))
      for (const both of names) {
        const [ecosystem = '', name = ''] = both.split('\n', 2)
        stage.run(ecosystem, name, Number(row.id), stamp)
      }
    },
    putEpss: (scores) => {
      db.exec('UPDATE exploit SET epss = NULL')
      for (const [cve, score] of scores) epss.run(cve, score)
      note(db, 'epss', String(scores.size))
    },
    putKev: (ids) => {
      db.exec('UPDATE exploit SET kev = NULL')
      for (const cve of ids) kev.run(cve)
      note(db, 'kev', String(ids.size))
    },
    commit: (meta) => finish(db, { file, next, meta }),
    abort: () => {
      db.close()
      rmSync(next, { force: true })
    },
  }
}

function note(db: DatabaseSync, key: string, value: string): void {
  db.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)').run(key, value)
}

function finish(
  db: DatabaseSync,
  { file, next, meta }: { readonly file: string; readonly next: string; readonly meta: VulnDbMeta },
): VulnDbStatus {
  try {
    db.exec(FINISH)
    note(db, 'updatedAt', meta.updatedAt)
    note(db, 'refused', String(meta.refused))
    note(db, 'sources', JSON.stringify(meta.sources))
    db.exec(`PRAGMA user_version = ${SHAPE}; COMMIT`)
    db.close()
    sync(next)
    renameSync(next, file)
    // The rename itself is durable only when the folder is.
    sync(dirname(file))
  } catch (cause) {
    rmSync(next, { force: true })
    throw new SallyportError(
      'STORE_FAILED',
      `the database of advisories cannot be written: ${(cause as Error).message}`,
      { cause },
    )
  }
  const made = readDatabase(file)
  try {
    return made.status()
  } finally {
    made.close()
  }
}

function sync(path: string): void {
  const fd = openSync(path, statSync(path).isDirectory() ? 'r' : 'r+')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
