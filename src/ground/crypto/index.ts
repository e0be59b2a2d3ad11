export { canonicalJson, type Json } from './canonical-json.ts'
export { sha256, sha256Hex } from './sha256.ts'
