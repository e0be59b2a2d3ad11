import type { Digest } from '../../../ground/domain/index.ts'
import type {
  ClaimedBase,
  DeriveRequest,
  LineageGraph,
  LineageQuery,
} from '../../../services/lineage/index.ts'
import type { Actor } from '../../../services/registry/index.ts'

/** What the command line asks of the lineage. */
export interface LineageDoor {
  /** @throws SallyportError `NOT_FOUND` */
  graph(start: Digest, query: LineageQuery): Promise<LineageGraph>
  /** Bases that the model's own files name, unproven. */
  claims(model: Digest): Promise<readonly ClaimedBase[]>
  /** Seals how a model was made. @returns the statement's digest */
  derive(request: DeriveRequest, actor: Actor): Promise<Digest>
}
