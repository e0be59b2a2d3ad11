import { createHash, type KeyObject, timingSafeEqual } from 'node:crypto'
import type { Bundle } from '@sigstore/bundle'
import { HashAlgorithm } from '@sigstore/protobuf-specs'
import type { SignedEntity } from '@sigstore/verify'
import { pae } from '../../ground/crypto/index.ts'
import { SallyportError, toHex } from '../../ground/lang/index.ts'
import type { AttestedArtifact, HashName } from '../../services/attestations/index.ts'
import { verifyBytes, verifyDigest } from './verify-signature.ts'

/** What a bundle signs, as `@sigstore/verify` asks about it. */
export type SignatureContent = SignedEntity['signature']

const HASH_NAMES: Readonly<Partial<Record<HashAlgorithm, HashName>>> = {
  [HashAlgorithm.SHA2_256]: 'sha256',
  [HashAlgorithm.SHA2_384]: 'sha384',
  [HashAlgorithm.SHA2_512]: 'sha512',
}

/** A Rekor entry names a digest and not its algorithm in one place, so the length says which was meant. */
const HASH_OF_LENGTH: Readonly<Record<number, HashName>> = { 32: 'sha256', 48: 'sha384', 64: 'sha512' }

/** Bytes of a digest in a bundle that names its algorithm wrongly would be compared as another one's. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

/** A DSSE envelope: the signature is over its pre-authentication encoding. */
export function dsseContent(envelope: {
  payload: Buffer
  payloadType: string
  signature: Buffer
}): SignatureContent {
  const { payload, payloadType, signature } = envelope
  const message = pae(payloadType, payload)
  const isHashOf = (bytes: Uint8Array) => (digest: Buffer) => {
    const algorithm = HASH_OF_LENGTH[digest.length]
    return algorithm !== undefined && isSame(createHash(algorithm).update(bytes).digest(), digest)
  }
  return {
    signature,
    compareSignature: (other) => isSame(signature, other),
    compareDigest: isHashOf(payload),
    compareSignedDigest: isHashOf(message),
    verifySignature: (key) => verifyBytes(key, message, signature),
  }
}

/** A signature over the artifact itself, of which the digest suffices. */
export function artifactContent(signed: {
  readonly algorithm: HashName
  readonly digest: Uint8Array
  readonly signature: Buffer
}): SignatureContent {
  const { algorithm, digest, signature } = signed
  return {
    signature,
    compareSignature: (other) => isSame(signature, other),
    compareDigest: (other) => isSame(digest, other),
    compareSignedDigest: (other) => isSame(digest, other),
    verifySignature: (key: KeyObject) => verifyDigest(key, { algorithm, digest, signature }),
  }
}

/**
 * The digest of the artifact that a message signature is about, computed from the artifact and compared with what the
 * bundle says of itself.
 * @throws SallyportError `BAD_INPUT` without an artifact, `SIGNATURE_INVALID` when the bundle is about other bytes
 */
export async function digestOfArtifact(
  message: Extract<Bundle['content'], { $case: 'messageSignature' }>['messageSignature'],
  artifact: AttestedArtifact | undefined,
): Promise<{ readonly algorithm: HashName; readonly digest: Uint8Array }> {
  const algorithm = HASH_NAMES[message.messageDigest.algorithm]
  if (algorithm === undefined)
    throw new SallyportError('SIGNATURE_INVALID', 'the bundle names a hash algorithm that is not known here')
  if (artifact === undefined)
    throw new SallyportError(
      'BAD_INPUT',
      'this bundle signs a file itself: say which, with --artifact or --digest',
    )
  const digest = await artifact.digest(algorithm)
  if (digest === undefined)
    throw new SallyportError(
      'BAD_INPUT',
      `this bundle signs the ${algorithm} of a file: give the file with --artifact`,
    )
  if (!isSame(digest, message.messageDigest.digest))
    throw new SallyportError(
      'SIGNATURE_INVALID',
      `the bundle is about other bytes: it signs ${algorithm}:${toHex(message.messageDigest.digest)}, these are ${algorithm}:${toHex(digest)}`,
    )
  return { algorithm, digest }
}
