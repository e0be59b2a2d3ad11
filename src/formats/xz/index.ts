export {
  looksLikeLzmaAlone,
  unpackLzma,
  unpackLzma2,
  unpackLzmaAlone,
} from './unpack-lzma.ts'
export { dictionaryBytes, looksLikeXz, unpackXz } from './unpack-xz.ts'
