export { type Check, type Look, runChecks } from './run-checks.ts'
