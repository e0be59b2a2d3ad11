export { openPostgresLedgerStore } from './open-postgres-ledger-store.ts'
