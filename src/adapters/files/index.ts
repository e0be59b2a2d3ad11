export { hashFile } from './hash-file.ts'
export { openFileSource } from './open-file-source.ts'
