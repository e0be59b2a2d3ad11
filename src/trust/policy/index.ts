export { decide } from './decide.ts'
export { parsePolicy } from './parse-policy.ts'
export type { Policy } from './policy.ts'
