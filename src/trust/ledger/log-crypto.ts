import { createPublicKey, hash, verify } from 'node:crypto'
import type { NoteCrypto } from '../../ground/crypto/pure.ts'

/** SHA-256 in one call: half the time of createHash, and trees hash little else than 65 bytes. */
export function treeHash(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer')
}

/** Node's cryptography for signed notes. */
export const nodeNoteCrypto: NoteCrypto = {
  sha256: treeHash,
  verifyEd25519: (publicKey, message, signature) => {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey).toString('base64url') }
    return verify(null, message, createPublicKey({ key: jwk, format: 'jwk' }), signature)
  },
}
