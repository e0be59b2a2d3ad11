export { crc32c } from './crc32c.ts'
export { openGcpKmsKey } from './open-gcp-kms-key.ts'
