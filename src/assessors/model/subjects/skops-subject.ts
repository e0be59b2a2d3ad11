import type { SkopsNode } from '../../../formats/skops/index.ts'
import type { ImportRole } from '../import-policy.ts'

/** A node of a skops file, and what is known of the type it imports. */
export interface JudgedNode extends SkopsNode {
  readonly role: ImportRole
}

/** The schema of a skops file. */
export interface SkopsSubject {
  readonly kind: 'skops'
  readonly nodes: readonly JudgedNode[]
}
