import { createHash, generateKeyPairSync, type KeyPairKeyObjectResult, sign } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import trustedRoot from '../../catalog/sigstore/trusted_root.json' with { type: 'json' }
import { refreshTrust } from '../../src/adapters/sigstore/index.ts'
import { canonicalJson } from '../../src/ground/crypto/index.ts'

// A TUF repository of a private instance, small and honest, until a test changes it (theupdateframework.io, 1.0).
let server: Server
let url: string
let folder: string
let files: Map<string, string>
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-tuf-'))
  files = new Map()
  server = createServer((request, response) => {
    const body = files.get(request.url ?? '')
    response.writeHead(body === undefined ? 404 : 200).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

const KEY = generateKeyPairSync('ed25519')
const keyOf = ({ publicKey }: KeyPairKeyObjectResult) => ({
  keytype: 'ed25519',
  scheme: 'ed25519',
  keyval: { public: publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex') },
})
const idOf = (key: KeyPairKeyObjectResult) =>
  createHash('sha256')
    .update(canonicalJson(keyOf(key)))
    .digest('hex')
const LATER = '2999-01-01T00:00:00Z'

function sealed(
  signed: Readonly<Record<string, unknown>>,
  keys: readonly KeyPairKeyObjectResult[] = [KEY],
): string {
  const body = { spec_version: '1.0.31', expires: LATER, ...signed }
  const signatures = keys.map((key) => ({
    keyid: idOf(key),
    sig: sign(null, Buffer.from(canonicalJson(body)), key.privateKey).toString('hex'),
  }))
  return JSON.stringify({ signatures, signed: body })
}

const rootOf = (
  version: number,
  key: KeyPairKeyObjectResult,
  by: readonly KeyPairKeyObjectResult[] = [key],
) => {
  const role = { keyids: [idOf(key)], threshold: 1 }
  return sealed(
    {
      _type: 'root',
      version,
      consistent_snapshot: true,
      keys: { [idOf(key)]: keyOf(key) },
      roles: { root: role, timestamp: role, snapshot: role, targets: role },
    },
    by,
  )
}

/** Publishes one state of the repository. */
function publish(
  targets: Readonly<Record<string, string>>,
  {
    version = 1,
    key = KEY,
    expires = LATER,
  }: { version?: number; key?: KeyPairKeyObjectResult; expires?: string } = {},
): void {
  const hash = (text: string) => createHash('sha256').update(text).digest('hex')
  const about = (text: string) => ({ length: text.length, hashes: { sha256: hash(text) } })
  const list = Object.fromEntries(Object.entries(targets).map(([name, text]) => [name, about(text)]))
  for (const [name, text] of Object.entries(targets)) files.set(`/targets/${hash(text)}.${name}`, text)
  files.set(`/${version}.targets.json`, sealed({ _type: 'targets', version, targets: list }, [key]))
  files.set(
    `/${version}.snapshot.json`,
    sealed({ _type: 'snapshot', version, meta: { 'targets.json': { version } } }, [key]),
  )
  files.set(
    '/timestamp.json',
    sealed({ _type: 'timestamp', version, expires, meta: { 'snapshot.json': { version } } }, [key]),
  )
}

function refresh() {
  const rootPath = join(folder, 'root.json')
  writeFileSync(rootPath, rootOf(1, KEY))
  return refreshTrust({ url: `${url}/`, rootPath, cacheFolder: join(folder, 'cache') })
}
const ROOT = JSON.stringify(trustedRoot)

test('a trust root comes from the repository, verified, with a signing config where there is one', async () => {
  publish({ 'trusted_root.json': ROOT })
  const { config } = await refresh()
  expect(config.root.tlogs.map(({ baseUrl }) => baseUrl)).toContain('https://rekor.sigstore.dev')
  expect(config.signing).toBeUndefined()
  expect(config.label).toBe(url)
  const signing = JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
    caUrls: [],
  })
  publish({ 'trusted_root.json': ROOT, 'signing_config.v0.2.json': signing }, { version: 2 })
  expect((await refresh()).config.signing).toBeDefined()
})

test('a newer root is taken when the one before has signed it', async () => {
  const next = generateKeyPairSync('ed25519')
  files.set('/2.root.json', rootOf(2, next, [KEY, next]))
  publish({ 'trusted_root.json': ROOT }, { key: next })
  await expect(refresh()).resolves.toMatchObject({ config: { label: url } })
})

const stranger = generateKeyPairSync('ed25519')
test.for([
  [
    'a root that only a stranger signed',
    () => {
      files.set('/2.root.json', rootOf(2, stranger))
      publish({ 'trusted_root.json': ROOT }, { key: stranger })
    },
  ],
  ['metadata by a stranger', () => publish({ 'trusted_root.json': ROOT }, { key: stranger })],
  [
    'a state that has run out',
    () => publish({ 'trusted_root.json': ROOT }, { expires: '2020-01-01T00:00:00Z' }),
  ],
  ['a repository without trust root', () => publish({ other: 'x' })],
  [
    'a target of other bytes',
    () => {
      publish({ 'trusted_root.json': ROOT })
      for (const name of files.keys())
        if (name.startsWith('/targets/')) files.set(name, ROOT.replace('rekor', 'evil!'))
    },
  ],
  ['a repository that is not there', () => files.clear()],
] as const)('refused, and the step is named: %s', async ([, spoil]) => {
  spoil()
  await expect(refresh()).rejects.toMatchObject({
    code: 'PEER_FAILED',
    message: expect.stringMatching(
      /^the trust root was not updated, (the metadata|trusted_root\.json) from http/,
    ),
  })
})

test('an older state is not taken after a newer one', async () => {
  publish({ 'trusted_root.json': ROOT }, { version: 5 })
  await refresh()
  publish({ 'trusted_root.json': ROOT }, { version: 4 })
  await expect(refresh()).rejects.toMatchObject({ code: 'PEER_FAILED' })
})

test('a signed trust root that is malformed is refused all the same', async () => {
  publish({ 'trusted_root.json': '{"mediaType":"x"}' })
  await expect(refresh()).rejects.toMatchObject({ code: 'BAD_CONFIG' })
})
