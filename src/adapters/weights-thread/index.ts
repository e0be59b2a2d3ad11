export { compareInThread } from './compare-thread.ts'
export { convertInThread } from './convert-thread.ts'
export { writeNewFile } from './new-files.ts'
export { openSyncSource, type SyncSource } from './sync-source.ts'
