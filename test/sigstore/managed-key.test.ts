import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { expect, test } from 'vitest'
import { embeddedTrustConfig, makeBundleChecker } from '../../src/adapters/sigstore/index.ts'
import { pae, sha256 } from '../../src/ground/crypto/index.ts'
import { utf8 } from '../../src/ground/lang/index.ts'

// Bundles by keys of every sort that the clients of Sigstore write, without a log.
const checker = makeBundleChecker(embeddedTrustConfig())
const TYPE = 'application/vnd.in-toto+json'
const PAYLOAD = utf8('{"_type":"https://in-toto.io/Statement/v1"}')
const FILE = utf8('weights')
const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString()
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
const material = { publicKey: { hint: 'any' }, tlogEntries: [] }
const mediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json'

const statementBy = (key: KeyObject, hash: string | null) => ({
  mediaType,
  verificationMaterial: material,
  dsseEnvelope: {
    payload: base64(PAYLOAD),
    payloadType: TYPE,
    signatures: [{ sig: base64(sign(hash, pae(TYPE, PAYLOAD), key)), keyid: '' }],
  },
})
const fileBy = (key: KeyObject, hash: string | null) => ({
  mediaType,
  verificationMaterial: material,
  messageSignature: {
    messageDigest: { algorithm: 'SHA2_256', digest: base64(sha256(FILE)) },
    signature: base64(sign(hash, FILE, key)),
  },
})
const artifact = { digest: async (name: string) => (name === 'sha256' ? sha256(FILE) : undefined) }

const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve })
const KEYS = [
  ['P-256', ec('P-256'), 'sha256'],
  ['P-384', ec('P-384'), 'sha384'],
  ['P-384 with SHA-256, as older clients', ec('P-384'), 'sha256'],
  ['P-521', ec('P-521'), 'sha512'],
  ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }), 'sha256'],
  ['Ed25519', generateKeyPairSync('ed25519'), null],
] as const

test.for(KEYS)('a statement by %s', async ([, { privateKey, publicKey }, hash]) => {
  const wanted = { kind: 'key', publicKeyPem: pem(publicKey), mayBeUnlogged: true } as const
  const bundle = statementBy(privateKey, hash)
  const checked = await checker.check(bundle, wanted)
  expect(checked).toMatchObject({
    content: { kind: 'dsse', payloadType: TYPE },
    signer: { kind: 'key' },
    logs: [],
  })
  expect(checked.signedAt).toBeUndefined()
  const other = { ...wanted, publicKeyPem: pem(ec('P-256').publicKey) }
  await expect(checker.check(bundle, other)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' })
  const spoiled = { ...bundle, dsseEnvelope: { ...bundle.dsseEnvelope, payloadType: 'text/plain' } }
  await expect(checker.check(spoiled, wanted)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' })
  // Without being asked for, a bundle that nobody logged is not taken.
  await expect(checker.check(bundle, { kind: 'key', publicKeyPem: pem(publicKey) })).rejects.toMatchObject({
    code: 'SIGNATURE_INVALID',
    message: expect.stringMatching(/no entry in a trusted log/),
  })
})

test.for(KEYS.filter(([name]) => name === 'P-256' || name === 'RSA'))(
  'a file by %s, from its digest alone',
  async ([, { privateKey, publicKey }, hash]) => {
    const wanted = { kind: 'key', publicKeyPem: pem(publicKey), mayBeUnlogged: true } as const
    const bundle = fileBy(privateKey, hash)
    expect(await checker.check(bundle, wanted, artifact)).toMatchObject({ content: { kind: 'artifact' } })
    const signature = Buffer.from(bundle.messageSignature.signature, 'base64')
    signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1
    const spoiled = {
      ...bundle,
      messageSignature: { ...bundle.messageSignature, signature: base64(signature) },
    }
    await expect(checker.check(spoiled, wanted, artifact)).rejects.toMatchObject({
      code: 'SIGNATURE_INVALID',
    })
  },
)

test('a file by Ed25519 cannot be checked from a digest, and says so', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const wanted = { kind: 'key', publicKeyPem: pem(publicKey), mayBeUnlogged: true } as const
  await expect(checker.check(fileBy(privateKey, null), wanted, artifact)).rejects.toMatchObject({
    code: 'NOT_SUPPORTED',
  })
})

test('a key does not stand for an identity, nor an identity for a key', async () => {
  const { privateKey } = ec('P-256')
  const identity = {
    kind: 'identity',
    identity: 'a@example.com',
    identityProvider: 'https://issuer.example',
  } as const
  await expect(checker.check(statementBy(privateKey, 'sha256'), identity)).rejects.toMatchObject({
    code: 'SIGNER_UNTRUSTED',
    message: expect.stringMatching(/give the key with --key/),
  })
})
