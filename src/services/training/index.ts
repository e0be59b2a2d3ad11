export { parseBudget, readTime } from './budget.ts'
export {
  compareRuns,
  type RunComparison,
} from './compare-runs.ts'
export type { TrainRequest } from './plan-run.ts'
export type {
  CommandEnd,
  FileHasher,
  GpuMeter,
  LookAround,
  ProcessTree,
  ProcessTrees,
  RunStore,
  RunSurroundings,
  TreeSample,
} from './ports.ts'
export { readRun } from './read-runs.ts'
export { foldRunJournal, type ProcessMark, type RunAdmission, writeRunLine } from './run-journal.ts'
export { createRunReader, type RunDetail, type RunReader, type RunSummary } from './run-reader.ts'
export { runSeries } from './run-series.ts'
export { runDigest } from './seal-run.ts'
export { type SettledRuns, settleRuns } from './settle-all.ts'
export type { SettleDeps } from './settle-run.ts'
export { type TrainDeps, type TrainEvent, type TrainResult, trainRun } from './train-run.ts'
export { compareWithNow, requestOfRun } from './verify-run.ts'
