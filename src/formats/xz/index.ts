export {
  looksLikeLzmaAlone,
  MAX_DICTIONARY_BYTES,
  unpackLzma,
  unpackLzma2,
  unpackLzmaAlone,
} from './unpack-lzma.ts'
export { dictionaryBytes, looksLikeXz, unpackXz } from './unpack-xz.ts'
