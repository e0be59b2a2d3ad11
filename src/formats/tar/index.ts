export { readTar } from './read-tar.ts'
export { looksLikeTar } from './tar-header.ts'
export type { TarEntry, TarView } from './tar-view.ts'
