export { scanPath } from './scan-path.ts'
export type { ScanJob, ScanPool } from './scan-pool.ts'
