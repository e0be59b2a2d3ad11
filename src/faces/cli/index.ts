export type { BomDoor, BomFormat, PathBomDoor, WrittenBom } from './doors/bom.ts'
export type { BundleDoor } from './doors/bundle.ts'
export type { DependencyDoor, EvidenceDoor } from './doors/dependencies.ts'
export type { GuardDoor, StandingsDoor } from './doors/guard-load.ts'
export type { HubDoor } from './doors/hub.ts'
export type { LineageDoor } from './doors/lineage.ts'
export type { ReviewDoor } from './doors/review.ts'
export type { KeylessOrder, SignatureOutput, SigningDoor, SignOrder, VerifyOrder } from './doors/signing.ts'
export type {
  AttestVerifyRequest,
  SigstoreDoor,
  TrustedService,
  TrustOutput,
} from './doors/sigstore.ts'
export type { TrainingDoor } from './doors/training.ts'
export type { WeightsDoor } from './doors/weights.ts'
export type { Home, House } from './house.ts'
export { lightStreams } from './light-streams.ts'
export { startCli } from './start-cli.ts'
