export { type Manifest, type ManifestEntry, makeManifest, problemOfName } from './artifact.ts'
export type {
  Assessment,
  AssessorVersion,
  FileAssessment,
  FileCoverage,
} from './assessment.ts'
export {
  type Component,
  type ComponentHash,
  type ComponentOrigin,
  makeComponent,
  normalPypiName,
} from './component.ts'
export {
  type Decision,
  GATED_STAGES,
  type GatedStage,
  OUTCOMES,
  type Outcome,
  type Reason,
  STAGES,
  type Stage,
} from './decision.ts'
export { type Digest, digestOfBytes, digestOfHash, digestOfJson, hexOfDigest, parseDigest } from './digest.ts'
export {
  type Finding,
  type Location,
  SEVERITIES,
  type Severity,
  VERDICTS,
  type Verdict,
  worstVerdict,
} from './finding.ts'
export { hubModelId, runNodeId } from './lineage-ids.ts'
export { type Purl, parsePurl } from './purl.ts'
export { type ResourceDescriptor, STATEMENT_TYPE, type Statement, type StatementKind } from './statement.ts'
