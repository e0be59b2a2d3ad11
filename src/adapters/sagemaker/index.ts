export { createSagemakerMirror } from './sagemaker-mirror.ts'
