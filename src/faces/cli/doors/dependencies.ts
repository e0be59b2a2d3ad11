import type { Digest } from '../../../ground/domain/index.ts'
import type {
  AddedEvidence,
  CheckOutcome,
  CheckRequest,
  EmittedDependencies,
  ReportRequest,
  UpdateOutcome,
  VulnDbStatus,
} from '../../../services/dependencies/index.ts'

/** What the command line asks about packages, without opening the home. */
export interface DependencyDoor {
  check(request: CheckRequest): Promise<CheckOutcome>
  /** The packages of a check as CycloneDX components. */
  emit(outcome: CheckOutcome): EmittedDependencies
  update(
    request: {
      readonly from: readonly string[]
      readonly keep: boolean
      readonly epss?: string
      readonly kev?: string
    },
    onProgress: (records: number) => void,
  ): Promise<UpdateOutcome>
  /** Undefined when there is none. */
  status(): VulnDbStatus | undefined
}

/** What an open home does with checks and reports. */
export interface EvidenceDoor {
  /** Seals a check of packages about a model, or about any subject by its digest. */
  recordVulns(subject: Digest, outcome: CheckOutcome): Promise<Digest>
  addReport(
    subject: Digest,
    report: Omit<ReportRequest, 'subject' | 'subjectDigest'>,
  ): Promise<readonly AddedEvidence[]>
}
