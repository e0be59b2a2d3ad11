export { openTimestampAuthority } from './open-timestamp-authority.ts'
