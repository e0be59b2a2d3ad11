import { constants, type KeyObject, publicDecrypt, timingSafeEqual, verify } from 'node:crypto'
import { p256, p384, p521 } from '@noble/curves/nist.js'
import { SallyportError } from '../../ground/lang/index.ts'
import type { HashName } from '../../services/attestations/index.ts'

/** Curves by their OpenSSL names, with the hash that Sigstore's algorithm registry gives them. */
const CURVES: Readonly<Record<string, { readonly hash: HashName; readonly curve: typeof p256 }>> = {
  prime256v1: { hash: 'sha256', curve: p256 },
  secp384r1: { hash: 'sha384', curve: p384 },
  secp521r1: { hash: 'sha512', curve: p521 },
}

/** DER of DigestInfo up to the digest (RFC 8017 section 9.2, note 1). */
const DIGEST_INFO: Readonly<Record<HashName, Uint8Array>> = {
  sha256: Buffer.from('3031300d060960864801650304020105000420', 'hex'),
  sha384: Buffer.from('3041300d060960864801650304020205000430', 'hex'),
  sha512: Buffer.from('3051300d060960864801650304020305000440', 'hex'),
}

/** Whether `signature` is over `message`. Older clients hash with SHA-256 whatever the curve, so both are taken. */
export function verifyBytes(key: KeyObject, message: Uint8Array, signature: Uint8Array): boolean {
  if (key.asymmetricKeyType === 'ed25519') return verify(null, message, key, signature)
  const named = CURVES[key.asymmetricKeyDetails?.namedCurve ?? '']?.hash ?? 'sha256'
  return [...new Set([named, 'sha256'])].some((hash) => verify(hash, message, key, signature))
}

/**
 * Whether `signature` is over a message with this digest: the message itself, which may be fifty gigabytes, is not
 * needed. node:crypto cannot do it.
 * @throws SallyportError `NOT_SUPPORTED` for keys that sign messages and not digests (Ed25519)
 */
export function verifyDigest(
  key: KeyObject,
  signed: { readonly algorithm: HashName; readonly digest: Uint8Array; readonly signature: Uint8Array },
): boolean {
  const { algorithm, digest, signature } = signed
  if (key.asymmetricKeyType === 'rsa')
    return verifyRsaDigest(key, Buffer.concat([DIGEST_INFO[algorithm], digest]), signature)
  const curve = CURVES[key.asymmetricKeyDetails?.namedCurve ?? '']?.curve
  if (key.asymmetricKeyType !== 'ec' || curve === undefined)
    throw new SallyportError(
      'NOT_SUPPORTED',
      `a ${key.asymmetricKeyType} key cannot be checked against a digest`,
    )
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
  try {
    return curve.verify(signature, digest, point, { prehash: false, format: 'der', lowS: false })
  } catch {
    // It throws for bytes that are no DER signature; as an answer that is "no".
    return false
  }
}

function verifyRsaDigest(key: KeyObject, wanted: Buffer, signature: Uint8Array): boolean {
  let found: Buffer
  try {
    found = publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature)
  } catch {
    // OpenSSL throws when the padding is wrong; as an answer that is "no".
    return false
  }
  return found.length === wanted.length && timingSafeEqual(found, wanted)
}
