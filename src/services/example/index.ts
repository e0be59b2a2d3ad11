export { type ExampleDeps, loadExample, readPipeline } from './load-example.ts'
