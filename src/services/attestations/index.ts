export type {
  AttestedArtifact,
  BundleChecker,
  CheckedBundle,
  HashName,
  ProvenSigner,
  SignedContent,
  WantedSigner,
} from './ports.ts'
export {
  artifactOfDigest,
  type VerifiedAttestation,
  verifyAttestation,
} from './verify-attestation.ts'
