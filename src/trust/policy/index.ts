export { decide } from './decide.ts'
export { decideTraining } from './decide-training.ts'
export { parsePolicy } from './parse-policy.ts'
export type { Policy } from './policy.ts'
