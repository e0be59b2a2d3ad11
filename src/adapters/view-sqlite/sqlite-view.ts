import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import { SallyportError } from '../../ground/lang/index.ts'
import type {
  DecisionRow,
  LineageLink,
  LineageNode,
  ModelFold,
  ModelQuery,
  Page,
  StatementRow,
  View,
  ViewChange,
} from '../../services/registry/index.ts'

/** A view that must be closed. */
export interface SqliteView extends View {
  close(): void
}

/** Raised whenever a table below changes: an older view is dropped and folded again, never migrated. */
const SHAPE = 4
const TABLES = `
  CREATE TABLE IF NOT EXISTS view_cursor (one INTEGER PRIMARY KEY CHECK (one = 1), next INTEGER NOT NULL, shape INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS view_statement (idx INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, subject TEXT NOT NULL, body TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS view_subject (subject TEXT NOT NULL, idx INTEGER NOT NULL, PRIMARY KEY (subject, idx)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS view_model (digest TEXT PRIMARY KEY, stage TEXT NOT NULL, needs_review INTEGER NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS view_model_at ON view_model (at DESC, digest);
  CREATE TABLE IF NOT EXISTS view_decision (id TEXT PRIMARY KEY, body TEXT NOT NULL);
  DROP TABLE IF EXISTS view_edge;
  CREATE TABLE IF NOT EXISTS view_node (id TEXT PRIMARY KEY, claimed INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS view_link (child TEXT NOT NULL, parent TEXT NOT NULL, relation TEXT NOT NULL, claimed INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (child, parent, relation, claimed)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS view_link_parent ON view_link (parent);
`
const NAMES = [
  'view_cursor',
  'view_statement',
  'view_subject',
  'view_model',
  'view_decision',
  'view_node',
  'view_link',
] as const

/**
 * The projections in SQLite. `synchronous=NORMAL` is enough: what a power loss takes is folded again from the ledger.
 * @throws SallyportError `STORE_FAILED` when the file cannot be opened
 */
export function openSqliteView(path: string): SqliteView {
  const db = openDatabase(path)
  const all = <T>(sql: string, ...values: (string | number)[]) =>
    db
      .prepare(sql)
      .all(...values)
      .map((row) => body<T>(row))
  const one = <T>(sql: string, value: string) => all<T>(sql, value)[0]
  return {
    close: () => db.close(),
    cursor: () => Number(db.prepare('SELECT next FROM view_cursor').get()?.next ?? 0),
    apply: (index, change) => transact(db, () => write(db, index, change)),
    reset: () => transact(db, () => empty(db)),
    model: (digest) => one<ModelFold>('SELECT body FROM view_model WHERE digest = ?', digest),
    models: (query) => models(all, query),
    statements: (subject) =>
      all<StatementRow>(
        'SELECT body FROM view_subject JOIN view_statement USING (idx) WHERE view_subject.subject = ? ORDER BY idx',
        subject,
      ),
    statement: (digest) => one<StatementRow>('SELECT body FROM view_statement WHERE digest = ?', digest),
    decision: (id) => one<DecisionRow>('SELECT body FROM view_decision WHERE id = ?', id),
    node: (id) => one<LineageNode>('SELECT body FROM view_node WHERE id = ?', id),
    links: (id, way) =>
      all<LineageLink>(
        way === 'up'
          ? 'SELECT body FROM view_link WHERE child = ? ORDER BY parent, relation, claimed'
          : 'SELECT body FROM view_link WHERE parent = ? ORDER BY child, relation, claimed',
        id,
      ),
  }
}

function openDatabase(path: string): DatabaseSync {
  try {
    const db = new DatabaseSync(path)
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;')
    db.exec(TABLES)
    const shape = db.prepare('SELECT shape FROM view_cursor').get()?.shape
    if (shape !== SHAPE) transact(db, () => empty(db))
    return db
  } catch (cause) {
    throw new SallyportError('STORE_FAILED', `cannot open the view in ${path}: ${(cause as Error).message}`, {
      cause,
    })
  }
}

function empty(db: DatabaseSync): void {
  for (const name of NAMES) db.exec(`DELETE FROM ${name}`)
  db.prepare('INSERT INTO view_cursor (one, next, shape) VALUES (1, 0, ?)').run(SHAPE)
}

function transact(db: DatabaseSync, work: () => void): void {
  db.exec('BEGIN IMMEDIATE')
  try {
    work()
    db.exec('COMMIT')
  } catch (cause) {
    db.exec('ROLLBACK')
    throw cause
  }
}

function write(db: DatabaseSync, index: number, change: ViewChange | undefined): void {
  if (change !== undefined) {
    const { statement, models, decision, lineage } = change
    db.prepare('INSERT OR REPLACE INTO view_statement (idx, digest, subject, body) VALUES (?, ?, ?, ?)').run(
      statement.index,
      statement.digest,
      statement.subject,
      JSON.stringify(statement),
    )
    const subject = db.prepare('INSERT OR IGNORE INTO view_subject (subject, idx) VALUES (?, ?)')
    for (const digest of statement.subjects ?? [statement.subject]) subject.run(digest, statement.index)
    for (const model of models)
      db.prepare(
        'INSERT OR REPLACE INTO view_model (digest, stage, needs_review, at, body) VALUES (?, ?, ?, ?, ?)',
      ).run(model.digest, model.stage, model.needsReview ? 1 : 0, model.importedAt, JSON.stringify(model))
    if (decision !== undefined)
      db.prepare('INSERT OR REPLACE INTO view_decision (id, body) VALUES (?, ?)').run(
        decision.id,
        JSON.stringify(decision),
      )
    if (lineage !== undefined) writeLineage(db, lineage)
  }
  db.prepare('UPDATE view_cursor SET next = ?').run(index + 1)
}

/** The first word about a point stays, unless it was a claim and this one is proven; the first statement of a link stays. */
function writeLineage(db: DatabaseSync, { nodes, links }: NonNullable<ViewChange['lineage']>): void {
  const node = db.prepare(
    'INSERT INTO view_node (id, claimed, body) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET claimed = excluded.claimed, body = excluded.body WHERE view_node.claimed > excluded.claimed',
  )
  for (const one of nodes) node.run(one.id, Number(one.claimed), JSON.stringify(one))
  const link = db.prepare(
    'INSERT OR IGNORE INTO view_link (child, parent, relation, claimed, body) VALUES (?, ?, ?, ?, ?)',
  )
  for (const one of links) link.run(one.to, one.from, one.relation, Number(one.claimed), JSON.stringify(one))
}

function models(
  all: <T>(sql: string, ...values: (string | number)[]) => readonly T[],
  query: ModelQuery,
): Page<ModelFold> {
  const where: string[] = []
  const values: (string | number)[] = []
  if (query.stage !== undefined) where.push('stage = ?') && values.push(query.stage)
  if (query.needsReview !== undefined)
    where.push('needs_review = ?') && values.push(query.needsReview ? 1 : 0)
  const after = query.cursor === undefined ? undefined : readCursor(query.cursor)
  if (after !== undefined)
    where.push('(at < ? OR (at = ? AND digest > ?))') && values.push(after.at, after.at, after.digest)
  const filter = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`
  const items = all<ModelFold>(
    `SELECT body FROM view_model ${filter} ORDER BY at DESC, digest LIMIT ?`,
    ...values,
    query.limit + 1,
  )
  const page = items.slice(0, query.limit)
  const last = page.at(-1)
  if (items.length <= query.limit || last === undefined) return { items: page }
  return { items: page, next: Buffer.from(`${last.importedAt}|${last.digest}`).toString('base64url') }
}

function readCursor(cursor: string): { at: string; digest: string } {
  const [at, digest] = Buffer.from(cursor, 'base64url').toString('utf8').split('|')
  if (at === undefined || digest === undefined)
    throw new SallyportError('BAD_INPUT', 'the cursor is not one of ours')
  return { at, digest }
}

function body<T>(row: Record<string, SQLOutputValue>): T {
  return JSON.parse(String(row.body)) as T
}
