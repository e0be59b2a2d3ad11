import { createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  formatCheckpoint,
  formatSignature,
  formatVkey,
  fromBase64,
  type NoteCrypto,
  type NoteKeyType,
  noteKey,
  parseCheckpoint,
  parseNote,
  parseVkey,
  signedMessage,
  verifyNote,
} from './pure.ts'
import { sha256 } from './sha256.ts'

const crypto: NoteCrypto = {
  sha256,
  verifyEd25519: (publicKey, message, signature) =>
    verify(
      null,
      message,
      createPublicKey({
        key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey).toString('base64url') },
        format: 'jwk',
      }),
      signature,
    ),
}

// The example of C2SP signed-note.md ("Format", "Verifier keys"), copied as it stands.
const EXAMPLE = `Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
`

test('the note of the C2SP example comes apart as the format says', () => {
  const note = parseNote(EXAMPLE)
  expect(note).toMatchObject({
    ok: true,
    value: { signatures: [{ name: 'quasimodo.example/salvatore', keyId: '367ba04b' }] },
  })
  expect(note.ok && note.value.text.endsWith('\n\ned è subito sera.\n')).toBe(true)
})

function makeKey(name: string, type: NoteKeyType) {
  const pair = generateKeyPairSync('ed25519')
  const raw = new Uint8Array(Buffer.from(String(pair.publicKey.export({ format: 'jwk' }).x), 'base64url'))
  const key = noteKey(sha256, name, type, raw)
  if (!key.ok) throw new Error(key.error)
  return { key: key.value, privateKey: pair.privateKey }
}

function seal(
  text: string,
  by: { key: ReturnType<typeof makeKey>['key']; privateKey: KeyObject }[],
  at = 1679315147,
) {
  const lines = by.map(({ key, privateKey }) =>
    formatSignature(key, sign(null, signedMessage(key.type, text, at), privateKey), at),
  )
  return `${text}\n${lines.join('\n')}\n`
}

test.for(['ed25519', 'cosignature/v1'] as const)(
  'a note signed with %s verifies, and not when a letter changes',
  (type) => {
    const signer = makeKey('example.com/log', type)
    const note = seal('example.com/log\n1\nroot\n', [signer])
    const verified = verifyNote(crypto, note, [signer.key])
    expect(verified).toMatchObject({ ok: true, value: { verified: [{ key: signer.key }] } })
    if (type === 'cosignature/v1')
      expect(verified.ok && verified.value.verified[0]?.timestamp).toBe(1679315147)
    expect(verifyNote(crypto, note.replace('root', 'roof'), [signer.key]).ok).toBe(false)
  },
)

test('a signature by a stranger is ignored, but alone it is not enough', () => {
  const [known, stranger] = [makeKey('log', 'ed25519'), makeKey('witness', 'cosignature/v1')]
  const note = seal('log\n0\nx\n', [known, stranger])
  expect(verifyNote(crypto, note, [known.key])).toMatchObject({
    ok: true,
    value: { verified: { length: 1 } },
  })
  expect(verifyNote(crypto, note, [makeKey('other', 'ed25519').key]).ok).toBe(false)
})

test('one bad signature by a known key fails the note although another is good', () => {
  const [good, bad] = [makeKey('log', 'ed25519'), makeKey('witness', 'ed25519')]
  const note = seal('log\n0\nx\n', [good, { key: bad.key, privateKey: good.privateKey }])
  expect(verifyNote(crypto, note, [good.key, bad.key])).toEqual({
    ok: false,
    error: 'the signature by witness is wrong',
  })
})

test('a vkey survives writing and reading, and its key id is checked', () => {
  const { key } = makeKey('example.com/log', 'cosignature/v1')
  expect(parseVkey(sha256, formatVkey(key))).toEqual({ ok: true, value: key })
  expect(parseVkey(sha256, formatVkey(key).replace(key.keyId, '00000000')).ok).toBe(false)
})

test('a vkey known from Go sumdb reads with the key id it carries', () => {
  const vkey = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8'
  expect(parseVkey(sha256, vkey)).toMatchObject({
    ok: true,
    value: { name: 'sum.golang.org', keyId: '033de0ae' },
  })
})

test.for([
  ['nothing', ''],
  ['no signatures', 'text\n\n'],
  ['no blank line', 'text\n— a AAAAAAA=\n'],
  ['no last newline', 'text\n\n— a AAAAAAA='],
  ['a control character', 'te\txt\n\n— a AAAAAAA=\n'],
  ['a carriage return', 'text\r\n\r\n— a AAAAAAA=\n'],
  ['a hyphen for the dash', 'text\n\n- a AAAAAAA=\n'],
  ['a name with a plus', 'text\n\n— a+b AAAAAAA=\n'],
  ['a name with a no-break space', 'text\n\n— a\u00a0b AAAAAAA=\n'],
  ['no name', 'text\n\n—  AAAAAAA=\n'],
  ['base64 with a stray bit', 'text\n\n— a AAAAAAB=\n'],
  ['only a key id', 'text\n\n— a AAAAAA==\n'],
  ['a third word', 'text\n\n— a AAAAAAA= b\n'],
  ['a lone surrogate', 'te\ud800xt\n\n— a AAAAAAA=\n'],
] as const)('a note with %s is refused', ([, note]) => {
  expect(parseNote(note).ok).toBe(false)
})

test('no text makes the parsers throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const input of [text, `${text}\n\n— ${text}\n`, `log\n${text}\n`]) {
        expect(typeof parseNote(input).ok).toBe('boolean')
        expect(typeof parseVkey(sha256, input).ok).toBe('boolean')
        expect(typeof parseCheckpoint(input).ok).toBe('boolean')
      }
    }),
    { numRuns: 2_000 },
  )
})

test('a checkpoint survives writing and reading', () => {
  const checkpoint = {
    origin: 'example.com/log',
    size: 2 ** 40,
    root: new Uint8Array(sha256(new Uint8Array(0))),
    extensions: ['a b'],
  }
  expect(parseCheckpoint(formatCheckpoint(checkpoint))).toEqual({ ok: true, value: checkpoint })
})

test('the checkpoint of the C2SP tlog-checkpoint example reads', () => {
  const text = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'
  expect(parseCheckpoint(text)).toMatchObject({ ok: true, value: { size: 20852163 } })
})

test.for([
  ['leading zero', 'log\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
  ['a sign', 'log\n+1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
  ['beyond exact integers', 'log\n9007199254740993\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
  ['a short root', 'log\n1\nAAAA\n'],
  ['no origin', '\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
  ['an empty extension', 'log\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n'],
] as const)('a checkpoint with %s is refused', ([, text]) => {
  expect(parseCheckpoint(text).ok).toBe(false)
})

test('base64 that is not canonical is refused', () => {
  for (const text of ['A', 'AA', 'AAA', 'AAB=', 'AA==A', '====', 'AA-_', ' AAA', 'AAA\n']) {
    expect(fromBase64(text)).toBeUndefined()
  }
})
