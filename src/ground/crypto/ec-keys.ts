import {
  createPrivateKey,
  createPublicKey,
  sign as cryptoSign,
  verify as cryptoVerify,
  type KeyObject,
} from 'node:crypto'
import { SallyportError } from '../lang/index.ts'
import { parsePem } from './pem.ts'
import { sha256Hex } from './sha256.ts'

/** The curves on which models are signed (OMS v1.0); the house's own keys are P-256 (keys.ts). */
export type EcCurve = 'P-256' | 'P-384' | 'P-521'

/** The hash goes with the curve (OMS v1.0, section 7). */
const HASHES: Readonly<Record<EcCurve, EcHash>> = { 'P-256': 'sha256', 'P-384': 'sha384', 'P-521': 'sha512' }
const CURVES: Readonly<Record<string, EcCurve>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
}

type EcHash = 'sha256' | 'sha384' | 'sha512'

/** A public key on one of the curves. */
export interface EcVerifier {
  readonly curve: EcCurve
  /** SHA-256 of the public key's SPKI DER, 64 hex digits. */
  readonly keyId: string
  /** SubjectPublicKeyInfo with the newline at its end. */
  readonly publicKeyPem: string
  readonly spki: Uint8Array
  /** ECDSA in DER. False for a signature that is malformed, of another key, or over other bytes. @param hash that of the curve when absent */
  verify(bytes: Uint8Array, signature: Uint8Array, hash?: 'sha256'): boolean
}

/** A private key on one of the curves, in memory. */
export interface EcSigner {
  readonly curve: EcCurve
  readonly keyId: string
  readonly publicKeyPem: string
  /** ECDSA in DER over the curve's hash. */
  sign(bytes: Uint8Array): Uint8Array
}

/** The verifier of a SubjectPublicKeyInfo PEM on P-256, P-384 or P-521. @throws SallyportError `KEY_INVALID` */
export function ecVerifierOfPem(pem: string): EcVerifier {
  return ecVerifierOfSpki(parsePem(onlyBlock(pem, 'public key'), ['PUBLIC KEY']).der)
}

/** The verifier of a SubjectPublicKeyInfo in DER. @throws SallyportError `KEY_INVALID` */
export function ecVerifierOfSpki(der: Uint8Array): EcVerifier {
  return verifierOfKey(
    readKey('the public key is not a SubjectPublicKeyInfo', () =>
      createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' }),
    ),
  )
}

/**
 * The signer of a private key in PEM: PKCS#8, encrypted or not, or the SEC1 form of `openssl ecparam -genkey`.
 * @throws SallyportError `KEY_INVALID` when the PEM, the curve or the passphrase is wrong; the key's text is never in it
 */
export function ecSignerOfPem(pem: string, passphrase?: string): EcSigner {
  const { label, der } = parsePem(onlyBlock(pem, 'private key'), [
    'PRIVATE KEY',
    'ENCRYPTED PRIVATE KEY',
    'EC PRIVATE KEY',
  ])
  const isEncrypted = label === 'ENCRYPTED PRIVATE KEY'
  if (isEncrypted && (passphrase === undefined || passphrase === ''))
    throw new SallyportError('KEY_INVALID', 'the key is encrypted and no passphrase was given')
  const type = label === 'EC PRIVATE KEY' ? 'sec1' : 'pkcs8'
  const why = isEncrypted ? 'the passphrase does not open this key' : 'the private key cannot be read'
  const key = readKey(why, () =>
    createPrivateKey({
      key: der,
      format: 'der',
      type,
      ...(isEncrypted && passphrase !== undefined ? { passphrase } : {}),
    }),
  )
  const { curve, keyId, publicKeyPem } = verifierOfKey(createPublicKey(key))
  return { curve, keyId, publicKeyPem, sign: (bytes) => cryptoSign(HASHES[curve], bytes, key) }
}

/** Characters. certtool writes a page of words before the key. */
const MAX_KEY_TEXT = 65_536
const BLOCKS = {
  'private key': /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*-----END [A-Z ]+-----/g,
  'public key': /-----BEGIN PUBLIC KEY-----[^-]*-----END [A-Z ]+-----/g,
}

/** The one key of a text; what tools write around it, and the curve's name of `openssl ecparam`, are left aside. */
function onlyBlock(text: string, what: keyof typeof BLOCKS): string {
  const [block, second] = (text.length > MAX_KEY_TEXT ? null : text.match(BLOCKS[what])) ?? []
  if (block === undefined || second !== undefined)
    throw new SallyportError(
      'KEY_INVALID',
      `the text must hold one ${what} in PEM, and it holds none or several`,
    )
  return block
}

function readKey(why: string, read: () => KeyObject): KeyObject {
  try {
    return read()
  } catch (cause) {
    throw new SallyportError('KEY_INVALID', why, { cause })
  }
}

function verifierOfKey(key: KeyObject): EcVerifier {
  const curve = CURVES[key.asymmetricKeyDetails?.namedCurve ?? '']
  if (key.asymmetricKeyType !== 'ec' || curve === undefined) {
    const found = key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType ?? 'unknown'
    throw new SallyportError(
      'KEY_INVALID',
      `models are signed with P-256, P-384 or P-521 (OpenSSF Model Signing v1.0); this key is ${found}`,
    )
  }
  const spki = key.export({ type: 'spki', format: 'der' })
  return {
    curve,
    keyId: sha256Hex(spki),
    publicKeyPem: String(key.export({ type: 'spki', format: 'pem' })),
    spki,
    verify: (bytes, signature, hash) => cryptoVerify(hash ?? HASHES[curve], bytes, key, signature),
  }
}
