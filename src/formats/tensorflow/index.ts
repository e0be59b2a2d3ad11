export type { GraphBody, GraphForm, GraphNode, TensorflowView } from './graph-view.ts'
export { readBundleIndex } from './read-bundle-index.ts'
export { readTensorflow } from './read-graph.ts'
export { readTextGraph } from './read-text-graph.ts'
