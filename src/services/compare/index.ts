export type {
  ComparedSide,
  Differences,
  FileChange,
  LineChange,
  ModelComparison,
  NotCompared,
  TensorChange,
  TensorDifferences,
  TextChange,
} from './compare-port.ts'
