export type { Hdf5Dataset, Hdf5Value, Hdf5View } from './hdf5-view.ts'
export { readHdf5 } from './read-hdf5.ts'
export { findSuperblock } from './superblock.ts'
