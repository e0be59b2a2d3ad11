export { openDump } from './open-dump.ts'
