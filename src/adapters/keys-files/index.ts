export {
  KEY_FILE_ROLES,
  type KeyFileRole,
  openKeyFolder,
  type PublicKeyListing,
  type RoleKeys,
} from './open-key-folder.ts'
