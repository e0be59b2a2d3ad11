import { type ScanDeps, type ScanOptions, scanPaths } from './scan-paths.ts'
import type { ScanReport } from './scan-report.ts'

/**
 * Looks at every file of one path. What was refused or could not be read is in the report as undecided, never left out.
 * @throws SallyportError `NOT_FOUND`, `BAD_INPUT` (an empty folder), `TOO_LARGE`, `ABORTED`
 */
export function scanPath(deps: ScanDeps, path: string, options: ScanOptions = {}): Promise<ScanReport> {
  return scanPaths(deps, [path], options)
}
