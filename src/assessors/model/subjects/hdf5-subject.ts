import type { Hdf5View } from '../../../formats/hdf5/index.ts'

/** An HDF5 file as its format room sees it. */
export interface Hdf5Subject {
  readonly kind: 'hdf5'
  readonly view: Hdf5View
}
