export {
  attestApproval,
  attestCycloneDx,
  attestDecision,
  attestDeploymentReceipt,
  attestDerivation,
  attestModelScan,
  attestQuarantine,
  attestRejection,
  attestRevocation,
  attestSlsaProvenance,
  attestTestResult,
  attestVulns,
  attestWaiver,
  exportVsa,
  subjectOf,
} from './attest.ts'
export {
  isVerified,
  openStatement,
  predicateOf,
  subjectsOf,
  tenantOf,
  type Verified,
} from './open-statement.ts'
export { type JsonSchema, PREDICATE_SCHEMAS, TERMS_SCHEMA } from './predicate-schemas.ts'
export {
  kindOfPredicate,
  nameOfPredicate,
  PREDICATE_NAMES,
  PREDICATE_TYPES,
  type PredicateName,
} from './predicate-types.ts'
export type {
  ApprovalPredicate,
  Consent,
  CycloneDxPredicate,
  DeploymentReceiptPredicate,
  DerivationPredicate,
  ModelScanPredicate,
  Predicates,
  QuarantinePredicate,
  SlsaProvenancePredicate,
  TestResultPredicate,
  VsaPredicate,
  VulnsPredicate,
  WaiverPredicate,
  Wish,
} from './predicates.ts'
export { BUNDLE_MEDIA_TYPE, MAX_BUNDLE_BYTES, PAYLOAD_TYPE, sealStatement } from './seal-statement.ts'
export { type KeyRole, ROLE_OF_KIND, type TrustedKey, type TrustedKeys, trustKeys } from './trusted-keys.ts'
