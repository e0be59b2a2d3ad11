export { looksLikeBzip2, unpackBzip2 } from './unpack-bzip2.ts'
