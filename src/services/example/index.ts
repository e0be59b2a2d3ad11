export { loadExample, readPipeline } from './load-example.ts'
