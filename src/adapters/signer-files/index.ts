export { openFileKey } from './open-file-key.ts'
