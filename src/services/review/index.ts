export {
  CASE_STATES,
  type CaseState,
  type GateDoor,
  type GateRequest,
  type PublisherHistory,
  type Reader,
  type Requester,
  type ReviewAnswer,
  type ReviewCase,
  type ReviewDetail,
  type ReviewQueue,
} from './review-port.ts'
