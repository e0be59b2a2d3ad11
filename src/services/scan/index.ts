export { type ListedFile, type ListOptions, listFiles, type Refusal } from './list-files.ts'
export { type ScanDeps, type ScanOptions, type ScanReport, scanPath } from './scan-path.ts'
export type { ScanJob, ScanPool, ScanProgress } from './scan-pool.ts'
