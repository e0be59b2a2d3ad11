import type { Digest } from '../../ground/domain/index.ts'
import type { DerivationRelation } from '../../trust/evidence/index.ts'

/** What a point of the lineage is. `hub-model`: a model that only a hub has, known by name and revision. */
export type LineageKind = 'dataset' | 'run' | 'model' | 'hub-model' | 'deployment'

/** How two points hang together; edges lead from what was there first to what came of it. */
export type LineageRelation = DerivationRelation | 'input' | 'base-model' | 'output' | 'source' | 'deployed'

/** A point of the lineage. */
export interface LineageNode {
  readonly id: Digest
  readonly kind: LineageKind
  readonly name: string
  /** Nobody proved that it is there: somebody said so. */
  readonly claimed: boolean
}

/** A link of the lineage, with the statement that says so. */
export interface LineageLink {
  readonly from: Digest
  readonly to: Digest
  readonly relation: LineageRelation
  /** Somebody said so, and nobody proved it: shown, never counted. */
  readonly claimed: boolean
  readonly statement: Digest
  /** RFC 3339; empty where the statement does not say. */
  readonly at: string
}

/** What one statement adds to the lineage. */
export interface LineageChange {
  readonly nodes: readonly LineageNode[]
  readonly links: readonly LineageLink[]
}
