export {
  attestApproval,
  attestChangesRequested,
  attestDecision,
  attestDeploymentReceipt,
  attestDerivation,
  attestModelScan,
  attestQuarantine,
  attestRejection,
  attestRevocation,
  attestTestResult,
  attestVulns,
  attestWaiver,
  exportVsa,
  subjectOf,
} from './attest.ts'
export { type DescriptorKind, descriptorSubject } from './descriptor-subject.ts'
export {
  isVerified,
  openStatement,
  predicateOf,
  subjectsOf,
  tenantOf,
  type Verified,
} from './open-statement.ts'

export {
  kindOfPredicate,
  PREDICATE_TYPES,
  type PredicateName,
} from './predicate-types.ts'
export type {
  ApprovalConditions,
  ApprovalPredicate,
  ClaimedDataset,
  Consent,
  DerivationParent,
  DerivationPredicate,
  DerivationRelation,
  ModelSignaturePredicate,
  Predicates,
  QuarantinePredicate,
  SlsaProvenancePredicate,
  WaiverPredicate,
} from './predicates.ts'
export { PAYLOAD_TYPE, sealStatement } from './seal-statement.ts'
export type {
  RunBudget,
  RunCoverage,
  RunFiles,
  RunInputs,
  RunOutcome,
  RunResources,
  TrainingRunPredicate,
} from './training-predicates.ts'
export { type KeyRole, type TrustedKey, type TrustedKeys, trustKeys } from './trusted-keys.ts'
