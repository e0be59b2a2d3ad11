import { spawn, spawnSync } from 'node:child_process'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { canonicalJson } from '../../src/ground/crypto/index.ts'
import { makeTsa, type Tsa } from '../keys/openssl-tsa.ts'
import { type Served, serve } from '../keys/serve.ts'
import { signDigest } from '../keys/sign-digest.ts'

// The real command line against keys and authorities elsewhere: what only single adapters are asked in test/keys.
const PROGRAM = join(import.meta.dirname, '../../bin/sallyport')
const TOKEN = 'hvs.token-of-a-test'
const folder = mkdtempSync(join(tmpdir(), 'sallyport-sign-cli-'))
const at = (name: string) => join(folder, name)
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })

let tsa: Tsa
let authority: Served
let vault: Served
let isWrong = false
beforeAll(async () => {
  tsa = makeTsa()
  writeFileSync(at('tsa.pem'), tsa.rootPem)
  mkdirSync(at('model'))
  writeFileSync(at('model/a.bin'), 'weights')
  writeFileSync(at('key.pem'), pair.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  writeFileSync(at('key.pub'), pair.publicKey.export({ type: 'spki', format: 'pem' }))
  authority = await serve(({ body }) => ({
    bytes: tsa.reply(body, isWrong ? 'other-root' : 'good'),
    type: 'application/timestamp-reply',
  }))
  vault = await serve(({ headers, path, body }) => {
    if (headers['x-vault-token'] !== TOKEN) return { status: 403, json: { errors: ['permission denied'] } }
    if (path === '/v1/transit/keys/models') {
      const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' })
      const keys = { 1: { name: 'P-256', public_key: publicKey } }
      return { json: { data: { type: 'ecdsa-p256', latest_version: 1, name: 'models', keys } } }
    }
    const { input } = JSON.parse(body.toString('utf8')) as { input: string }
    const signature = signDigest(pair.privateKey, Buffer.from(input, 'base64'), 'sha256')
    return { json: { data: { signature: `vault:v1:${signature.toString('base64')}`, key_version: 1 } } }
  })
})
afterAll(async () => {
  tsa.close()
  await Promise.all([authority.close(), vault.close()])
  rmSync(folder, { recursive: true })
})

/** Beside us, for the servers that it asks live in this process. */
function sallyport(args: readonly string[], token = TOKEN): Promise<{ status: number | null; said: string }> {
  const env = {
    PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
    ...{ HOME: folder, SALLYPORT_HOME: at('home'), NO_COLOR: '1', VAULT_ADDR: vault.url, VAULT_TOKEN: token },
  }
  return new Promise((done, refuse) => {
    const child = spawn(PROGRAM, args, { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
    child.once('error', refuse)
    child.once('close', (status) => done({ status, said }))
  })
}

const verifyArgs = (signature: string) => [
  ...['verify', 'model', '--signature-only', '--public-key', 'key.pub', '--signature', signature],
]
const timestamped = ['--timestamp-url', '', '--timestamp-chain', 'tsa.pem']
const withAuthority = () => timestamped.map((word) => (word === '' ? authority.url : word))

test('sign --timestamp-url: the time of an RFC 3161 authority stands in the signature, and is checked', async () => {
  const sign = ['sign', 'model', '--private-key', 'key.pem', '--signature', 'timed.sig']
  const signed = await sallyport([...sign, ...withAuthority()])
  expect(signed.said).toContain('1 file')
  expect(signed.status).toBe(0)
  const bundle = JSON.parse(readFileSync(at('timed.sig'), 'utf8'))
  expect(bundle.verificationMaterial.timestampVerificationData.rfc3161Timestamps).toHaveLength(1)
  const verified = await sallyport([...verifyArgs('timed.sig'), '--timestamp-chain', 'tsa.pem'])
  expect(verified.said).toContain('signed')
  expect(verified.status).toBe(0)
}, 120_000)

test('an authority of another root is refused, and no signature is left', async () => {
  isWrong = true
  const sign = ['sign', 'model', '--private-key', 'key.pem', '--signature', 'wrong.sig']
  const { status } = await sallyport([...sign, ...withAuthority()]).finally(() => (isWrong = false))
  expect(status).not.toBe(0)
  expect(existsSync(at('wrong.sig'))).toBe(false)
}, 120_000)

test('sign --private-key hashivault://: the key never leaves, and its public half verifies', async () => {
  const sign = ['sign', 'model', '--private-key', 'hashivault://models', '--signature', 'vault.sig']
  const signed = await sallyport(sign)
  expect(signed.said).toContain('1 file')
  expect(signed.status).toBe(0)
  expect((await sallyport(verifyArgs('vault.sig'))).status).toBe(0)
  const refused = await sallyport([...sign.slice(0, -1), 'refused.sig'], 'hvs.another')
  expect(refused.said).toContain('permission denied')
  expect(refused.status).not.toBe(0)
  expect(existsSync(at('refused.sig'))).toBe(false)
}, 120_000)

const { SALLYPORT_COSIGN: cosign, SALLYPORT_REQUIRE: required } = process.env

test.skipIf(cosign === undefined && required !== '1')(
  'cosign verifies what bom --sign writes, and refuses one changed byte (skipped without SALLYPORT_COSIGN: see test/interop/get-cosign.sh)',
  { timeout: 120_000 },
  async () => {
    if (cosign === undefined || !existsSync(cosign))
      throw new Error('SALLYPORT_COSIGN does not name a program')
    const signed = await sallyport(['bom', 'model', '--sign', 'key.pem', '--output', 'bom.sig'])
    expect(signed.said).toContain('signed')
    expect(signed.status).toBe(0)
    const root = '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}'
    writeFileSync(at('root.json'), root)
    // The subject is the model's manifest: canonical JSON of names, sizes and hashes.
    const sha256 = createHash('sha256').update('weights').digest('hex')
    writeFileSync(at('manifest'), canonicalJson([{ name: 'a.bin', size: 7, sha256 }]))
    const bundle = JSON.parse(readFileSync(at('bom.sig'), 'utf8'))
    const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64')
    payload.write('z', payload.indexOf('"a.bin"') + 1)
    bundle.dsseEnvelope.payload = payload.toString('base64')
    writeFileSync(at('spoilt.sig'), JSON.stringify(bundle))
    const verify = (signature: string) =>
      spawnSync(
        cosign,
        [
          ...['verify-blob-attestation', '--new-bundle-format', '--insecure-ignore-tlog'],
          ...['--trusted-root', at('root.json'), '--type', 'https://cyclonedx.org/bom'],
          ...['--key', at('key.pub'), '--bundle', at(signature), at('manifest')],
        ],
        { encoding: 'utf8', env: { HOME: folder } },
      )
    expect(verify('bom.sig').stderr).toContain('Verified OK')
    expect(verify('spoilt.sig').status).not.toBe(0)
  },
)
