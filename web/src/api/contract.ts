import type * as review from '../../../src/faces/http/contract.ts'
import type { Sealed } from '../../../src/faces/http/contract.ts'
import type * as hub from '../../../src/faces/http/hub-schemas.ts'

export type {
  Assessment,
  Capability,
  Decision,
  Explanation,
  Finding,
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

export type ReviewCase = Sealed<review.ReviewCase>
export type ReviewDetail = Sealed<review.ReviewDetail>
export type Differences = Sealed<review.Differences>
export type Conditions = Sealed<review.Conditions>
export type HeldRevision = Sealed<hub.HeldRevision>
export type Receiver = Sealed<hub.Receiver>
export type PolicySentences = Sealed<review.PolicySentences>
export type HubState = Sealed<hub.HubState>
/** Whether pickled weights can be had as safetensors, and if not, why. */
export interface ConversionOffer {
  readonly can: boolean
  readonly files: readonly string[]
  readonly why?: string
}
