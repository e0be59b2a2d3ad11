export { openVaultKey } from './open-vault-key.ts'
