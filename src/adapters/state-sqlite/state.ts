import { randomUUID } from 'node:crypto'
import type { IdentityStore, RequestMemory } from '../../services/identity/index.ts'
import { openDatabase } from './database.ts'
import { sqliteIdentityStore } from './sqlite-identity-store.ts'
import { sqliteRequestMemory } from './sqlite-request-memory.ts'

/** What is kept in `state.db`: accounts and remembered requests, no projection of the ledger. */
export interface State {
  readonly identityStore: IdentityStore
  readonly requestMemory: RequestMemory
  close(): void
}

/** Opens `state.db`, making and migrating it as needed. @throws SallyportError `STORE_FAILED` */
export function openState(options: {
  readonly file: string
  readonly tenant?: string
  readonly now: () => Date
}): State {
  const db = openDatabase(options.file)
  const tenant = options.tenant ?? 'default'
  return {
    identityStore: sqliteIdentityStore(db, tenant),
    requestMemory: sqliteRequestMemory({ db, tenant, now: options.now, process: randomUUID() }),
    close: () => db.close(),
  }
}
