import type { Actor } from '../../../services/registry/index.ts'
import type { Reader, ReviewQueue } from '../../../services/review/index.ts'

/** What the command line asks of the review queue. */
export interface ReviewDoor extends Omit<ReviewQueue, 'noteRequest'> {
  /** Who reads, and whether they may review. */
  reader(): Promise<Reader>
  /** @throws SallyportError `FORBIDDEN` for a token whose role may not review */
  actor(request: unknown): Promise<Actor>
}
