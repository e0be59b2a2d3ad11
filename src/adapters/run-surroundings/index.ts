export { openFileHasher } from './file-hasher.ts'
export { bareRemote } from './git-state.ts'
export { lookAround } from './look-around.ts'
