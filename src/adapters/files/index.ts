export { openFileSource } from './open-file-source.ts'
