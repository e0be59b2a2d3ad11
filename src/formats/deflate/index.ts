export { unpackDeflate } from './unpack-deflate.ts'
export { looksLikeGzip, looksLikeZlib, unpackGzip, unpackZlib } from './unpack-gzip.ts'
