export { lookAtHouse } from './look-at-house.ts'
export { runChecks } from './run-checks.ts'
