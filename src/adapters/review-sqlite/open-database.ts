import { chmodSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite'
import { SallyportError } from '../../ground/lang/index.ts'

/** Forward only; the place in the list is the version. */
const MIGRATIONS = [
  `CREATE TABLE folded (one INTEGER PRIMARY KEY CHECK (one = 1), next INTEGER NOT NULL);
   INSERT INTO folded (one, next) VALUES (1, 0);
   CREATE TABLE model (digest TEXT PRIMARY KEY, line TEXT NOT NULL, publisher TEXT, first_seen TEXT NOT NULL, approved INTEGER NOT NULL, refused INTEGER NOT NULL, signed INTEGER NOT NULL, last_index INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
   CREATE INDEX model_line ON model (line, first_seen DESC);
   CREATE INDEX model_publisher ON model (publisher);
   CREATE TABLE review_case (digest TEXT PRIMARY KEY, state TEXT NOT NULL, owner TEXT, opened_at TEXT NOT NULL, deadline TEXT NOT NULL, told_overdue INTEGER NOT NULL, seen_index INTEGER NOT NULL, valid_until TEXT, body TEXT NOT NULL) WITHOUT ROWID;
   CREATE INDEX review_case_opened ON review_case (opened_at DESC, digest);
   CREATE TABLE asked (digest TEXT NOT NULL, principal TEXT NOT NULL, door TEXT NOT NULL, owner TEXT NOT NULL, stage TEXT NOT NULL, times INTEGER NOT NULL, first_at TEXT NOT NULL, last_at TEXT NOT NULL, sealed INTEGER NOT NULL, PRIMARY KEY (digest, principal, door)) WITHOUT ROWID;
   CREATE INDEX asked_unsealed ON asked (first_at) WHERE sealed = 0;
   CREATE TABLE notice (id TEXT NOT NULL, channel TEXT NOT NULL, body TEXT NOT NULL, attempts INTEGER NOT NULL, next_at TEXT, outcome TEXT, PRIMARY KEY (id, channel)) WITHOUT ROWID;
   CREATE INDEX notice_due ON notice (next_at) WHERE next_at IS NOT NULL;`,
] as const

export type Row = Record<string, SQLOutputValue>

/** What the parts of the book do with the tables. */
export interface Tables {
  run(sql: string, ...values: readonly SQLInputValue[]): void
  all(sql: string, ...values: readonly SQLInputValue[]): readonly Row[]
  /** All of it or nothing. */
  together(deed: () => void): void
  close(): void
}

/**
 * Opens the file; every write is durable when it returns (`synchronous=FULL`).
 * @throws SallyportError `STORE_FAILED` when it cannot be opened or was written by a later version
 */
export function openTables(file: string): Tables {
  const db = openDatabase(file)
  return {
    run: (sql, ...values) => void guarded(() => db.prepare(sql).run(...values)),
    all: (sql, ...values) => guarded(() => db.prepare(sql).all(...values)),
    together: (deed) => guarded(() => transact(db, deed)),
    close: () => db.close(),
  }
}

function openDatabase(file: string): DatabaseSync {
  try {
    const db = new DatabaseSync(file, { timeout: 5000 })
    if (file !== ':memory:') chmodSync(file, 0o600)
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    const found = Number(db.prepare('PRAGMA user_version').get()?.user_version)
    if (found > MIGRATIONS.length)
      throw new SallyportError('STORE_FAILED', `${file} was written by a later version of Sallyport`)
    for (const [step, sql] of MIGRATIONS.entries())
      if (step >= found) db.exec(`BEGIN IMMEDIATE; ${sql} PRAGMA user_version = ${step + 1}; COMMIT`)
    return db
  } catch (cause) {
    if (cause instanceof SallyportError) throw cause
    throw new SallyportError('STORE_FAILED', `cannot open ${file}: ${(cause as Error).message}`, { cause })
  }
}

function transact(db: DatabaseSync, deed: () => void): void {
  db.exec('BEGIN IMMEDIATE')
  try {
    deed()
    db.exec('COMMIT')
  } catch (cause) {
    db.exec('ROLLBACK')
    throw cause
  }
}

function guarded<T>(deed: () => T): T {
  try {
    return deed()
  } catch (cause) {
    if (cause instanceof SallyportError) throw cause
    throw new SallyportError('STORE_FAILED', `the book of reviews failed: ${(cause as Error).message}`, {
      cause,
    })
  }
}
