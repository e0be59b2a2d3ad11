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
  LoginLink,
  Me,
  ModelDetail,
  ModelSummary,
  NewToken,
  Page,
  Problem,
  RunDetail,
  RunSummary,
  TimelineEntry,
  Token,
} from '../../../src/faces/http/contract.ts'

export type Principal = api.Me['principal']
export type Role = api.Me['role']
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
