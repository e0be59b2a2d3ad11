import { chmodSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite'
import type { Digest } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import {
  type Asked,
  type FirewallBook,
  type HeldRevision,
  nameOfRepo,
  type Received,
  type RepoAddress,
} from '../../services/firewall/index.ts'

/** A book that must be closed. */
export interface FirewallBookFile extends FirewallBook {
  /** Commits of a repository that have a file of this path, the last changed first. */
  holders(repo: RepoAddress, path: string, limit: number): readonly string[]
  close(): void
}

/** Questions kept for the audit; the oldest go. What anybody received is kept for good. */
const MAX_ASKED = 1_000_000
/** Questions written together, and milliseconds that one waits at most: a power cut may lose so many of the questions, never who received what. */
const NOTES_TOGETHER = 500
const NOTES_MS = 200
/** Questions between two looks at how many there are. */
const SWEEP_EVERY = 10_000

/** Forward only; the place in the list is the version. */
const MIGRATIONS = [
  `CREATE TABLE ref (repo TEXT NOT NULL, name TEXT NOT NULL, commit_id TEXT NOT NULL, checked_at TEXT NOT NULL, PRIMARY KEY (repo, name)) WITHOUT ROWID;
   CREATE TABLE revision (repo TEXT NOT NULL, commit_id TEXT NOT NULL, state TEXT NOT NULL, digest TEXT, changed_at TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (repo, commit_id)) WITHOUT ROWID;
   CREATE INDEX revision_changed ON revision (changed_at DESC);
   CREATE TABLE asked (id INTEGER PRIMARY KEY, at TEXT NOT NULL, principal TEXT NOT NULL, repo TEXT NOT NULL, revision TEXT NOT NULL, commit_id TEXT, path TEXT, outcome TEXT NOT NULL);
   CREATE INDEX asked_repo ON asked (repo, id DESC);
   CREATE TABLE received (digest TEXT NOT NULL, principal TEXT NOT NULL, path TEXT NOT NULL, repo TEXT NOT NULL, commit_id TEXT NOT NULL, first_at TEXT NOT NULL, last_at TEXT NOT NULL, PRIMARY KEY (digest, principal, path)) WITHOUT ROWID;`,
] as const

type Row = Record<string, SQLOutputValue>

/**
 * The firewall's memory in SQLite. Every write but that of a question is durable when it returns (`synchronous=FULL`): who received
 * what is written before the first byte leaves.
 * @throws SallyportError `STORE_FAILED` when the file cannot be opened or was written by a later version
 */
export function openFirewallBook(file: string): FirewallBookFile {
  const db = openDatabase(file)
  const tables: Tables = {
    run: (sql, ...values) => guarded(() => db.prepare(sql).run(...values)),
    all: (sql, ...values) => guarded(() => db.prepare(sql).all(...values)),
  }
  // A question that was still being answered when the house closed is not written down.
  const { flush, ...audit } = auditPart(tables, (deed) => (db.isOpen ? transact(db, deed) : undefined))
  return {
    close: () => {
      flush()
      db.close()
    },
    holders: (repo, path, limit) =>
      tables
        .all(
          'SELECT commit_id FROM revision WHERE repo = ? AND instr(body, ?) > 0 ORDER BY changed_at DESC LIMIT ?',
          ...[nameOfRepo(repo), `"path":${JSON.stringify(path)}`, limit],
        )
        .map((row) => String(row.commit_id)),
    ...revisionPart(tables),
    ...audit,
  }
}

interface Tables {
  run(sql: string, ...values: readonly SQLInputValue[]): unknown
  all(sql: string, ...values: readonly SQLInputValue[]): readonly Row[]
}

function revisionPart({
  run,
  all,
}: Tables): Pick<FirewallBook, 'ref' | 'setRef' | 'revision' | 'save' | 'revisions' | 'unfinished'> {
  const refOf = (repo: RepoAddress, name: string) =>
    all('SELECT commit_id, checked_at FROM ref WHERE repo = ? AND name = ?', nameOfRepo(repo), name)[0]
  return {
    ref: (repo, name) => {
      const row = refOf(repo, name)
      return row === undefined
        ? undefined
        : { commit: String(row.commit_id), checkedAt: String(row.checked_at) }
    },
    setRef: (repo, name, { commit, checkedAt }) => {
      const before = refOf(repo, name)?.commit_id
      run(
        'INSERT OR REPLACE INTO ref (repo, name, commit_id, checked_at) VALUES (?, ?, ?, ?)',
        ...[nameOfRepo(repo), name, commit, checkedAt],
      )
      return before === undefined || before === commit ? undefined : String(before)
    },
    revision: (repo, commit) =>
      bodies(all('SELECT body FROM revision WHERE repo = ? AND commit_id = ?', nameOfRepo(repo), commit))[0],
    save: (held) => {
      run(
        'INSERT OR REPLACE INTO revision (repo, commit_id, state, digest, changed_at, body) VALUES (?, ?, ?, ?, ?, ?)',
        ...[nameOfRepo(held.repo), held.commit, held.state, held.digest ?? null],
        ...[held.changedAt, JSON.stringify(held)],
      )
    },
    revisions: (limit) => bodies(all('SELECT body FROM revision ORDER BY changed_at DESC LIMIT ?', limit)),
    unfinished: () =>
      bodies(all("SELECT body FROM revision WHERE state IN ('pulling', 'searching') ORDER BY changed_at")),
  }
}

interface Audit
  extends Pick<FirewallBook, 'note' | 'asked' | 'questions' | 'noteReceived' | 'received' | 'receivedOf'> {
  flush(): void
}

function auditPart({ run, all }: Tables, together: (deed: () => void) => void): Audit {
  let asked = 0
  let waiting: Asked[] = []
  let timer: NodeJS.Timeout | undefined
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    const notes = waiting
    waiting = []
    if (notes.length > 0) together(() => writeAsked(run, notes))
    asked += notes.length
    if (asked < SWEEP_EVERY) return
    asked = 0
    run('DELETE FROM asked WHERE id <= (SELECT max(id) FROM asked) - ?', MAX_ASKED)
  }
  // Bytes of a file leave in many requests; only the first of an hour is worth a write.
  const lately = new Map<string, string>()
  return {
    flush,
    note: (one) => {
      waiting.push(one)
      if (waiting.length >= NOTES_TOGETHER) flush()
      else timer ??= setTimeout(flush, NOTES_MS).unref()
    },
    asked: (repo, limit) => {
      flush()
      return all('SELECT * FROM asked WHERE repo = ? ORDER BY id DESC LIMIT ?', nameOfRepo(repo), limit).map(
        (row) => askedOf(row, repo),
      )
    },
    questions: ({ principalId, repo }, limit) => {
      flush()
      return all(
        'SELECT * FROM asked WHERE (? IS NULL OR principal = ?) AND (? IS NULL OR repo = ?) ORDER BY id DESC LIMIT ?',
        ...[principalId ?? null, principalId ?? null, repo ?? null, repo ?? null, limit],
      ).map((row) => askedOf(row, repoNamed(String(row.repo))))
    },
    noteReceived: ({ principalId, repo, commit, digest, path, at }) => {
      const key = `${digest} ${principalId} ${path}`
      const hour = at.slice(0, 13)
      if (lately.get(key) === hour) return
      run(
        'INSERT INTO received (digest, principal, path, repo, commit_id, first_at, last_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET last_at = excluded.last_at',
        ...[digest, principalId, path, nameOfRepo(repo), commit, at, at],
      )
      if (lately.size > SWEEP_EVERY) lately.clear()
      lately.set(key, hour)
    },
    received: (digest) => all(receivedSql('digest = ?'), digest).map(readReceived),
    receivedOf: (text) =>
      all(
        receivedSql('repo = ? OR (length(?) > 10 AND substr(digest, 1, length(?)) = ?)'),
        text,
        text,
        text,
        text,
      ).map(readReceived),
  }
}

function writeAsked(run: Tables['run'], notes: readonly Asked[]): void {
  for (const one of notes)
    run(
      'INSERT INTO asked (at, principal, repo, revision, commit_id, path, outcome) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ...[one.at, one.principalId, nameOfRepo(one.repo), one.revision],
      ...[one.commit ?? null, one.path ?? null, one.outcome],
    )
}

function transact(db: DatabaseSync, deed: () => void): void {
  guarded(() => {
    db.exec('BEGIN IMMEDIATE')
    try {
      deed()
      db.exec('COMMIT')
    } catch (cause) {
      db.exec('ROLLBACK')
      throw cause
    }
  })
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

function guarded<T>(deed: () => T): T {
  try {
    return deed()
  } catch (cause) {
    throw new SallyportError('STORE_FAILED', `the firewall's book failed: ${(cause as Error).message}`, {
      cause,
    })
  }
}

function bodies(rows: readonly Row[]): readonly HeldRevision[] {
  return rows.map((row) => JSON.parse(String(row.body)) as HeldRevision)
}

function askedOf(row: Row, repo: RepoAddress): Asked {
  return {
    at: String(row.at),
    principalId: String(row.principal),
    repo,
    revision: String(row.revision),
    outcome: String(row.outcome) as Asked['outcome'],
    ...(row.commit_id === null ? {} : { commit: String(row.commit_id) }),
    ...(row.path === null ? {} : { path: String(row.path) }),
  }
}

/** The way back from `nameOfRepo`. */
function repoNamed(name: string): RepoAddress {
  const kind = name.startsWith('datasets/') ? 'dataset' : name.startsWith('spaces/') ? 'space' : 'model'
  return { kind, id: kind === 'model' ? name : name.slice(kind.length + 2) }
}

function receivedSql(where: string): string {
  return `SELECT digest, principal, repo, commit_id, min(first_at) AS first_at, max(last_at) AS last_at, count(*) AS files FROM received WHERE ${where} GROUP BY digest, principal, repo, commit_id ORDER BY first_at`
}

function readReceived(row: Row): Received {
  return {
    principalId: String(row.principal),
    repo: repoNamed(String(row.repo)),
    commit: String(row.commit_id),
    digest: String(row.digest) as Digest,
    firstAt: String(row.first_at),
    lastAt: String(row.last_at),
    files: Number(row.files),
  }
}
