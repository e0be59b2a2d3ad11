import { hash } from 'node:crypto'
import pg from 'pg'
import { type Digest, digestOfHash } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type {
  LedgerEntry,
  LedgerStore,
  Publication,
  SealedEnvelope,
  StoreProblem,
} from '../../trust/ledger/index.ts'
import { MIGRATIONS } from './migrations.ts'

/** Connections. One commits, one publishes, the others read. */
const MAX_CONNECTIONS = 4
/** Entries and bytes of one `read`. */
const [MAX_READ_ENTRIES, MAX_READ_BYTES] = [1024, 8 * 1024 * 1024]
/** First half of every advisory lock of ours: "SLPY". */
const LOCK_CLASS = 0x534c5059

/** Which database, and whose log in it. */
export interface PostgresLedgerStoreOptions {
  readonly url: string
  readonly tenant: string
}

/**
 * Opens a tenant's log in PostgreSQL. Several processes may: an advisory lock puts their groups in order.
 * @throws SallyportError `STORE_FAILED`
 */
export async function openPostgresLedgerStore(options: PostgresLedgerStoreOptions): Promise<LedgerStore> {
  const pool = new pg.Pool({ connectionString: options.url, max: MAX_CONNECTIONS })
  // An idle connection that breaks is replaced at its next use, which fails loudly if it cannot be.
  pool.on('error', () => undefined)
  const store = new PostgresLedgerStore(pool, options.tenant)
  try {
    await migrate(pool)
    await store.refresh()
    return store
  } catch (error) {
    await pool.end()
    throw asStoreFailure(error)
  }
}

class PostgresLedgerStore implements LedgerStore {
  readonly #pool: pg.Pool
  readonly #tenant: string
  readonly #lockKey: number
  #size = 0

  constructor(pool: pg.Pool, tenant: string) {
    this.#pool = pool
    this.#tenant = tenant
    this.#lockKey = hash('sha256', tenant, 'buffer').readInt32BE(0)
  }

  async refresh(): Promise<void> {
    const { rows } = await this.#query(
      'select coalesce(max(idx) + 1, 0) as size from log.entry where tenant = $1',
      [],
    )
    this.#size = Number(rows[0]?.size ?? 0)
  }

  size(): number {
    return this.#size
  }

  async commit(batch: readonly SealedEnvelope[]): Promise<readonly number[]> {
    const fresh = new Map(batch.map((sealed) => [sealed.digest, sealed]))
    const digests = [...fresh.keys()].map(rawDigest)
    const envelopes = [...fresh.values()].map((sealed) => asBuffer(sealed.envelope))
    const found = await this.#inOrder(async (client) => {
      // Without this an operator's synchronous_commit = off would acknowledge what a crash can lose.
      await client.query('set local synchronous_commit = on')
      await client.query(
        `insert into log.entry (tenant, idx, digest, envelope)
         select $1, base.size + row_number() over (order by new.place) - 1, new.digest, new.envelope
         from unnest($2::bytea[], $3::bytea[]) with ordinality as new (digest, envelope, place),
           (select coalesce(max(idx) + 1, 0) as size from log.entry where tenant = $1) as base
         where not exists (select from log.entry old where old.tenant = $1 and old.digest = new.digest)`,
        [this.#tenant, digests, envelopes],
      )
      const { rows } = await client.query(
        'select idx, digest, (select max(idx) + 1 from log.entry where tenant = $1) as size from log.entry where tenant = $1 and digest = any($2)',
        [this.#tenant, digests],
      )
      return rows
    })
    const indexes = new Map(found.map((row) => [digestOfHash(row.digest), Number(row.idx)]))
    this.#size = Math.max(this.#size, Number(found[0]?.size ?? 0))
    return batch.map(({ digest }) => {
      const index = indexes.get(digest)
      if (index === undefined) throw new SallyportError('STORE_FAILED', `the database did not keep ${digest}`)
      return index
    })
  }

  async read(from: number, count: number): Promise<readonly LedgerEntry[]> {
    const limit = Math.min(count, MAX_READ_ENTRIES)
    const { rows } = await this.#query(
      `select idx, digest, envelope from (
         select *, sum(length(envelope)) over (order by idx) - length(envelope) as before from log.entry
         where tenant = $1 and idx >= $2 and idx < $3) as page
       where before = 0 or before + length(envelope) <= ${MAX_READ_BYTES} order by idx`,
      [from, from + limit],
    )
    return rows.map((row) => {
      const entry = { index: Number(row.idx), digest: digestOfHash(row.digest), envelope: row.envelope }
      if (hash('sha256', row.envelope, 'hex') !== entry.digest.slice('sha256:'.length))
        throw new SallyportError('LOG_CORRUPT', `entry ${entry.index} is not what was acknowledged`)
      return entry
    })
  }

  async find(digest: Digest): Promise<number | undefined> {
    const { rows } = await this.#query('select idx from log.entry where tenant = $1 and digest = $2', [
      rawDigest(digest),
    ])
    return rows[0] === undefined ? undefined : Number(rows[0].idx)
  }

  async digestsFrom(from: number): Promise<Uint8Array> {
    const { rows } = await this.#query(
      'select idx, digest from log.entry where tenant = $1 and idx >= $2 order by idx',
      [from],
    )
    const gap = rows.findIndex((row, i) => Number(row.idx) !== from + i)
    if (gap >= 0) throw new SallyportError('LOG_CORRUPT', `entry ${from + gap} is missing`)
    this.#size = Math.max(this.#size, from + rows.length)
    return Buffer.concat(rows.map((row) => row.digest))
  }

  async checkpoint(): Promise<string | undefined> {
    const { rows } = await this.#query('select note from log.checkpoint where tenant = $1', [])
    return rows[0]?.note
  }

  async publish({ previous, checkpoint, size, files, remove }: Publication): Promise<void> {
    // One transaction: nobody sees the checkpoint without its files.
    await this.#inOrder(async (client) => {
      await client.query('set local synchronous_commit = on')
      const stored = await client.query('select note from log.checkpoint where tenant = $1', [this.#tenant])
      if (stored.rows[0]?.note !== previous)
        throw new SallyportError('CONFLICT', 'the checkpoint is not the one this publication follows')
      await client.query(
        `insert into log.file (tenant, path, bytes) select $1, * from unnest($2::text[], $3::bytea[])
         on conflict (tenant, path) do update set bytes = excluded.bytes`,
        [this.#tenant, files.map((file) => file.path), files.map((file) => asBuffer(file.bytes))],
      )
      await client.query('delete from log.file where tenant = $1 and path = any($2)', [this.#tenant, remove])
      await client.query(
        `insert into log.checkpoint (tenant, note, size) values ($1, $2, $3)
         on conflict (tenant) do update set note = excluded.note, size = excluded.size`,
        [this.#tenant, checkpoint, size],
      )
    })
  }

  async file(path: string): Promise<Uint8Array | undefined> {
    const { rows } = await this.#query('select bytes from log.file where tenant = $1 and path = $2', [path])
    return rows[0]?.bytes
  }

  async *check(): AsyncIterable<StoreProblem> {
    const { rows } = await this.#query(
      `select idx, expected from (
         select idx, row_number() over (order by idx) - 1 as expected from log.entry where tenant = $1) as numbered
       where idx <> expected order by idx limit 1`,
      [],
    )
    for (const row of rows)
      yield { where: `log.entry ${row.expected}`, what: `is missing; ${row.idx} follows` }
    const damaged = await this.#query(
      'select idx from log.entry where tenant = $1 and sha256(envelope) <> digest order by idx',
      [],
    )
    for (const row of damaged.rows)
      yield { where: `log.entry ${row.idx}`, what: 'its envelope does not have its digest' }
  }

  async close(): Promise<void> {
    await this.#pool.end()
  }

  async #query(sql: string, values: readonly unknown[]): Promise<pg.QueryResult> {
    try {
      return await this.#pool.query(sql, [this.#tenant, ...values])
    } catch (error) {
      throw asStoreFailure(error)
    }
  }

  /** One writer of this tenant at a time, in all processes; the lock ends with the transaction, however it ends. */
  async #inOrder<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    return await inTransaction(this.#pool, async (client) => {
      await client.query('select pg_advisory_xact_lock($1, $2)', [LOCK_CLASS, this.#lockKey])
      return await work(client)
    })
  }
}

async function migrate(pool: pg.Pool): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock($1, 0)', [LOCK_CLASS])
    await client.query(
      'create schema if not exists log; create table if not exists log.migration (step integer primary key)',
    )
    const { rows } = await client.query('select coalesce(max(step), 0) as step from log.migration')
    for (let step = Number(rows[0]?.step ?? 0); step < MIGRATIONS.length; step++) {
      await client.query(MIGRATIONS[step] ?? '')
      await client.query('insert into log.migration values ($1)', [step + 1])
    }
  })
}

async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await connect(pool)
  let isBroken = true
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    isBroken = false
    return result
  } catch (error) {
    await client.query('rollback').then(
      () => {
        isBroken = false
      },
      () => undefined, // The connection is thrown away below, which rolls back too.
    )
    throw asStoreFailure(error)
  } finally {
    client.release(isBroken)
  }
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect()
  } catch (error) {
    throw asStoreFailure(error)
  }
}

function asStoreFailure(error: unknown): SallyportError {
  if (error instanceof SallyportError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new SallyportError('STORE_FAILED', `PostgreSQL: ${message}`, { cause: error })
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

function rawDigest(digest: Digest): Buffer {
  return Buffer.from(digest.slice('sha256:'.length), 'hex')
}
