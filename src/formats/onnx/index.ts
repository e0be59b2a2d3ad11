export type { OnnxExternal, OnnxOperator, OnnxView } from './onnx-view.ts'
export { looksLikeOnnx, readOnnx } from './read-onnx.ts'
export { looksLikeOrt, readOrt } from './read-ort.ts'
export { isOnnxTensor } from './read-tensor.ts'
