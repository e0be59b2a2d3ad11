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
export type {
  Actor,
  Explanation,
  LineageEdge,
  ModelDetail,
  ModelSummary,
  Page,
  Progress,
  Registry,
  TimelineEntry,
} from './registry-port.ts'
