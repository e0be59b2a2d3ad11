import { chmodSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { SallyportError } from '../../ground/lang/index.ts'
import { MIGRATIONS } from './migrations.ts'

/** One row as SQLite gives it. */
export type Row = Readonly<Record<string, unknown>>

/** A database with prepared statements kept; every call is one durable transaction unless {@link Database.atomic} spans several. */
export interface Database {
  all(sql: string, ...values: readonly SQLInputValue[]): readonly Row[]
  get(sql: string, ...values: readonly SQLInputValue[]): Row | undefined
  /** Rows changed. */
  run(sql: string, ...values: readonly SQLInputValue[]): number
  atomic<T>(deed: () => T): T
  close(): void
}

/**
 * Opens and migrates the file, readable by its owner only.
 * @throws SallyportError `STORE_FAILED` when it cannot be opened or was written by a later version
 */
export function openDatabase(file: string): Database {
  try {
    const db = new DatabaseSync(file, { timeout: 5000, enableForeignKeyConstraints: true })
    if (file !== ':memory:') chmodSync(file, 0o600)
    // FULL: a commit returns after its fsync, so what a caller was told survives power loss (sqlite.org/pragma.html).
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON')
    const database = wrap(db)
    migrate(db, database, file)
    return database
  } catch (cause) {
    if (cause instanceof SallyportError) throw cause
    throw failed(`the state database ${file} cannot be opened`, cause)
  }
}

function migrate(db: DatabaseSync, database: Database, file: string): void {
  const found = Number(database.get('PRAGMA user_version')?.user_version)
  if (found > MIGRATIONS.length)
    throw new SallyportError(
      'STORE_FAILED',
      `${file} has the schema version ${found}; this version of Sallyport knows ${MIGRATIONS.length} and will not touch it`,
    )
  for (const [step, sql] of MIGRATIONS.entries()) {
    if (step < found) continue
    database.atomic(() => db.exec(`${sql}; PRAGMA user_version = ${step + 1}`))
  }
}

function wrap(db: DatabaseSync): Database {
  const kept = new Map<string, StatementSync>()
  const prepare = (sql: string): StatementSync => {
    const statement = kept.get(sql) ?? db.prepare(sql)
    kept.set(sql, statement)
    return statement
  }
  const guarded = <T>(deed: () => T): T => {
    try {
      return deed()
    } catch (cause) {
      if (cause instanceof SallyportError) throw cause
      throw failed('the state database failed', cause)
    }
  }
  return {
    all: (sql, ...values) => guarded(() => prepare(sql).all(...values)),
    get: (sql, ...values) => guarded(() => prepare(sql).get(...values)),
    run: (sql, ...values) => guarded(() => Number(prepare(sql).run(...values).changes)),
    atomic(deed) {
      return guarded(() => {
        db.exec('BEGIN IMMEDIATE')
        try {
          const value = deed()
          db.exec('COMMIT')
          return value
        } catch (error) {
          if (db.isTransaction) db.exec('ROLLBACK')
          throw error
        }
      })
    },
    close: () => db.close(),
  }
}

function failed(message: string, cause: unknown): SallyportError {
  return new SallyportError('STORE_FAILED', message, { cause })
}
