export { looksLikeZstd, unpackZstd } from './unpack-zstd.ts'
