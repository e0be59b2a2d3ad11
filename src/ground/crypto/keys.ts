import {
  createPrivateKey,
  createPublicKey,
  sign as cryptoSign,
  verify as cryptoVerify,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'
import { SallyportError } from '../lang/index.ts'
import { encryptPkcs8 } from './encrypted-pkcs8.ts'
import { parsePem } from './pem.ts'
import { sha256Hex } from './sha256.ts'

/** The two kinds of key: P-256 (FIPS 186-5) for statements that others verify, Ed25519 (RFC 8032) for signed notes. */
export type KeyAlgorithm = 'P-256' | 'Ed25519'

/** Something that signs: a key in memory here, a KMS elsewhere. */
export interface Signer {
  /** SHA-256 of the public key's SPKI DER, 64 hex digits. */
  readonly keyId: string
  readonly algorithm: KeyAlgorithm
  readonly publicKeyPem: string
  /** ECDSA over SHA-256 in DER for P-256, as Sigstore and cosign have it; 64 bytes for Ed25519. */
  sign(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>
}

/** A public key that answers for signatures. */
export interface Verifier {
  readonly keyId: string
  readonly algorithm: KeyAlgorithm
  readonly publicKeyPem: string
  /** False for a signature that is malformed, of another key, or over other bytes. */
  verify(bytes: Uint8Array, signature: Uint8Array): boolean
}

/** SPKI headers up to the point itself: id-ecPublicKey with prime256v1 and an uncompressed point; id-Ed25519 (RFC 8410). */
const SPKI = {
  'P-256': { prefix: '3059301306072a8648ce3d020106082a8648ce3d03010703420004', bytes: 91 },
  Ed25519: { prefix: '302a300506032b6570032100', bytes: 44 },
} as const

/**
 * A new key. `privateKeyPem` is PKCS#8, encrypted (PBES2: scrypt, AES-256-CBC) when there is a passphrase.
 * @throws SallyportError `KEY_INVALID` for an empty passphrase
 */
export function generateKey(
  algorithm: KeyAlgorithm,
  passphrase?: string,
): { readonly privateKeyPem: string; readonly signer: Signer } {
  const pair =
    algorithm === 'P-256'
      ? generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
      : generateKeyPairSync('ed25519')
  const der = pair.privateKey.export({ type: 'pkcs8', format: 'der' })
  return { privateKeyPem: privatePemOf(der, passphrase), signer: signerOfKey(pair.privateKey) }
}

function privatePemOf(der: Buffer, passphrase: string | undefined): string {
  if (passphrase === undefined) return toPem('PRIVATE KEY', der)
  return toPem('ENCRYPTED PRIVATE KEY', encryptPkcs8(der, passphrase))
}

/**
 * The signer of a PKCS#8 PEM, encrypted or not. Accepts P-256 and Ed25519 and nothing else.
 * @throws SallyportError `KEY_INVALID` when the PEM, the curve or the passphrase is wrong; the key's text is never in it
 */
export function signerOfPem(pem: string, passphrase?: string): Signer {
  const { label, der } = parsePem(pem, ['PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'])
  const encrypted = label === 'ENCRYPTED PRIVATE KEY'
  if (encrypted && (passphrase === undefined || passphrase === ''))
    throw new SallyportError('KEY_INVALID', 'the key is encrypted and no passphrase was given')
  if (!encrypted && passphrase !== undefined)
    throw new SallyportError('KEY_INVALID', 'a passphrase was given, but the key on disk is not encrypted')
  return signerOfKey(readPrivateKey(der, encrypted ? passphrase : undefined))
}

function readPrivateKey(der: Buffer, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey({
      key: der,
      format: 'der',
      type: 'pkcs8',
      ...(passphrase === undefined ? {} : { passphrase }),
    })
  } catch (cause) {
    const why = passphrase === undefined ? 'the key is not PKCS#8' : 'the passphrase does not open this key'
    throw new SallyportError('KEY_INVALID', why, { cause })
  }
}

function signerOfKey(key: KeyObject): Signer {
  const publicKey = describePublicKey(createPublicKey(key))
  const hash = publicKey.algorithm === 'P-256' ? 'sha256' : null
  return { ...publicKey, sign: (bytes) => cryptoSign(hash, bytes, key) }
}

/**
 * The verifier of a SubjectPublicKeyInfo PEM. Accepts P-256 with an uncompressed point, and Ed25519.
 * @throws SallyportError `KEY_INVALID`
 */
export function verifierOfPem(pem: string): Verifier {
  const { der } = parsePem(pem, ['PUBLIC KEY'])
  const key = readPublicKey(der)
  const publicKey = describePublicKey(key)
  const hash = publicKey.algorithm === 'P-256' ? 'sha256' : null
  return {
    ...publicKey,
    verify: (bytes, signature) => cryptoVerify(hash, bytes, key, signature),
  }
}

function readPublicKey(der: Buffer): KeyObject {
  try {
    return createPublicKey({ key: der, format: 'der', type: 'spki' })
  } catch (cause) {
    throw new SallyportError('KEY_INVALID', 'the public key is not a SubjectPublicKeyInfo', { cause })
  }
}

function describePublicKey(key: KeyObject): Pick<Verifier, 'keyId' | 'algorithm' | 'publicKeyPem'> {
  const der = key.export({ type: 'spki', format: 'der' })
  const hex = der.toString('hex')
  // One key must have one id: compressed points and explicit curve parameters are other bytes for the same key.
  for (const algorithm of ['P-256', 'Ed25519'] as const) {
    const form = SPKI[algorithm]
    if (der.length === form.bytes && hex.startsWith(form.prefix))
      return { algorithm, keyId: sha256Hex(der), publicKeyPem: toPem('PUBLIC KEY', der) }
  }
  const found = key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType ?? 'unknown'
  throw new SallyportError(
    'KEY_INVALID',
    `keys must be P-256 or Ed25519 in their usual form; this one is ${found}`,
  )
}

function toPem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
