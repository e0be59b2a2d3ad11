import type * as api from '../../../src/faces/http/contract.ts'
import type { Sealed } from '../../../src/faces/http/contract.ts'

export type {
  Assessment,
  Capability,
  Decision,
  Explanation,
  Finding,
  ImportTerms,
  InclusionProof,
  LedgerEntry,
  LedgerState,
  LineageGraph,
  Me,
  ModelDetail,
  ModelSummary,
  Page,
  Problem,
  RunDetail,
  RunSummary,
  TimelineEntry,
} from '../../../src/faces/http/contract.ts'

export type ReviewCase = Sealed<api.ReviewCase>
export type ReviewDetail = Sealed<api.ReviewDetail>
export type Differences = Sealed<api.Differences>
export type Conditions = Sealed<api.Conditions>
export type HeldRevision = Sealed<api.HeldRevision>
export type Receiver = Sealed<api.Receiver>
export type PolicySentences = Sealed<api.PolicySentences>
export type HubState = Sealed<api.HubState>
/** Whether pickled weights can be had as safetensors, and if not, why. */
export interface ConversionOffer {
  readonly can: boolean
  readonly files: readonly string[]
  readonly why?: string
}
