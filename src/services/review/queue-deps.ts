import type { Digest } from '../../ground/domain/index.ts'
import type { Policy } from '../../trust/policy/index.ts'
import type { ReviewBook, ReviewRegistry } from './ports.ts'

/** Everything the queue stands on. */
export interface QueueDeps {
  readonly book: ReviewBook
  readonly registry: ReviewRegistry
  readonly policy: Policy
  /** Names of the ways to tell people; none: nothing is put into the outbox. */
  readonly channels: readonly string[]
  /** Page of a case, for people. */
  readonly pageOf: (digest: Digest) => string
  /** Days until an answer is due. */
  readonly reviewDays: number
  readonly now: () => Date
  /** UUIDv7. */
  readonly newId: () => string
  /** Takes note of what failed while nobody waited. */
  readonly report: (cause: unknown) => void
}
