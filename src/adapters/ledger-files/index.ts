export { type FileOps, nodeFileOps, type OpenFile, type SyncPoint } from './file-ops.ts'
export { lockFolder } from './folder-lock.ts'
export { openFileLedgerStore } from './open-file-ledger-store.ts'
export { writeLogFolder } from './write-log-folder.ts'
