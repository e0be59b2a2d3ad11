import { createCipheriv, randomBytes, scryptSync } from 'node:crypto'
import { SallyportError } from '../lang/index.ts'

/**
 * scrypt: 16 MiB, five passes. OpenSSL refuses to read a key that needs more than 32 MiB, and its own default
 * (PBKDF2 with 2,048 rounds) is too weak for a key file that leaks.
 */
const COST = { N: 16_384, r: 8, p: 5 } as const
const KEY_BYTES = 32
const SALT_BYTES = 16
const IV_BYTES = 16

/** Object identifiers, encoded: PBES2 (RFC 8018 A.4), scrypt (RFC 7914 section 7), aes256-CBC-PAD (NIST). */
const OID_PBES2 = Buffer.from('06092a864886f70d01050d', 'hex')
const OID_SCRYPT = Buffer.from('06092b06010401da47040b', 'hex')
const OID_AES_256_CBC = Buffer.from('060960864801650304012a', 'hex')

/** EncryptedPrivateKeyInfo (RFC 5958) of a PKCS#8 key: PBES2 with scrypt and AES-256-CBC, which OpenSSL reads. */
export function encryptPkcs8(pkcs8: Uint8Array, passphrase: string): Uint8Array {
  if (passphrase === '') throw new SallyportError('KEY_INVALID', 'the passphrase is empty')
  const salt = randomBytes(SALT_BYTES)
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-cbc', scryptSync(passphrase, salt, KEY_BYTES, COST), iv)
  const sealed = Buffer.concat([cipher.update(pkcs8), cipher.final()])
  const kdf = sequence([
    OID_SCRYPT,
    sequence([octets(salt), integer(COST.N), integer(COST.r), integer(COST.p)]),
  ])
  const scheme = sequence([OID_AES_256_CBC, octets(iv)])
  return sequence([sequence([OID_PBES2, sequence([kdf, scheme])]), octets(sealed)])
}

function sequence(parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts))
}

function octets(bytes: Buffer): Buffer {
  return tagged(0x04, bytes)
}

function integer(value: number): Buffer {
  let hex = value.toString(16)
  if (hex.length % 2 === 1) hex = `0${hex}`
  const bytes = Buffer.from(hex, 'hex')
  // A leading one bit would make it negative (X.690 section 8.3).
  return tagged(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes)
}

function tagged(tag: number, content: Buffer): Buffer {
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content])
  if (content.length < 0x100) return Buffer.concat([Buffer.from([tag, 0x81, content.length]), content])
  return Buffer.concat([Buffer.from([tag, 0x82, content.length >> 8, content.length & 0xff]), content])
}
