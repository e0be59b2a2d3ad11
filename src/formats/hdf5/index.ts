export type { Hdf5Attribute, Hdf5Dataset, Hdf5Link, Hdf5Object, Hdf5View } from './hdf5-view.ts'
export { readHdf5 } from './read-hdf5.ts'
export { findSuperblock } from './superblock.ts'
