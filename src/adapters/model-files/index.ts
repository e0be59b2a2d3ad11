export { openModelFiles } from './open-model-files.ts'
