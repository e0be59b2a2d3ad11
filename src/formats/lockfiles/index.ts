export { isPackageList, kindOfList, unreadableList } from './list-kinds.ts'
export type { Include, PackageList } from './package-list.ts'
export { readPipRequirements } from './read-pip-requirements.ts'
export { type Distro, readOsRelease } from './read-system.ts'
