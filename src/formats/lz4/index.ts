export { looksLikeLz4, unpackLz4 } from './unpack-lz4.ts'
