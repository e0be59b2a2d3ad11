export { looksLikeBlobStorage, readBlobStorage } from './read-blobs.ts'
export { type CoreMlItem, looksLikeCoreMl, readCoreMl } from './read-coreml.ts'
