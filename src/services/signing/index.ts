export { checkImported, withSignatures } from './check-imported.ts'
export type { HashProgress } from './hash-files.ts'
export type {
  BelievedSigner,
  SignerFacts,
} from './open-signature.ts'
export type {
  BundleSigner,
  FileStamp,
  HashCache,
  HashJob,
  KeylessVerifier,
  ModelEntry,
  ModelFiles,
  ModelKey,
  ModelListing,
  SigningCurve,
  Timestamper,
  TimestampVerifier,
} from './ports.ts'
export { recordSignature } from './record-signature.ts'
export {
  type SignRequest,
  type SignWith,
  signModel,
} from './sign-model.ts'
export {
  manifestsOf,
  type VerifiedModel,
  type VerifyDeps,
  type VerifyRequest,
  verifyModel,
} from './verify-model.ts'
