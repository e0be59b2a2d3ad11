export { joinUpstreams } from './join-upstreams.ts'
export { layOutModel } from './lay-out-model.ts'
export {
  blobName,
  isManifestHash,
  type OciReference,
  parseOciDigest,
  parseOciName,
  parseOciReference,
  sha256OfBlobName,
} from './oci-names.ts'
export { hostOf, type Outbound, type PeerAnswer, problemOf, readBounded, startOf } from './outbound.ts'
export { decodePath, pullAddressOf } from './pull-names.ts'
export { MANIFEST_TYPES, MAX_MANIFEST_BYTES, type OciManifest, readManifest } from './read-manifest.ts'
export { changed, LATEST, type StampedFile, type StampedSource, stampedUpstream } from './stamped-upstream.ts'
