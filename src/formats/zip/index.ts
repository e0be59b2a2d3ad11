export { type InflateLimits, inflate, type OpenMember, openMember } from './open-member.ts'
export { looksLikeZip, readZip } from './read-zip.ts'
export type { ZipAnomaly, ZipHeader, ZipMember, ZipView } from './zip-view.ts'
