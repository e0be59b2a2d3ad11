export { readTar } from './read-tar.ts'
export { looksLikeTar } from './tar-header.ts'
export type { TarEntry, TarKind, TarProblem, TarView } from './tar-view.ts'
