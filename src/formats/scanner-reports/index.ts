export { type ReportFormat, readReport } from './read-report.ts'
export type { ReportedVulnerability, ReportView } from './report-view.ts'
