export { openPkcs11Key } from './open-pkcs11-key.ts'
export { parsePkcs11Uri } from './parse-pkcs11-uri.ts'
