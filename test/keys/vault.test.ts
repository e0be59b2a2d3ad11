import { generateKeyPairSync, hash, verify } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import vault from 'node-vault'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openVaultKey } from '../../src/adapters/signer-vault/index.ts'
import { CURVES, type Served, serve } from './serve.ts'
import { signDigest } from './sign-digest.ts'

const MESSAGE = Buffer.from('a model')
const TOKEN = 'hvs.token-of-a-test'
const TYPES = ['ecdsa-p256', 'ecdsa-p384', 'ecdsa-p521']

let engine: Served
let latest = 1
let isWrong = false
beforeAll(async () => {
  const versions = TYPES.map((_, i) =>
    [1, 2].map(() => generateKeyPairSync('ec', { namedCurve: CURVES[i]?.[0] ?? '' })),
  )
  // Read key and sign of the transit engine (developer.hashicorp.com/vault/api-docs/secret/transit), with real keys.
  engine = await serve(({ method, path, headers, body }) => {
    if (headers['x-vault-token'] !== TOKEN) return { status: 403, json: { errors: ['permission denied'] } }
    if (headers['x-vault-namespace'] === 'other')
      return { status: 404, json: { errors: ['no handler for route'] } }
    const [, verb, name = ''] = /^\/v1\/transit\/(keys|sign)\/([\w-]+)$/.exec(path) ?? []
    const pairs = versions[TYPES.indexOf(name)]
    if (name === 'rsa')
      return { json: { data: { type: 'rsa-2048', latest_version: 1, keys: { 1: { public_key: 'x' } } } } }
    if (pairs === undefined) return { status: 404, json: { errors: [] } }
    if (verb === 'keys' && method === 'GET')
      return {
        json: {
          data: {
            ...{ type: name, latest_version: latest, name },
            keys: Object.fromEntries(
              pairs.map(({ publicKey }, i) => [
                String(i + 1),
                { name: 'P-256', public_key: publicKey.export({ type: 'spki', format: 'pem' }) },
              ]),
            ),
          },
        },
      }
    const request = JSON.parse(body.toString('utf8'))
    if (request.prehashed !== true || request.marshaling_algorithm !== 'asn1')
      return { status: 400, json: { errors: ['bad'] } }
    const version = request.key_version ?? latest
    const pair = pairs[version - 1]
    const algorithm = String(request.hash_algorithm).replace('sha2-', 'sha')
    const digest = Buffer.from(isWrong ? hash('sha256', 'x') : request.input, isWrong ? 'hex' : 'base64')
    const signature = pair && signDigest(pair.privateKey, digest, algorithm)
    return {
      json: {
        data: { signature: `vault:v${version}:${signature?.toString('base64')}`, key_version: version },
      },
    }
  })
})
afterAll(() => engine.close())
const deps = (env: Record<string, string | undefined> = {}) => ({
  env: { VAULT_ADDR: engine.url, VAULT_TOKEN: TOKEN, ...env },
  fetch: globalThis.fetch,
})

describe.for(CURVES.map(([, name], i) => [TYPES[i] ?? '', name] as const))('%s', ([type, name]) => {
  test('a client of Vault gets from this server what it expects', async () => {
    const client = vault({ apiVersion: 'v1', endpoint: engine.url, token: TOKEN })
    const { data } = await client.read(`transit/keys/${type}`)
    const digest = hash(name, MESSAGE, 'buffer').toString('base64')
    const answer = await client.write(`transit/sign/${type}`, {
      ...{
        input: digest,
        prehashed: true,
        marshaling_algorithm: 'asn1',
        hash_algorithm: `sha2-${name.slice(3)}`,
      },
    })
    const signature = Buffer.from(answer.data.signature.split(':')[2], 'base64')
    expect(verify(name, MESSAGE, data.keys['1'].public_key, signature)).toBe(true)
  })

  test('ours signs what its public key verifies', async () => {
    const key = await openVaultKey(`hashivault://${type}`, deps())
    expect(verify(name, MESSAGE, key.publicKeyPem, await key.sign(MESSAGE))).toBe(true)
  })
})

test('a rotation in Vault changes nothing for a key that is open, and a version may be named', async () => {
  const open = await openVaultKey('hashivault://ecdsa-p256', deps())
  latest = 2
  try {
    expect(verify('sha256', MESSAGE, open.publicKeyPem, await open.sign(MESSAGE))).toBe(true)
    expect(open.label).toBe('hashivault://ecdsa-p256?version=1')
    const again = await openVaultKey('hashivault://ecdsa-p256', deps())
    expect(again.publicKeyPem).not.toBe(open.publicKeyPem)
    const named = await openVaultKey('hashivault://ecdsa-p256?version=1', deps())
    expect(named.publicKeyPem).toBe(open.publicKeyPem)
  } finally {
    latest = 1
  }
})

test('a signature over anything else never leaves', async () => {
  const key = await openVaultKey('hashivault://ecdsa-p256', deps())
  isWrong = true
  await expect(key.sign(MESSAGE).finally(() => (isWrong = false))).rejects.toThrow(/does not verify/)
})

test.for([
  [
    'a token that is not allowed',
    { VAULT_TOKEN: 'hvs.other-token' },
    'PEER_FAILED',
    /HTTP 403.*permission denied/,
  ],
  ['another namespace', { VAULT_NAMESPACE: 'other' }, 'PEER_FAILED', /HTTP 404/],
  ['plain HTTP beyond this machine', { VAULT_ADDR: 'http://vault.example:8200' }, 'BAD_CONFIG', /use https/],
  ['credentials in the address', { VAULT_ADDR: 'https://a:b@vault.example' }, 'BAD_CONFIG', /no credentials/],
  ['a mount that climbs', { TRANSIT_SECRET_ENGINE_PATH: '../sys' }, 'BAD_CONFIG', /no path of a mount/],
  ['no token', { VAULT_TOKEN: undefined, HOME: '/nonexistent' }, 'BAD_CONFIG', /vault login/],
] as const)('%s is refused in words', async ([, env, code, words]) => {
  await expect(openVaultKey('hashivault://ecdsa-p256', deps(env))).rejects.toMatchObject({
    ...{ code, message: expect.stringMatching(words) },
  })
})

test.for([
  ['hashivault://', 'BAD_INPUT'],
  ['hashivault://../x', 'BAD_INPUT'],
  ['hashivault://k?version=0', 'BAD_INPUT'],
  ['hashivault://ecdsa-p256?version=7', 'KEY_INVALID'],
  ['hashivault://rsa', 'KEY_INVALID'],
] as const)('%s is refused with %s', async ([uri, code]) => {
  await expect(openVaultKey(uri, deps())).rejects.toMatchObject({ code })
})

test('the token may come by a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-vault-'))
  await writeFile(join(folder, 'token'), `${TOKEN}\n`)
  const env = { VAULT_TOKEN: undefined, VAULT_TOKEN_FILE: join(folder, 'token') }
  expect((await openVaultKey('hashivault://ecdsa-p384', deps(env))).curve).toBe('P-384')
  await rm(folder, { recursive: true })
})
