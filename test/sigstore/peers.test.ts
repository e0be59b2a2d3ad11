import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makeKeylessSigner, parseTrustConfig } from '../../src/adapters/sigstore/index.ts'
import { SallyportError, utf8 } from '../../src/ground/lang/index.ts'
import {
  type LocalSigstore,
  type Misbehaviour,
  makeToken,
  type Reply,
  startLocalSigstore,
} from './local-sigstore.ts'

let local: LocalSigstore
let other: LocalSigstore
beforeAll(async () => {
  local = await startLocalSigstore()
  other = await startLocalSigstore()
})
afterAll(async () => {
  await local.close()
  await other.close()
})
beforeEach(() => {
  local.misbehave = undefined
  local.requests.length = 0
})

const FULCIO = '/api/v2/signingCert'
const REKOR = '/api/v1/log/entries'
const TSA = '/api/v1/timestamp'
const TOKEN = makeToken({ sub: 'job' })

const sign = (options: { token?: string; signal?: AbortSignal; config?: Uint8Array } = {}) =>
  makeKeylessSigner({
    config: parseTrustConfig(options.config ?? local.trustConfig(1), 'local'),
    fetch,
    now: () => new Date(),
    getToken: async () => options.token ?? TOKEN,
    label: 'test',
  }).sign('application/vnd.in-toto+json', utf8('{}'), options.signal)

/** Every word of an error that anybody could log, its causes and details included. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const detail = error instanceof SallyportError ? JSON.stringify(error.detail) : ''
  return `${error.message} ${error.stack} ${detail} ${error.cause === undefined ? '' : wordsOf(error.cause)}`
}
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail('it was taken'),
    (error: unknown) => error as SallyportError,
  )
const on =
  (path: string, reply: Reply): Misbehaviour =>
  (asked) =>
    asked === path ? reply : undefined

describe('a peer that misbehaves is named, and nothing is handed out', () => {
  test.for([
    [
      'Fulcio refuses',
      on(FULCIO, { status: 400, body: '{"message":"no such subject"}' }),
      /Fulcio.*400: no such subject/,
      1,
    ],
    ['Fulcio answers nonsense', on(FULCIO, { status: 201, body: '<html>' }), /Fulcio.*not JSON/, 1],
    [
      'Fulcio gives no certificate',
      on(FULCIO, { status: 201, body: '{"signedCertificateDetachedSct":{}}' }),
      /Fulcio.*no certificate/,
      1,
    ],
    [
      'Fulcio sends elsewhere',
      on(FULCIO, { status: 302, body: '', headers: { Location: 'http://127.0.0.1:1/' } }),
      /Fulcio.*302/,
      1,
    ],
    ['Fulcio is down', on(FULCIO, { status: 503, body: 'busy' }), /Fulcio.*503: busy \(3 tries\)/, 3],
    [
      'Rekor refuses',
      on(REKOR, { status: 409, body: '{"message":"there already"}' }),
      /Rekor.*409: there already/,
      1,
    ],
    ['Rekor answers nonsense', on(REKOR, { status: 201, body: '{"a":{},"b":{}}' }), /Rekor.*no log entry/, 1],
    [
      'Rekor logs nothing',
      on(REKOR, { status: 201, body: '{"a":{"body":"e30="}}' }),
      /does not verify against local/,
      1,
    ],
    ['the authority stamps nothing', on(TSA, { status: 200, body: 'x' }), /does not verify against local/, 1],
    [
      'an answer without end',
      on(REKOR, { status: 201, body: Buffer.alloc(17 * 1024 * 1024) }),
      /Rekor.*larger than 16777216 bytes/,
      1,
    ],
  ] as const)('%s', async ([, misbehave, words, tries]) => {
    local.misbehave = misbehave
    const error = await failureOf(sign())
    expect(error).toMatchObject({ code: 'PEER_FAILED', message: expect.stringMatching(words) })
    const paths = local.requests.map(({ path }) => path)
    expect(Math.max(...[FULCIO, REKOR].map((one) => paths.filter((path) => path === one).length))).toBe(tries)
  })

  test('Fulcio certifies another key', async () => {
    const theirs = await fetch(`${other.url}${FULCIO}`, {
      method: 'POST',
      body: JSON.stringify({
        credentials: { oidcIdentityToken: TOKEN },
        publicKeyRequest: { publicKey: { content: KEY_OF_ANOTHER } },
      }),
    })
    local.misbehave = on(FULCIO, { status: 201, body: await theirs.text() })
    expect((await failureOf(sign())).message).toMatch(/Fulcio.*for another key/)
  })

  test('Rekor logs another key than the one that signed, under which the signature might hold too', async () => {
    const stranger = await certificateOf('stranger')
    local.misbehave = async (path, body) => {
      if (path !== REKOR) return fetchAnew(path, body)
      const proposed = JSON.parse(body.toString())
      proposed.spec.proposedContent.verifiers = [Buffer.from(stranger).toString('base64')]
      return fetchAnew(path, JSON.stringify(proposed))
    }
    expect((await failureOf(sign())).message).toMatch(/the log entry names another key/)
  })

  test('a log whose time is over, though its proof holds', async () => {
    const config = JSON.parse(Buffer.from(local.trustConfig(2)).toString())
    const { validFor } = config.trustedRoot.tlogs[0].publicKey
    validFor.end = new Date(Date.now() - 1_800_000).toISOString()
    expect((await failureOf(sign({ config: utf8(JSON.stringify(config)) }))).message).toMatch(
      /does not believe the log http:\/\/127\.0\.0\.1:\d+ at /,
    )
  })

  test('an instance that the trust root does not name', async () => {
    const config = JSON.parse(Buffer.from(local.trustConfig(1)).toString())
    config.trustedRoot = other.trustedRoot()
    const error = await failureOf(sign({ config: utf8(JSON.stringify(config)) }))
    expect(error).toMatchObject({ code: 'PEER_FAILED', message: expect.stringMatching(/does not verify/) })
  })

  test('plain http to anywhere but this machine is refused before a token is sent', async () => {
    const config = Buffer.from(local.trustConfig(1))
      .toString()
      .replaceAll('http://127.0.0.1', 'http://fulcio.example')
    const error = await failureOf(sign({ config: utf8(config) }))
    expect(error).toMatchObject({ code: 'BAD_CONFIG', message: expect.stringMatching(/not https/) })
    expect(local.requests).toEqual([])
  })

  test('breaking off ends the waiting', async () => {
    const controller = new AbortController()
    local.misbehave = () => {
      controller.abort()
      return { status: 503, body: '' }
    }
    expect(await failureOf(sign({ signal: controller.signal }))).toMatchObject({ code: 'ABORTED' })
  })
})

/** The honest reply to something else than was asked. */
async function fetchAnew(path: string, body: string | Buffer): Promise<Reply> {
  const { misbehave } = local
  local.misbehave = undefined
  const response = await fetch(`${local.url}${path}`, { method: 'POST', body: Buffer.from(body) })
  local.misbehave = misbehave
  return { status: response.status, body: Buffer.from(await response.arrayBuffer()) }
}

/** A certificate that the instance gives to somebody else. */
async function certificateOf(sub: string): Promise<string> {
  const asked = {
    credentials: { oidcIdentityToken: makeToken({ sub }) },
    publicKeyRequest: { publicKey: { content: KEY_OF_ANOTHER } },
  }
  const { body } = await fetchAnew(FULCIO, JSON.stringify(asked))
  return JSON.parse(body.toString()).signedCertificateEmbeddedSct.chain.certificates[0]
}

const KEY_OF_ANOTHER = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEDODRU688UYGuy54mNUlaEBiQdTE9
nYLr0lg6RXowI/QV/RE1azBn4Eg5/2uTOMbhB1/gfcHzijzFi9Tk+g1Prg==
-----END PUBLIC KEY-----
`

describe('a token is in no error', () => {
  test('whatever a peer echoes', async () => {
    for (const body of [
      JSON.stringify({ message: `bad token ${TOKEN}` }),
      `token: ${TOKEN}`,
      JSON.stringify({ error: TOKEN.slice(0, 90) }),
    ]) {
      local.misbehave = on(FULCIO, { status: 400, body })
      const words = wordsOf(await failureOf(sign()))
      expect(words).not.toContain(TOKEN.slice(0, 60))
      expect(words).not.toContain(TOKEN.split('.')[1]?.slice(0, 40))
    }
  })

  test.for([
    ['no token at all', 'hello'],
    [
      'one that is no JSON',
      `eyJhbGciOiJSUzI1NiJ9.${Buffer.from('{"secret-in-it').toString('base64url')}.c2ln`,
    ],
    ['one that has run out', makeToken({ sub: 'secret-in-it', exp: 1 })],
    [
      'an e-mail that nobody verified',
      makeToken({ email: 'secret-in-it@example.com', email_verified: false }),
    ],
    ['one that names nobody', makeToken({ what: 'secret-in-it' })],
    ['one without issuer', makeToken({ sub: 'secret-in-it', iss: '' })],
    ['one of a megabyte', makeToken({ sub: 'secret-in-it'.repeat(90_000) })],
  ] as const)('%s', async ([, token]) => {
    const error = await failureOf(sign({ token }))
    expect(error).toMatchObject({ code: 'BAD_INPUT', message: expect.stringMatching(/^the identity token /) })
    const words = wordsOf(error)
    expect(words).not.toContain('secret-in-it')
    if (token.length > 20) expect(words).not.toContain(token.slice(0, 40))
    expect(local.requests).toEqual([])
  })
})

test('what is sent holds no private key, and each signature has a key of its own', async () => {
  await sign()
  await sign()
  const bodies = local.requests.map(({ body }) => body.toString('latin1'))
  expect(bodies.join()).not.toMatch(/PRIVATE KEY/)
  const keys = local.requests
    .filter(({ path }) => path === FULCIO)
    .map(({ body }) => JSON.parse(body.toString()).publicKeyRequest.publicKey.content)
  expect(new Set(keys).size).toBe(2)
})

test('a trust root alone does not sign, and says what is missing', async () => {
  const error = await failureOf(sign({ config: utf8(JSON.stringify(local.trustedRoot())) }))
  expect(error).toMatchObject({ code: 'BAD_CONFIG', message: expect.stringMatching(/ClientTrustConfig/) })
})
