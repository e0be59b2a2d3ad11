import type { ImportRole } from '../import-policy.ts'

/** A place of a PMML document where an evaluator may find code. */
export interface PmmlSight {
  readonly kind: 'function' | 'extension' | 'script' | 'table'
  /** Name of the function, or of the extension. */
  readonly name: string
  /** What stands in it. */
  readonly text: string
  readonly offset: number
}

/** Code or names of code in files of the Java world. */
export type ForeignCodeSubject =
  | { readonly kind: 'pmml'; readonly sights: readonly PmmlSight[] }
  | { readonly kind: 'java'; readonly text: string; readonly isModel: boolean }
  | { readonly kind: 'spark'; readonly className: string; readonly role: ImportRole }
