export { openKeyFolder, type RoleKeys } from './open-key-folder.ts'
