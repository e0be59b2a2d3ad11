import { generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTimestampAuthority } from '../../src/adapters/timestamp-authority/index.ts'
import { readCertificate, readTimestamp } from '../../src/formats/timestamp/index.ts'
import { timestampBeliefs, verifyTimestamp } from '../../src/services/keys/index.ts'
import { makeTsa, type Tsa, type TsaSigner } from './openssl-tsa.ts'
import { type Asked, serve } from './serve.ts'

const SIGNATURE = sign(
  'sha256',
  Buffer.from('x'),
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
)

let tsa: Tsa
let good: Buffer
beforeAll(() => {
  tsa = makeTsa()
  good = tsa.reply(tsa.query(SIGNATURE))
})
afterAll(() => tsa.close())
const check = (
  response: Uint8Array,
  more: { message?: Uint8Array; nonce?: string; roots?: Uint8Array[] } = {},
) => verifyTimestamp(response, { message: SIGNATURE, roots: [tsa.root], ...more })
const infoOf = (response: Uint8Array) => {
  const view = readTimestamp(response)
  if (!view.ok) throw new Error(view.error)
  return view.value.content
}

describe('a token that OpenSSL made', () => {
  test.for([
    ['good', ['-sha256', '-cert'], 'sha256'],
    ['ec', ['-sha384', '-cert'], 'sha384'],
    ['deep', ['-sha512', '-cert'], 'sha512'],
    ['good', ['-sha256', '-cert', '-no_nonce'], 'sha512'],
  ] as const)('by %s over %s is verified', ([by, args, digest]) => {
    const { at, authority } = check(tsa.reply(tsa.query(SIGNATURE, args), by, digest))
    expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(60_000)
    expect(authority).toContain(`CN=${by}`)
  })

  test('bound by the older ESSCertID (SHA-1) is verified too', () => {
    const older = makeTsa('sha1')
    try {
      const response = older.reply(older.query(SIGNATURE), 'ec')
      expect(check(response, { roots: [older.root] }).authority).toContain('CN=ec')
    } finally {
      older.close()
    }
  })

  test('the accuracy counts: the time is the latest moment that it may mean', () => {
    const view = readTimestamp(good)
    expect(view).toMatchObject({ ok: true, value: { accuracyMs: 1501, policy: '1.2.3.4.1' } })
    if (view.ok) expect(Date.parse(check(good).at)).toBe(view.value.time + 1501)
  })
})

describe('refused', () => {
  const cases: readonly (readonly [string, () => unknown, string, RegExp])[] = [
    [
      'other bytes',
      () => check(good, { message: Buffer.from('y') }),
      'SIGNATURE_INVALID',
      /over other bytes/,
    ],
    ['another nonce', () => check(good, { nonce: '40' }), 'SIGNATURE_INVALID', /nonce/],
    [
      'no nonce',
      () => check(tsa.reply(tsa.query(SIGNATURE, ['-sha256', '-cert', '-no_nonce'])), { nonce: '40' }),
      'SIGNATURE_INVALID',
      /nonce/,
    ],
    ['no root', () => check(good, { roots: [] }), 'SIGNER_UNTRUSTED', /no believed root/],
    [
      'a SHA-1 imprint',
      () => check(tsa.forge(withSha1(), 'good')),
      'NOT_SUPPORTED',
      /not accepted: 1\.3\.14\.3\.2\.26/,
    ],
    [
      'no certificate beside it',
      () => check(tsa.reply(tsa.query(SIGNATURE, ['-sha256']))),
      'SIGNER_UNTRUSTED',
      /brings no certificate/,
    ],
    [
      'no binding to a certificate',
      () => check(tsa.forge(infoOf(good), 'good', [])),
      'SIGNATURE_INVALID',
      /whose certificate/,
    ],
    [
      'a refusal',
      () => check(tsa.reply(tsa.query(SIGNATURE, ['-sha1', '-cert']))),
      'BAD_INPUT',
      /refused with status 2/,
    ],
    ['another thing than a timestamp', () => check(tsa.root), 'BAD_INPUT', /cannot be read/],
  ]
  test.for(cases)('%s', ([, act, code, words]) => {
    expect(act).toThrow(expect.objectContaining({ code, message: expect.stringMatching(words) }))
  })

  const signers: readonly (readonly [TsaSigner, RegExp])[] = [
    ['expired', /holds from/],
    ['not-ca', /no certificate authority/],
    ['other-root', /no believed root/],
  ]
  test.for(signers)('a token by the signer %s', ([by, words]) => {
    const act = () => check(tsa.reply(tsa.query(SIGNATURE), by))
    expect(act).toThrow(
      expect.objectContaining({ code: 'SIGNER_UNTRUSTED', message: expect.stringMatching(words) }),
    )
  })

  test.for(['no-eku', 'not-critical', 'two-usages'] as const)('a token by a certificate with %s', (by) => {
    const act = () => check(tsa.forge(infoOf(good), by))
    expect(act).toThrow(
      expect.objectContaining({ code: 'SIGNER_UNTRUSTED', message: expect.stringMatching(/timeStamping/) }),
    )
  })

  test('the same forgery by the authority’s own key stands, so that the tests above test what they say', () => {
    expect(check(tsa.forge(infoOf(good), 'good')).authority).toContain('CN=good')
  })

  test('every token in which one byte of what is signed is another', () => {
    const view = readTimestamp(good)
    if (!view.ok) throw new Error(view.error)
    const at = good.indexOf(Buffer.from(view.value.content))
    for (let i = at; i < at + view.value.content.length; i++) {
      const spoiled = Buffer.from(good)
      spoiled[i] = (spoiled[i] ?? 0) ^ 0x01
      expect(() => check(spoiled), `byte ${i}`).toThrow(expect.objectContaining({ name: 'SallyportError' }))
    }
  })

  function withSha1(): Uint8Array {
    const info = infoOf(good)
    const from = Buffer.from('300d06096086480165030402010500', 'hex')
    const start = Buffer.from(info).indexOf(from)
    const end = start + from.length + 34
    const imprint = Buffer.concat([
      Buffer.from('300906052b0e03021a0500', 'hex'),
      Buffer.from([4, 20]),
      randomBytes(20),
    ])
    const inner = Buffer.concat([
      info.subarray(2, start - 2).subarray(info[1] === 0x81 ? 1 : 0),
      Buffer.from([0x30, imprint.length]),
      imprint,
      info.subarray(end),
    ])
    return Buffer.concat([
      inner.length < 128 ? Buffer.from([0x30, inner.length]) : Buffer.from([0x30, 0x81, inner.length]),
      inner,
    ])
  }
})

describe('an authority over HTTP', () => {
  const beliefs = () => timestampBeliefs([tsa.rootPem])
  const deps = (more: object = {}) => ({
    fetch,
    now: () => new Date(),
    random: randomBytes,
    beliefs: beliefs(),
    ...more,
  })
  const withServer = async <T>(
    answer: (asked: Asked) => Parameters<typeof serve>[0] extends (a: Asked) => infer R ? R : never,
    work: (url: string) => Promise<T>,
  ) => {
    const server = await serve(answer)
    try {
      return await work(server.url)
    } finally {
      await server.close()
    }
  }
  const reply = ({ body }: Asked) => ({ bytes: tsa.reply(body), type: 'application/timestamp-reply' })

  test.for(['sha256', 'sha384', 'sha512'] as const)(
    'stamps a signature over %s, and what it gives verifies',
    (hash) =>
      withServer(reply, async (url) => {
        const response = await openTimestampAuthority(`${url}/tsr`, deps({ hash })).stamp(SIGNATURE)
        expect(check(response).authority).toContain('CN=good')
      }),
  )

  test('an answer to another question is refused, though it is over the same bytes', () =>
    withServer(
      () => ({ bytes: good }),
      async (url) => {
        await expect(openTimestampAuthority(url, deps()).stamp(SIGNATURE)).rejects.toMatchObject({
          ...{ code: 'SIGNATURE_INVALID', message: expect.stringMatching(/nonce/) },
        })
      },
    ))

  test('a clock that is far from ours is refused', () =>
    withServer(reply, async (url) => {
      const now = () => new Date(Date.now() + 3_600_000)
      await expect(openTimestampAuthority(url, deps({ now })).stamp(SIGNATURE)).rejects.toThrow(
        /this machine's clock/,
      )
    }))

  test.for([
    ['an error', { status: 500, json: {} }, /HTTP 500/],
    ['no timestamp', { bytes: Buffer.from('<html>') }, /cannot be read/],
    ['an answer without end', { bytes: Buffer.alloc(3 * 2 ** 20) }, /larger than/],
  ] as const)('%s is the peer’s failure', ([, answer, words]) =>
    withServer(
      () => answer,
      async (url) => {
        await expect(openTimestampAuthority(url, deps()).stamp(SIGNATURE)).rejects.toMatchObject({
          ...{ code: 'PEER_FAILED', message: expect.stringMatching(words) },
        })
      },
    ),
  )

  test('without a root, or with an address that is none, it is not opened', () => {
    expect(() =>
      openTimestampAuthority('http://127.0.0.1/', deps({ beliefs: { roots: [], intermediates: [] } })),
    ).toThrow(/root certificate/)
    expect(() => openTimestampAuthority('ftp://x/', deps())).toThrow(/no http/)
  })
})

test('a certificate reads as Node reads it', () => {
  const view = readCertificate(tsa.root)
  const node = new X509Certificate(tsa.root)
  if (!view.ok) throw new Error(view.error)
  expect(view.value).toMatchObject({ isCa: true, keyUsage: [5], notBefore: node.validFromDate.getTime() })
  expect(view.value.serial.replace(/^00/, '').toUpperCase()).toBe(node.serialNumber)
})

test('what is changed, cut or cut out never makes a reader throw', () => {
  const change = fc.record({ at: fc.nat(good.length - 1), byte: fc.nat(255), cut: fc.nat(good.length) })
  fc.assert(
    fc.property(change, fc.boolean(), ({ at, byte, cut }, isCut) => {
      const bytes = Uint8Array.from(isCut ? good.subarray(0, cut) : good)
      if (at < bytes.length) bytes[at] = byte
      expect(typeof readTimestamp(bytes).ok).toBe('boolean')
      expect(typeof readCertificate(bytes.subarray(at)).ok).toBe('boolean')
    }),
    { numRuns: 3_000 },
  )
})
