import { createPublicKey, hash, verify } from 'node:crypto'
import { SallyportError } from '../../ground/lang/index.ts'
import type { ModelKey, SigningCurve } from '../signing/index.ts'

/** OpenSSL's names of the curves, and the hash that goes with each (FIPS 186-5; OMS v1.0 algorithm registry). */
const CURVES: Readonly<Record<string, { readonly curve: SigningCurve; readonly hash: DigestName }>> = {
  prime256v1: { curve: 'P-256', hash: 'sha256' },
  secp384r1: { curve: 'P-384', hash: 'sha384' },
  secp521r1: { curve: 'P-521', hash: 'sha512' },
}

/** Hashes that keys elsewhere sign. */
export type DigestName = 'sha256' | 'sha384' | 'sha512'

/** What a key elsewhere offers: its public half, and signatures over digests. */
export interface DigestSigner {
  /** SubjectPublicKeyInfo. */
  readonly publicKey: { readonly pem: string } | { readonly der: Uint8Array }
  /** Where the key lives, for people; never a secret. */
  readonly label: string
  /** ECDSA in DER. What comes back is believed only when it verifies. */
  signDigest(digest: Uint8Array, name: DigestName, signal?: AbortSignal): Promise<Uint8Array>
}

/**
 * A key elsewhere as a {@link ModelKey}: its public half is taken once and held for the life of this value, and no
 * signature leaves that does not verify under it. An engine that swaps its key or answers nonsense is caught here.
 * @throws SallyportError `KEY_INVALID` for a public key that is none, or on another curve than P-256, P-384 and P-521
 */
export function provenKey(source: DigestSigner): ModelKey {
  const publicKey = readPublicKey(source)
  const found = publicKey.asymmetricKeyDetails?.namedCurve ?? publicKey.asymmetricKeyType ?? 'unknown'
  const suite = CURVES[found]
  if (suite === undefined)
    throw new SallyportError(
      'KEY_INVALID',
      `${source.label} is a key of the kind ${found}; models are signed with P-256, P-384 or P-521`,
    )
  return {
    curve: suite.curve,
    publicKeyPem: String(publicKey.export({ type: 'spki', format: 'pem' })),
    label: source.label,
    sign: async (message, signal) => {
      signal?.throwIfAborted()
      const digest = hash(suite.hash, message, 'buffer')
      const signature = await source.signDigest(digest, suite.hash, signal)
      if (!verify(suite.hash, message, publicKey, signature))
        throw new SallyportError(
          'PEER_FAILED',
          `${source.label} returned a signature that its own public key does not verify; nothing was signed`,
        )
      return signature
    },
  }
}

function readPublicKey({ publicKey, label }: DigestSigner) {
  try {
    return 'pem' in publicKey
      ? createPublicKey({ key: publicKey.pem, format: 'pem' })
      : createPublicKey({ key: Buffer.from(publicKey.der), format: 'der', type: 'spki' })
  } catch (cause) {
    throw new SallyportError('KEY_INVALID', `${label} gave a public key that cannot be read`, { cause })
  }
}
