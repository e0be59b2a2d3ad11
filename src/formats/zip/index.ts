export { type PackedMember, packedMember, withoutEncryption, type ZipMethod } from './packed-member.ts'
export { mayHoldZip } from './read-directory.ts'
export { findZipTail, looksLikeZip, readZip } from './read-zip.ts'
export type { ZipAnomaly, ZipMember, ZipView } from './zip-view.ts'
