export { diffLines, type LineChange } from '../../ground/lang/index.ts'
export { compareFiles } from './compare-files.ts'
export { type CompareDeps, compareKnown } from './compare-known.ts'
export { compareModels } from './compare-models.ts'
export type {
  ComparedSide,
  Differences,
  FileChange,
  ModelComparison,
  NotCompared,
  TensorChange,
  TensorDifferences,
  TextChange,
} from './compare-port.ts'
export type { CompareLimits } from './compare-tensors.ts'
export type { ComparedFile, ComparedModel, Comparer, PlacedModel } from './ports.ts'
export { summarise } from './summarise.ts'
