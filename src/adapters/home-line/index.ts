export { callLine, type Line } from './call-line.ts'
export { type ServedLine, serveLine } from './serve-line.ts'
