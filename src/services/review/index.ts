export { createCourier } from './courier.ts'
export { createReviewQueue, type OpenReviewQueue } from './create-review-queue.ts'
export type {
  ModelFacts,
  Notice,
  NoticeBody,
  NoticeChannel,
  ReviewBook,
  ReviewRegistry,
  StoredCase,
} from './ports.ts'
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
export { watchRegistry } from './watch-registry.ts'
