import { SallyportError } from '../../ground/lang/index.ts'
import {
  REMEMBER_MS,
  type Remembered,
  type RememberedAnswer,
  type RequestMemory,
} from '../../services/identity/index.ts'
import type { Database, Row } from './database.ts'

export interface RequestMemoryOptions {
  readonly db: Database
  readonly tenant: string
  readonly now: () => Date
  /** Names this run of the process: an unanswered request of another run was interrupted. */
  readonly process: string
}

/** Idempotency keys and their answers in the state database. */
export function sqliteRequestMemory({ db, tenant, now, process }: RequestMemoryOptions): RequestMemory {
  const where = 'WHERE tenant = ? AND scope = ? AND key = ?'
  return {
    async begin(scope, key, requestDigest) {
      return db.atomic(() => {
        const at = now()
        const since = new Date(at.getTime() - REMEMBER_MS).toISOString()
        db.run('DELETE FROM remembered_requests WHERE tenant = ? AND at < ?', tenant, since)
        const row = db.get(`SELECT * FROM remembered_requests ${where}`, tenant, scope, key)
        if (row !== undefined) return knownOf(row, requestDigest, process)
        const sql =
          'INSERT INTO remembered_requests (tenant, scope, key, digest, process, at) VALUES (?, ?, ?, ?, ?, ?)'
        db.run(sql, tenant, scope, key, requestDigest, process, at.toISOString())
        return { kind: 'new' }
      })
    },
    async answer(scope, key, { status, body, headers }) {
      const sql = `UPDATE remembered_requests SET status = ?, body = ?, headers = ? ${where}`
      db.run(sql, status, body, JSON.stringify(headers), tenant, scope, key)
    },
    async forget(scope, key) {
      db.run(`DELETE FROM remembered_requests ${where}`, tenant, scope, key)
    },
  }
}

function knownOf(row: Row, requestDigest: string, process: string): Remembered {
  if (row.digest !== requestDigest) return { kind: 'different' }
  if (row.status === null) return { kind: row.process === process ? 'running' : 'interrupted' }
  return { kind: 'answered', answer: answerOf(row) }
}

function answerOf({ status, body, headers }: Row): RememberedAnswer {
  if (typeof status !== 'number' || typeof body !== 'string' || typeof headers !== 'string')
    throw new SallyportError(
      'STORE_FAILED',
      'the state database holds a remembered answer that cannot be read',
    )
  return { status, body, headers: headersOf(JSON.parse(headers)) }
}

function headersOf(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]))
}
