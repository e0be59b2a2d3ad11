export { inflate, openMember } from './open-member.ts'
export { looksLikeZip, readZip } from './read-zip.ts'
export type { ZipAnomaly, ZipMember, ZipView } from './zip-view.ts'
