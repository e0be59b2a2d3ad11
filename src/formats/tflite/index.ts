export { looksLikeTflite, readTflite } from './read-tflite.ts'
export type { CustomOp, TfliteView } from './tflite-view.ts'
