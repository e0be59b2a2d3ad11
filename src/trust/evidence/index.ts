export {
  attestApproval,
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
  ApprovalPredicate,
  Consent,
  Predicates,
  WaiverPredicate,
} from './predicates.ts'
export { PAYLOAD_TYPE, sealStatement } from './seal-statement.ts'
export { type TrustedKeys, trustKeys } from './trusted-keys.ts'
