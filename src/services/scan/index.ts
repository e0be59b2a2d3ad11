export { scanPath } from './scan-path.ts'
export type { ScanPool } from './scan-pool.ts'
