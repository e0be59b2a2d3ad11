export { itemBytes } from './dtypes.ts'
export { readWeights } from './read-weights.ts'
export { tensorChunks } from './tensor-chunks.ts'
export type { OtherValue, Tensor, WeightsView } from './weights-view.ts'
