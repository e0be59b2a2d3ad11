import type { NpyView } from '../../../formats/npy/index.ts'

/** An array file of NumPy. */
export interface NpySubject {
  readonly kind: 'npy'
  readonly view: NpyView
}
