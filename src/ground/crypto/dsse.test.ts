import { createPublicKey, verify } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { utf8, utf8Text } from '../lang/index.ts'
import { openEnvelope, pae, sealEnvelope } from './dsse.ts'
import { generateKey, verifierOfPem } from './keys.ts'

const [a, b] = [generateKey('P-256').signer, generateKey('Ed25519').signer]
const [verifierA, verifierB] = [verifierOfPem(a.publicKeyPem), verifierOfPem(b.publicKeyPem)]

// secure-systems-lab/dsse protocol.md, "Test Vectors": P-256, raw r||s.
const VECTOR = {
  payload: 'hello world',
  payloadType: 'http://example.com/HelloWorld',
  sig: 'A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==',
  x: 46950820868899156662930047687818585632848591499744589407958293238635476079160n,
  y: 5640078356564379163099075877009565129882514886557779369047442380624545832820n,
}

test('the pre-authentication encoding is that of the specification', () => {
  expect(utf8Text(pae(VECTOR.payloadType, utf8(VECTOR.payload)))).toBe(
    'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
  )
  expect(utf8Text(pae('é', utf8('ü')))).toBe('DSSEv1 2 é 2 ü')
})

test('the signature of the specification verifies over our encoding', () => {
  const coordinate = (value: bigint) =>
    Buffer.from(value.toString(16).padStart(64, '0'), 'hex').toString('base64url')
  const key = createPublicKey({
    key: { kty: 'EC', crv: 'P-256', x: coordinate(VECTOR.x), y: coordinate(VECTOR.y) },
    format: 'jwk',
  })
  const check = (message: Uint8Array) =>
    verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(VECTOR.sig, 'base64'))
  expect(check(pae(VECTOR.payloadType, utf8(VECTOR.payload)))).toBe(true)
  expect(check(pae(VECTOR.payloadType, utf8('hello worle')))).toBe(false)
})

test('two envelopes that differ in type or payload never have one encoding', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (t1, p1, t2, p2) => {
      const same = t1 === t2 && p1 === p2
      expect(Buffer.compare(pae(t1, utf8(p1)), pae(t2, utf8(p2))) === 0).toBe(same)
    }),
  )
})

test('any payload comes back as the very bytes that were sealed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array(),
      fc.string({ minLength: 1, unit: 'grapheme' }),
      async (payload, type) => {
        const opened = openEnvelope(
          JSON.parse(JSON.stringify(await sealEnvelope(type, payload, [a, b]))),
          [verifierA, verifierB],
          2,
        )
        expect(opened.payloadType).toBe(type)
        expect(Buffer.from(opened.payload).equals(Buffer.from(payload))).toBe(true)
        expect(opened.keyIds).toEqual([a.keyId, b.keyId])
      },
    ),
  )
})

test('base64 may be standard or URL-safe, padded or not', async () => {
  const envelope = await sealEnvelope('t', Uint8Array.of(0xfb, 0xff, 0xfe, 0xff), [a])
  const urlSafe = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_')
  for (const change of [
    urlSafe,
    (text: string) => urlSafe(text).replaceAll('=', ''),
    (text: string) => text.replaceAll('=', ''),
  ]) {
    const changed = {
      ...envelope,
      payload: change(envelope.payload),
      signatures: envelope.signatures.map((one) => ({ ...one, sig: change(one.sig) })),
    }
    expect(openEnvelope(changed, [verifierA]).payload).toEqual(Buffer.from([0xfb, 0xff, 0xfe, 0xff]))
  }
})

test('signatures of one key count once, whatever they call themselves', async () => {
  const twice = await sealEnvelope('t', utf8('x'), [a, { ...a, keyId: b.keyId }])
  expect(openEnvelope(twice, [verifierA, verifierB]).keyIds).toEqual([a.keyId])
  expect(() => openEnvelope(twice, [verifierA, verifierB], 2)).toThrow(
    expect.objectContaining({ code: 'SIGNATURE_INVALID' }),
  )
})

test('a wrong or missing hint neither helps nor hurts', async () => {
  const envelope = await sealEnvelope('t', utf8('x'), [a])
  for (const keyid of [b.keyId, '', 'nonsense', null, undefined])
    expect(
      openEnvelope({ ...envelope, signatures: [{ ...envelope.signatures[0], keyid }] }, [
        verifierB,
        verifierA,
      ]).keyIds,
    ).toEqual([a.keyId])
})

test('nobody believed means nobody signed', async () => {
  const envelope = await sealEnvelope('t', utf8('x'), [a])
  for (const verifiers of [[], [verifierB]])
    expect(() => openEnvelope(envelope, verifiers)).toThrow(
      expect.objectContaining({ code: 'SIGNATURE_INVALID' }),
    )
  expect(() => openEnvelope(envelope, [verifierA], 0)).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }))
  await expect(sealEnvelope('t', utf8('x'), [])).rejects.toMatchObject({ code: 'BAD_INPUT' })
})

const SIG = { sig: 'AAAA', keyid: '' }
test.for<readonly [string, unknown]>([
  ['null', null],
  ['a list', []],
  ['no payload', { payloadType: 't', signatures: [SIG] }],
  ['no type', { payload: '', payloadType: '', signatures: [SIG] }],
  ['no signatures', { payload: '', payloadType: 't', signatures: [] }],
  ['17 signatures', { payload: '', payloadType: 't', signatures: Array.from({ length: 17 }, () => SIG) }],
  ['an empty signature', { payload: '', payloadType: 't', signatures: [{ sig: '' }] }],
  ['a hint that is a number', { payload: '', payloadType: 't', signatures: [{ ...SIG, keyid: 1 }] }],
  ['mixed base64', { payload: '+-==', payloadType: 't', signatures: [SIG] }],
  ['loose bits', { payload: 'AB==', payloadType: 't', signatures: [SIG] }],
  ['white space in base64', { payload: 'AA AA', payloadType: 't', signatures: [SIG] }],
])('malformed: %s', ([, envelope]) => {
  expect(() => openEnvelope(envelope, [verifierA])).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }))
})
