export { createRegistry } from './create-registry.ts'
export type { ModelFold } from './fold-model.ts'
export type {
  BlobStore,
  DecisionRow,
  Intake,
  IntakeFile,
  ModelQuery,
  StatementRow,
  StoredBlob,
  View,
  ViewChange,
} from './ports.ts'
export { projectLedger } from './project-ledger.ts'
export type {
  Actor,
  Explanation,
  LineageEdge,
  ModelDetail,
  ModelSummary,
  Page,
  Registry,
} from './registry-port.ts'
export { zipMembers } from './zip-members.ts'
