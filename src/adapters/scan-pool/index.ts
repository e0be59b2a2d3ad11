export { createScanPool } from './create-scan-pool.ts'
