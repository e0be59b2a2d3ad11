export { createScanPool, type ScanPoolOptions } from './create-scan-pool.ts'
