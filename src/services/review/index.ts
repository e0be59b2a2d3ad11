export { type Courier, createCourier } from './courier.ts'
export { createReviewQueue, type OpenReviewQueue } from './create-review-queue.ts'
export type {
  CasePlace,
  ModelFacts,
  Notice,
  NoticeBody,
  NoticeChannel,
  RequestCount,
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
export { type RegistryWatch, watchRegistry } from './watch-registry.ts'
