export { assessRun } from './assess-run.ts'
