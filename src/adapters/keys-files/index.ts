export { openKeyFolder } from './open-key-folder.ts'
