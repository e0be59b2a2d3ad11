import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { utf8 } from '../lang/index.ts'
import { generateKey, signerOfPem, verifierOfPem } from './keys.ts'
import { sha256Hex } from './sha256.ts'

const KEY_INVALID = expect.objectContaining({ code: 'KEY_INVALID' })

test.for(['P-256', 'Ed25519'] as const)(
  '%s: a key written and read again is the same key',
  async (algorithm) => {
    for (const passphrase of [undefined, 'ein Paßwort']) {
      const { privateKeyPem, signer } = generateKey(algorithm, passphrase)
      const read = signerOfPem(privateKeyPem, passphrase)
      expect(read.keyId).toBe(signer.keyId)
      expect(verifierOfPem(signer.publicKeyPem).verify(utf8('x'), await read.sign(utf8('x')))).toBe(true)
    }
  },
)

test('a key id is the SHA-256 of the SPKI DER', () => {
  const { signer } = generateKey('P-256')
  const der = Buffer.from(signer.publicKeyPem.replaceAll(/-----[^-]+-----|\n/g, ''), 'base64')
  expect(signer.keyId).toBe(sha256Hex(der))
})

test.for(['P-256', 'Ed25519'] as const)(
  '%s: no changed byte of message or signature verifies',
  async (algorithm) => {
    const { signer } = generateKey(algorithm)
    const verifier = verifierOfPem(signer.publicKeyPem)
    const message = utf8('a message')
    const signature = await signer.sign(message)
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const change = (bytes: Uint8Array) =>
          Uint8Array.from(bytes, (byte, i) => (i === at % bytes.length ? byte ^ flip : byte))
        expect(verifier.verify(change(message), signature)).toBe(false)
        expect(verifier.verify(message, change(signature))).toBe(false)
      }),
    )
    expect(verifier.verify(message, new Uint8Array())).toBe(false)
  },
)

test('an encrypted key needs its passphrase, and a plain one takes none', () => {
  const sealed = generateKey('P-256', 'right').privateKeyPem
  expect(() => signerOfPem(sealed, 'wrong')).toThrow(/passphrase does not open/)
  expect(() => signerOfPem(sealed)).toThrow(/no passphrase/)
  expect(() => signerOfPem(sealed, '')).toThrow(/no passphrase/)
  expect(() => signerOfPem(generateKey('P-256').privateKeyPem, 'x')).toThrow(/not encrypted/)
  expect(() => generateKey('P-256', '')).toThrow(KEY_INVALID)
})

test('openssl reads the encrypted key, or is not here to', ({ skip }) => {
  const { privateKeyPem, signer } = generateKey('P-256', 'right')
  let pem: string
  try {
    pem = execFileSync('openssl', ['pkey', '-pubout', '-passin', 'pass:right'], {
      input: privateKeyPem,
      encoding: 'utf8',
    })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return skip('openssl is not here')
    throw error
  }
  expect(pem).toBe(signer.publicKeyPem)
})

const good = generateKey('P-256').privateKeyPem
test.for([
  [
    'P-384',
    generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
  ],
  [
    'secp256k1',
    generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    }),
  ],
  ['X25519', generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' })],
  [
    'RSA',
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
  ],
  [
    'SEC1',
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' }),
  ],
  [
    'explicit parameters',
    generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    }),
  ],
  ['two blocks', good + good],
  ['text before it', `hello\n${good}`],
  ['a public key', generateKey('P-256').signer.publicKeyPem],
  ['another end', good.replace('END PRIVATE', 'END PUBLIC')],
  ['broken base64', good.replace('\n-----END', '=\n-----END')],
  ['nothing', ''],
  ['a megabyte', 'x'.repeat(2 ** 20)],
] as const)('no signer of %s', ([, pem]) => {
  expect(() => signerOfPem(String(pem))).toThrow(KEY_INVALID)
})

test('a compressed point is refused: one key has one id', () => {
  const der = Buffer.from(
    generateKey('P-256').signer.publicKeyPem.replaceAll(/-----[^-]+-----|\n/g, ''),
    'base64',
  )
  const header = Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex')
  const point = Buffer.concat([Buffer.of(2 + ((der[90] ?? 0) & 1)), der.subarray(27, 59)])
  const pem = `-----BEGIN PUBLIC KEY-----\n${Buffer.concat([header, point]).toString('base64')}\n-----END PUBLIC KEY-----\n`
  expect(() => verifierOfPem(pem)).toThrow(KEY_INVALID)
})

test('no private key shows in an error', () => {
  const secret = good.split('\n')[1] ?? ''
  try {
    signerOfPem(good.replace('END PRIVATE', 'END PUBLIC'))
    expect.unreachable()
  } catch (error) {
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(secret.slice(0, 20))
  }
})
