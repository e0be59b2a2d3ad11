import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { SallyportError } from '../../ground/lang/index.ts'
import type { VulnDb, VulnDbStatus } from '../../services/dependencies/index.ts'
import { SHAPE } from './schema.ts'

type Records = ReturnType<VulnDb['recordsOf']>

/**
 * Opens a database for reading.
 * @throws SallyportError `STORE_FAILED` when it is none, broken, or of another version
 */
export function readDatabase(file: string): VulnDb {
  try {
    const db = new DatabaseSync(file, { readOnly: true })
    const shape = Number(db.prepare('PRAGMA user_version').get()?.user_version)
    if (shape === SHAPE) return wrap(db, file)
    db.close()
    throw new SallyportError(
      'STORE_FAILED',
      `${file} has the form ${shape}, and this version of Sallyport reads ${SHAPE}; make it anew: sallyport vulndb update`,
    )
  } catch (cause) {
    if (cause instanceof SallyportError) throw cause
    throw new SallyportError(
      'STORE_FAILED',
      `${file} is no database of advisories; make it anew: sallyport vulndb update`,
      { cause },
    )
  }
}

function wrap(db: DatabaseSync, file: string): VulnDb {
  // `Ubuntu:22.04` is also `Ubuntu:22.04:LTS`: all that begins with it and a colon.
  const find = db.prepare(
    `SELECT body FROM record WHERE id IN (SELECT record FROM affects WHERE (ecosystem = ?1 OR (ecosystem > ?1 || ':' AND ecosystem < ?1 || ';')) AND name = ?2)`,
  )
  const cover = db.prepare(
    `SELECT 1 FROM ecosystem WHERE name = ?1 OR (name > ?1 || ':' AND name < ?1 || ';') LIMIT 1`,
  )
  const exploit = db.prepare('SELECT epss, kev FROM exploit WHERE cve = ?')
  const metaOf = (key: string) => {
    const row = db.prepare('SELECT value FROM meta WHERE key = ?').get(key)
    return row === undefined ? undefined : String(row.value)
  }
  const covered = new Map<string, boolean>()
  const [hasKev] = [metaOf('kev') !== undefined]
  return {
    close: () => db.close(),
    status: () => statusOf(db, file, metaOf),
    recordsOf: (ecosystem, name) =>
      find.all(ecosystem, name).map(({ body }) => JSON.parse(String(body))) as Records,
    covers: (ecosystem) => {
      const known = covered.get(ecosystem) ?? cover.get(ecosystem) !== undefined
      covered.set(ecosystem, known)
      return known
    },
    exploitOf: (cve) => {
      const row = exploit.get(cve)
      const epss = row?.epss
      return {
        ...(typeof epss === 'number' ? { epss } : {}),
        // A catalogue that was loaded and does not name it says no.
        ...(hasKev ? { kev: row?.kev === 1 } : {}),
      }
    },
  }
}

function statusOf(db: DatabaseSync, file: string, metaOf: (key: string) => string | undefined): VulnDbStatus {
  const row = db
    .prepare('SELECT count(*) AS records, coalesce(max(modified), ?) AS newest FROM record')
    .get('')
  const epss = metaOf('epss')
  const kev = metaOf('kev')
  return {
    file,
    sizeBytes: statSync(file).size,
    updatedAt: metaOf('updatedAt') ?? '',
    newestRecord: String(row?.newest),
    records: Number(row?.records),
    refused: Number(metaOf('refused') ?? 0),
    ecosystems: db
      .prepare('SELECT name, records FROM ecosystem ORDER BY records DESC, name')
      .all()
      .map(({ name, records }) => ({ name: String(name), records: Number(records) })),
    sources: JSON.parse(metaOf('sources') ?? '[]') as readonly string[],
    ...(epss === undefined ? {} : { epss: Number(epss) }),
    ...(kev === undefined ? {} : { kev: Number(kev) }),
  }
}
