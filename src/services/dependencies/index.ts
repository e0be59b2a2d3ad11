export { type AddedEvidence, addReport } from './add-report.ts'
export {
  type CheckOutcome,
  type CheckRequest,
  checkDependencies,
} from './check-dependencies.ts'
export { type EmittedDependencies, emitDependencies } from './emit-dependencies.ts'
export type {
  DependencyFolder,
  FoundFile,
  OpenDependencies,
  OsvDump,
  VulnDb,
  VulnDbMeta,
  VulnDbStatus,
  VulnDbStore,
  VulnDbWriter,
} from './ports.ts'
export type { ReportRequest } from './report-request.ts'
export { type UpdateOutcome, updateVulnDb } from './update-vuln-db.ts'
export { vulnsOf } from './vulns-evidence.ts'
