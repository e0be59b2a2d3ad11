export { openPostgresLedgerStore, type PostgresLedgerStoreOptions } from './open-postgres-ledger-store.ts'
