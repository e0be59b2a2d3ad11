export { createRegistry, type OpenRegistry } from './create-registry.ts'
export type { EvidenceDesk, NewEvidence } from './evidence-desk.ts'
export type { ModelFold } from './fold-model.ts'
export type { LineageKind, LineageLink, LineageNode } from './lineage-port.ts'
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
  Verification,
} from './registry-port.ts'
export { zipMembers } from './zip-members.ts'
