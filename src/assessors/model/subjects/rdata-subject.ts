import type { RdataView } from '../../../formats/rdata/index.ts'

/** An object or workspace saved by R. */
export interface RdataSubject {
  readonly kind: 'rdata'
  readonly view: RdataView
}
