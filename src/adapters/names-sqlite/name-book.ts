import { chmodSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite'
import { SallyportError } from '../../ground/lang/index.ts'
import type {
  Delivery,
  Experiment,
  LoggedModel,
  Mirrored,
  NameBook,
  NamedModel,
  NamedVersion,
  NotedRun,
  StoredArtifact,
  Webhook,
} from '../../services/model-names/index.ts'
import { MIGRATIONS } from './schema.ts'

/** A book that must be closed. */
export interface NameBookFile extends NameBook {
  close(): void
}

/** Rows that one list reads: beyond it memory would grow with the store. */
const MAX_ROWS = 200_000

type Row = Record<string, SQLOutputValue>

interface Tables {
  run(sql: string, ...values: readonly SQLInputValue[]): unknown
  all(sql: string, ...values: readonly SQLInputValue[]): readonly Row[]
}

/**
 * Names, runs, uploads and webhooks in SQLite. Every write is durable when it returns (`synchronous=FULL`).
 * @throws SallyportError `STORE_FAILED` when the file cannot be opened or was written by a later version
 */
export function openNameBook(file: string): NameBookFile {
  const db = openDatabase(file)
  const tables: Tables = {
    run: (sql, ...values) => guarded(() => db.prepare(sql).run(...values)),
    all: (sql, ...values) => guarded(() => db.prepare(sql).all(...values)),
  }
  return {
    close: () => db.close(),
    together: (deed) => {
      if (db.isTransaction) return deed()
      guarded(() => db.exec('BEGIN IMMEDIATE'))
      try {
        const result = deed()
        guarded(() => db.exec('COMMIT'))
        return result
      } catch (cause) {
        if (db.isTransaction) db.exec('ROLLBACK')
        throw cause
      }
    },
    ...modelPart(tables),
    ...versionPart(tables),
    ...runPart(tables),
    ...loggedPart(tables),
    ...artifactPart(tables),
    ...webhookPart(tables),
  }
}

function modelPart({
  run,
  all,
}: Tables): Pick<NameBook, 'model' | 'saveModel' | 'renameModel' | 'deleteModel' | 'models'> {
  return {
    model: (name) => bodies<NamedModel>(all('SELECT body FROM model WHERE name = ?', name))[0],
    models: () => bodies(all('SELECT body FROM model ORDER BY name LIMIT ?', MAX_ROWS)),
    saveModel: (model) => {
      run('INSERT OR REPLACE INTO model (name, body) VALUES (?, ?)', model.name, JSON.stringify(model))
    },
    renameModel: (from, to) => {
      run("UPDATE model SET name = ?, body = json_set(body, '$.name', ?) WHERE name = ?", to, to, from)
      run("UPDATE version SET name = ?, body = json_set(body, '$.name', ?) WHERE name = ?", to, to, from)
    },
    deleteModel: (name) => {
      run('DELETE FROM version WHERE name = ?', name)
      run('DELETE FROM model WHERE name = ?', name)
    },
  }
}

function versionPart({
  run,
  all,
}: Tables): Pick<NameBook, 'version' | 'saveVersion' | 'deleteVersion' | 'versions' | 'pending'> {
  return {
    version: (name, version) =>
      bodies<NamedVersion>(all('SELECT body FROM version WHERE name = ? AND version = ?', name, version))[0],
    saveVersion: (row) => {
      run(
        'INSERT OR REPLACE INTO version (name, version, state, digest, body) VALUES (?, ?, ?, ?, ?)',
        ...[row.name, row.version, row.state, row.digest ?? null, JSON.stringify(row)],
      )
    },
    deleteVersion: (name, version) => {
      run('DELETE FROM version WHERE name = ? AND version = ?', name, version)
    },
    versions: (name) =>
      bodies(
        name === undefined
          ? all('SELECT body FROM version ORDER BY name, version DESC LIMIT ?', MAX_ROWS)
          : all('SELECT body FROM version WHERE name = ? ORDER BY version DESC LIMIT ?', name, MAX_ROWS),
      ),
    pending: () => bodies(all("SELECT body FROM version WHERE state = 'pending' LIMIT ?", MAX_ROWS)),
  }
}

function runPart({
  run,
  all,
}: Tables): Pick<NameBook, 'experiment' | 'experiments' | 'saveExperiment' | 'run' | 'runs' | 'saveRun'> {
  return {
    experiment: (by) =>
      bodies<Experiment>(
        'id' in by
          ? all('SELECT body FROM experiment WHERE id = ?', by.id)
          : all('SELECT body FROM experiment WHERE name = ?', by.name),
      )[0],
    experiments: () => bodies(all('SELECT body FROM experiment ORDER BY id LIMIT ?', MAX_ROWS)),
    saveExperiment: (row) => {
      run(
        'INSERT OR REPLACE INTO experiment (id, name, body) VALUES (?, ?, ?)',
        ...[row.id, row.name, JSON.stringify(row)],
      )
    },
    run: (id) => bodies<NotedRun>(all('SELECT body FROM run WHERE id = ?', id))[0],
    runs: (experiment) =>
      bodies(
        all('SELECT body FROM run WHERE experiment = ? ORDER BY started DESC LIMIT ?', experiment, MAX_ROWS),
      ),
    saveRun: (row) => {
      run(
        'INSERT OR REPLACE INTO run (id, experiment, started, body) VALUES (?, ?, ?, ?)',
        ...[row.id, row.experimentId, row.startMs, JSON.stringify(row)],
      )
    },
  }
}

function loggedPart({ run, all }: Tables): Pick<NameBook, 'logged' | 'loggedOf' | 'saveLogged'> {
  return {
    logged: (id) => bodies<LoggedModel>(all('SELECT body FROM logged WHERE id = ?', id))[0],
    loggedOf: (experiment) =>
      bodies(
        all('SELECT body FROM logged WHERE experiment = ? ORDER BY id DESC LIMIT ?', experiment, MAX_ROWS),
      ),
    saveLogged: (row) => {
      run(
        'INSERT OR REPLACE INTO logged (id, experiment, body) VALUES (?, ?, ?)',
        ...[row.id, row.experimentId, JSON.stringify(row)],
      )
    },
  }
}

function artifactPart({
  run,
  all,
}: Tables): Pick<NameBook, 'artifact' | 'saveArtifact' | 'artifactsUnder' | 'deleteArtifactsUnder'> {
  // Beneath a folder stand the paths from `folder/` up to, not with, `folder0`: "0" is the sign after "/".
  const ends = (folder: string) => [`${folder}/`, `${folder}0`] as const
  return {
    artifact: (path) => bodies<StoredArtifact>(all('SELECT body FROM artifact WHERE path = ?', path))[0],
    saveArtifact: (row) => {
      run('INSERT OR REPLACE INTO artifact (path, body) VALUES (?, ?)', row.path, JSON.stringify(row))
    },
    artifactsUnder: (folder) =>
      bodies(
        folder === ''
          ? all('SELECT body FROM artifact ORDER BY path LIMIT ?', MAX_ROWS)
          : all(
              'SELECT body FROM artifact WHERE path >= ? AND path < ? ORDER BY path LIMIT ?',
              ...ends(folder),
              MAX_ROWS,
            ),
      ),
    deleteArtifactsUnder: (path) => {
      run('DELETE FROM artifact WHERE path = ? OR (path >= ? AND path < ?)', path, ...ends(path))
    },
  }
}

function webhookPart({
  run,
  all,
}: Tables): Pick<
  NameBook,
  | 'webhook'
  | 'webhooks'
  | 'saveWebhook'
  | 'deleteWebhook'
  | 'saveDelivery'
  | 'deleteDelivery'
  | 'dueDeliveries'
  | 'nextDeliveryMs'
  | 'mirrored'
  | 'saveMirrored'
> {
  return {
    mirrored: (target) => bodies<Mirrored>(all('SELECT body FROM mirrored WHERE target = ?', target))[0],
    saveMirrored: (row) => {
      run('INSERT OR REPLACE INTO mirrored (target, body) VALUES (?, ?)', row.target, JSON.stringify(row))
    },
    webhook: (id) => bodies<Webhook>(all('SELECT body FROM webhook WHERE id = ?', id))[0],
    webhooks: () => bodies(all('SELECT body FROM webhook ORDER BY id LIMIT ?', MAX_ROWS)),
    saveWebhook: (row) => {
      run('INSERT OR REPLACE INTO webhook (id, body) VALUES (?, ?)', row.id, JSON.stringify(row))
    },
    deleteWebhook: (id) => {
      run('DELETE FROM delivery WHERE webhook = ?', id)
      run('DELETE FROM webhook WHERE id = ?', id)
    },
    saveDelivery: (row) => {
      run(
        'INSERT OR REPLACE INTO delivery (id, webhook, due, body) VALUES (?, ?, ?, ?)',
        ...[row.id, row.webhookId, row.dueMs, JSON.stringify(row)],
      )
    },
    deleteDelivery: (id) => {
      run('DELETE FROM delivery WHERE id = ?', id)
    },
    dueDeliveries: (nowMs, limit) =>
      bodies<Delivery>(
        all('SELECT body FROM delivery WHERE due <= ? ORDER BY due, id LIMIT ?', nowMs, limit),
      ),
    nextDeliveryMs: () => {
      const due = all('SELECT min(due) AS due FROM delivery')[0]?.due
      return due === null || due === undefined ? undefined : Number(due)
    },
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

function guarded<T>(deed: () => T): T {
  try {
    return deed()
  } catch (cause) {
    throw new SallyportError('STORE_FAILED', `the book of names failed: ${(cause as Error).message}`, {
      cause,
    })
  }
}

function bodies<T>(rows: readonly Row[]): readonly T[] {
  return rows.map((row) => JSON.parse(String(row.body)) as T)
}
