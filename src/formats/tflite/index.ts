export { looksLikeTflite, readTflite } from './read-tflite.ts'
export type { CustomOp, FlexNode, TfliteView } from './tflite-view.ts'
