import type { ScanReport } from '../scan/index.ts'

/** A file's name from where the scan ran. */
export function placeOf(report: Pick<ScanReport, 'base'>, path: string): string {
  if (report.base === '') return path
  return report.base.endsWith('/') ? `${report.base}${path}` : `${report.base}/${path}`
}
