export { baselineOf, parseBaseline } from './baseline.ts'
export { readSuppressions } from './read-suppressions.ts'
export { scanPath } from './scan-path.ts'
export { type ScanOptions, scanPaths } from './scan-paths.ts'
export type { ScanJob, ScanPool, ScanProgress } from './scan-pool.ts'
export type {
  PutAside,
  PutAsideBy,
  ScannedFile,
  ScanReport,
} from './scan-report.ts'
