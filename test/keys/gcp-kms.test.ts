import { generateKeyPairSync, hash, type KeyObject, verify } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KeyManagementServiceClient } from '@google-cloud/kms'
import { OAuth2Client } from 'google-auth-library'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { crc32c, openGcpKmsKey } from '../../src/adapters/signer-gcp-kms/index.ts'
import { CURVES, type Served, serve } from './serve.ts'
import { signDigest } from './sign-digest.ts'

const MESSAGE = Buffer.from('a model')
const RING = 'projects/p/locations/global/keyRings/r/cryptoKeys/models'
const TOKEN = 'ya29.token-of-a-test'
const ALGORITHMS = ['EC_SIGN_P256_SHA256', 'EC_SIGN_P384_SHA384', 'EC_SIGN_SECP521R1_SHA512']

/** What the server does wrong, if anything. */
type Fault =
  | 'none'
  | 'pem-crc'
  | 'signature-crc'
  | 'not-verified'
  | 'other-version'
  | 'other-key'
  | 'redirect'
  | 'endless'

/** getPublicKey and asymmetricSign of the REST API (cloud.google.com/kms/docs/reference/rest), with real keys. */
async function serveGcp(fault: () => Fault): Promise<Served> {
  const keys = CURVES.map(([namedCurve]) => generateKeyPairSync('ec', { namedCurve }))
  return serve(({ path, headers, body }) => {
    const url = new URL(path, 'http://x')
    const [, name, version, action] =
      /^\/v1\/(projects\/.*\/cryptoKeyVersions\/(\d+))(\/publicKey|:asymmetricSign)$/.exec(url.pathname) ?? []
    if (headers.authorization !== `Bearer ${TOKEN}`)
      return { status: 401, json: { error: { code: 401, message: `bad token ${headers.authorization}` } } }
    const key = keys[Number(version) - 1]
    if (key === undefined) return { status: 404, json: { error: { code: 404, message: 'no such version' } } }
    if (fault() === 'redirect') return { status: 302, headers: { location: 'http://203.0.113.1/' }, json: {} }
    if (fault() === 'endless') return { bytes: Buffer.alloc(2 * 2 ** 20, 32) }
    if (action === '/publicKey') {
      const pem = String(key.publicKey.export({ type: 'spki', format: 'pem' }))
      const sum = crc32c(Buffer.from(pem)) + (fault() === 'pem-crc' ? 1 : 0)
      return { json: { pem, algorithm: ALGORITHMS[Number(version) - 1], pemCrc32c: String(sum), name } }
    }
    return signed(JSON.parse(body.toString('utf8')), key.privateKey, String(name))
  })

  function signed(request: Record<string, unknown>, privateKey: KeyObject, name: string) {
    const [[hashName, base64]] = Object.entries(request.digest as Record<string, string>) as [
      [string, string],
    ]
    const digest = Buffer.from(base64, 'base64')
    const sent = request.digestCrc32c as string | { value: string }
    const isRight = String(typeof sent === 'object' ? sent.value : sent) === String(crc32c(digest))
    const key =
      fault() === 'other-key' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey : privateKey
    const signature = signDigest(key, digest, hashName)
    return {
      json: {
        signature: signature.toString('base64'),
        signatureCrc32c: String(crc32c(signature) + (fault() === 'signature-crc' ? 1 : 0)),
        verifiedDigestCrc32c: isRight && fault() !== 'not-verified',
        name: fault() === 'other-version' ? name.replace(/\d+$/, '9') : name,
      },
    }
  }
}

let gcp: Served
let fault: Fault = 'none'
beforeAll(async () => {
  gcp = await serveGcp(() => fault)
})
afterAll(() => gcp.close())

const open = (version = '1', token = async () => TOKEN) =>
  openGcpKmsKey(`gcpkms://${RING}/cryptoKeyVersions/${version}`, {
    env: { CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS: gcp.url },
    fetch: globalThis.fetch,
    token,
  })

// RFC 3720 appendix B.4.
test.for([
  ['32 bytes of zeros', Buffer.alloc(32), 0x8a9136aa],
  ['32 bytes of ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
  ['32 bytes counting up', Buffer.from(Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e],
] as const)('CRC-32C of %s', ([, bytes, sum]) => {
  expect(crc32c(bytes)).toBe(sum)
})

describe.for(CURVES.map(([, name], i) => [String(i + 1), name] as const))('version %s', ([version, name]) => {
  test('the vendor’s own client gets from this server what it expects', async () => {
    const authClient = new OAuth2Client()
    authClient.setCredentials({ access_token: TOKEN, expiry_date: Date.now() + 3_600_000 })
    const client = new KeyManagementServiceClient({
      ...{ apiEndpoint: '127.0.0.1', port: Number(new URL(gcp.url).port), protocol: 'http', fallback: true },
      ...({ authClient, projectId: 'p' } as object),
    })
    const path = `${RING}/cryptoKeyVersions/${version}`
    const [published] = await client.getPublicKey({ name: path })
    const digest = hash(name, MESSAGE, 'buffer')
    const [answer] = await client.asymmetricSign({
      ...{ name: path, digest: { [name]: digest }, digestCrc32c: { value: crc32c(digest) } },
    })
    expect(answer.verifiedDigestCrc32c).toBe(true)
    expect(Number(answer.signatureCrc32c?.value)).toBe(crc32c(Buffer.from(answer.signature as Uint8Array)))
    expect(verify(name, MESSAGE, String(published.pem), Buffer.from(answer.signature as Uint8Array))).toBe(
      true,
    )
    await client.close()
  })

  test('ours signs what its public key verifies', async () => {
    const key = await open(version)
    expect(verify(name, MESSAGE, key.publicKeyPem, await key.sign(MESSAGE))).toBe(true)
  })
})

test('cosign’s short form of a version is the same key', async () => {
  const deps = { env: { CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS: gcp.url }, fetch, token: async () => TOKEN }
  const short = await openGcpKmsKey(`gcpkms://${RING}/versions/1`, deps)
  expect(short.publicKeyPem).toBe((await open()).publicKeyPem)
})

test.for([
  ['pem-crc', /public key does not match its checksum/],
  ['redirect', /a redirect, which is not followed/],
  ['endless', /larger than/],
] as const)('opening fails when the server answers with %s', async ([wrong, words]) => {
  fault = wrong
  await expect(open().finally(() => (fault = 'none'))).rejects.toMatchObject({
    code: 'PEER_FAILED',
    message: expect.stringMatching(words),
  })
})

test.for([
  ['signature-crc', /signature does not match its checksum/],
  ['not-verified', /did not arrive as it was sent/],
  ['other-version', /another key version/],
  ['other-key', /its own public key does not verify/],
] as const)('nothing is signed when the server answers with %s', async ([wrong, words]) => {
  const key = await open()
  fault = wrong
  await expect(key.sign(MESSAGE).finally(() => (fault = 'none'))).rejects.toMatchObject({
    code: 'PEER_FAILED',
    message: expect.stringMatching(words),
  })
})

test('a token that is refused is not echoed, though the server says it', async () => {
  const failure = await open('1', async () => 'ya29.secret-token').catch((error: Error) => error)
  expect((failure as Error).message).toMatch(/401.*withheld/)
  expect((failure as Error).message).not.toContain('secret-token')
})

test('Application Default Credentials by workload identity from a file, by the vendor’s own library', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-gcp-'))
  const oauth = await serve(() => ({
    json: {
      access_token: TOKEN,
      expires_in: 3600,
      token_type: 'Bearer',
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    },
  }))
  const file = join(folder, 'account.json')
  await writeFile(join(folder, 'jwt'), 'a token of the workload')
  await writeFile(
    file,
    JSON.stringify({
      ...{ type: 'external_account', audience: '//iam.googleapis.com/projects/1/locations/global/x' },
      ...{ subject_token_type: 'urn:ietf:params:oauth:token-type:jwt', token_url: `${oauth.url}/v1/token` },
      credential_source: { file: join(folder, 'jwt') },
    }),
  )
  const before = { ...process.env }
  process.env.GOOGLE_CLOUD_PROJECT = 'p'
  process.env.GOOGLE_APPLICATION_CREDENTIALS = file
  try {
    const env = { CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS: gcp.url }
    const key = await openGcpKmsKey(`gcpkms://${RING}/cryptoKeyVersions/1`, { env, fetch })
    expect(verify('sha256', MESSAGE, key.publicKeyPem, await key.sign(MESSAGE))).toBe(true)
    process.env.GOOGLE_APPLICATION_CREDENTIALS = join(folder, 'none.json')
    await expect(openGcpKmsKey(`gcpkms://${RING}/cryptoKeyVersions/1`, { env, fetch })).rejects.toMatchObject(
      {
        code: 'BAD_CONFIG',
      },
    )
  } finally {
    process.env = before
    await oauth.close()
    await rm(folder, { recursive: true })
  }
})

test.for([
  'gcpkms://',
  `gcpkms://${RING}`,
  `gcpkms://${RING}/cryptoKeyVersions/0`,
  `gcpkms://${RING}/cryptoKeyVersions/1?x`,
  'gcpkms://projects/../locations/l/keyRings/r/cryptoKeys/k:x/cryptoKeyVersions/1/..',
])('%s names no key version', async (uri) => {
  await expect(openGcpKmsKey(uri, { env: {}, fetch })).rejects.toMatchObject({ code: 'BAD_INPUT' })
})
