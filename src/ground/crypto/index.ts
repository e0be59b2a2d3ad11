export { canonicalJson } from './canonical-json.ts'
export { type OpenedEnvelope, openEnvelope, pae, sealEnvelope } from './dsse.ts'
export {
  generateKey,
  type KeyAlgorithm,
  type Signer,
  signerOfPem,
  type Verifier,
  verifierOfPem,
} from './keys.ts'
export { sha256, sha256Hex } from './sha256.ts'
export { parseStrictJson } from './strict-json.ts'
