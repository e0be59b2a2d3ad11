export { canonicalJson } from './canonical-json.ts'
export { verifyCertificateChain } from './certificate-chain.ts'
export { type Certificate, readCertificate, readPemCertificates } from './certificates.ts'
export { changePassphrase } from './change-passphrase.ts'
export { type OpenedEnvelope, openEnvelope, pae, sealEnvelope } from './dsse.ts'
export {
  type EcVerifier,
  ecSignerOfPem,
  ecVerifierOfPem,
  ecVerifierOfSpki,
} from './ec-keys.ts'
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
