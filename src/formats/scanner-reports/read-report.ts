import { fail, ok, type Result, recordOf } from '../../ground/lang/index.ts'
import { readSarif } from './read-sarif.ts'
import { readGrype, readOsvScanner, readSnyk, readTrivy } from './read-tools.ts'
import type { ReportView } from './report-view.ts'

/** Formats of reports that are understood. */
const REPORT_FORMATS = ['trivy', 'grype', 'snyk', 'osv-scanner', 'sarif'] as const
export type ReportFormat = (typeof REPORT_FORMATS)[number]

const READERS: Readonly<
  Record<
    ReportFormat,
    (root: Readonly<Record<string, unknown>>) => ReportView | readonly ReportView[] | undefined
  >
> = {
  trivy: readTrivy,
  grype: readGrype,
  snyk: readSnyk,
  'osv-scanner': readOsvScanner,
  sarif: readSarif,
}

/** Projects in one file of Snyk. */
const MAX_PROJECTS = 1000

/**
 * Reads a report of another tool, parsed from JSON; its format is seen by its shape when none is named.
 * @returns a report a run or project; why it is none otherwise: a report that is half understood would say too little
 */
export function readReport(value: unknown, format?: ReportFormat): Result<readonly ReportView[]> {
  try {
    // Snyk writes a list when it looked at several projects.
    const projects = Array.isArray(value) ? value : [value]
    if (projects.length === 0 || projects.length > MAX_PROJECTS)
      return fail('it is an empty list, or too long a one')
    const read = projects.map((project) => readOne(recordOf(project), format))
    const views = read.flatMap((one) => one ?? [])
    if (read.includes(undefined) || views.length === 0)
      return fail(`it is no report of ${format ?? REPORT_FORMATS.join(', ')}`)
    return ok(views)
  } catch (error) {
    if (error instanceof RangeError) return fail(error.message)
    throw error
  }
}

function readOne(
  root: Readonly<Record<string, unknown>>,
  format: ReportFormat | undefined,
): readonly ReportView[] | undefined {
  for (const one of REPORT_FORMATS) {
    if (format !== undefined && one !== format) continue
    const view = READERS[one](root)
    if (view !== undefined) return Array.isArray(view) ? view : [view as ReportView]
  }
  return undefined
}
