import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Header, pack } from 'tar-stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Layer, type LocalRegistry, startLocalRegistry } from './local-registry.ts'
import { openTestMirror } from './open-mirror.ts'

const IS_REQUIRED = process.env.SALLYPORT_REQUIRE === '1'
const SKOPEO = '/usr/bin/skopeo'
const ORAS =
  process.env.SALLYPORT_ORAS ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'sallyport-ci/oras/root/usr/bin/oras')
/** A client that CI must have, and others may lack: apt-get install skopeo; test/interop/get-oras.sh. */
const lacks = (program: string) => !IS_REQUIRED && !existsSync(program)

const HEADER = Buffer.from('{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}'.padEnd(64))
const WEIGHTS = Buffer.concat([Buffer.from([64, 0, 0, 0, 0, 0, 0, 0]), HEADER, Buffer.alloc(16, 1)])
const EVIL = Buffer.from("cos\nsystem\n(S'id'\ntR.", 'latin1')
const WEIGHT = 'application/vnd.cncf.model.weight.v1.raw'
const KIT = 'application/vnd.kitops.modelkit.model.v1.tar+gzip'

const named = (name: string, body: Uint8Array | string, mediaType = WEIGHT): Layer => ({
  ...{ mediaType, body: Buffer.from(body as Uint8Array) },
  annotations: { 'org.opencontainers.image.title': name, 'org.cncf.model.filepath': name },
})
const GOOD = [named('model.safetensors', WEIGHTS), named('config.json', '{"model_type":"bert"}')]
const sha256 = (body: Uint8Array) => createHash('sha256').update(body).digest('hex')

async function tarOf(
  members: readonly (readonly [Partial<Header> & { name: string }, Uint8Array | string])[],
) {
  const tar = pack()
  for (const [header, body] of members) tar.entry(header, Buffer.from(body as Uint8Array))
  tar.finalize()
  const parts: Uint8Array[] = []
  for await (const part of tar) parts.push(part as Uint8Array)
  return Buffer.concat(parts)
}

let registry: LocalRegistry
let home: string
const open: { close(): Promise<void> }[] = []

beforeEach(async () => {
  registry = await startLocalRegistry()
  home = mkdtempSync(join(tmpdir(), 'sallyport-oci-'))
})
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
  await registry.close()
  rmSync(home, { recursive: true, force: true })
})

async function mirror(options: Partial<Parameters<typeof openTestMirror>[0]> = {}) {
  const settings = { ociUpstreams: { local: registry.url }, ...options.settings }
  const opened = await openTestMirror({ home, ...options, settings })
  open.push(opened)
  return opened
}

const get = (url: string, init: RequestInit = {}) => fetch(url, { redirect: 'manual', ...init })

function run(
  program: string,
  args: readonly string[],
): Promise<{ readonly code: number; readonly out: string }> {
  return new Promise((done) => {
    execFile(
      program,
      [...args],
      { env: { ...process.env, HOME: home }, timeout: 100_000 },
      (error, out, err) =>
        done({
          code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1,
          out: `${out}${err}`,
        }),
    )
  })
}

test.skipIf(lacks(SKOPEO))(
  'skopeo copies an allowed model bit for bit, and prints why another is refused',
  async () => {
    const digest = registry.push('org/good', 'v1', GOOD)
    registry.push('org/evil', 'v1', [named('model.pkl', EVIL)])
    const { host, troubles, requests } = await mirror()
    const to = join(home, 'copy')
    const copied = await run(SKOPEO, [
      'copy',
      '--src-tls-verify=false',
      `docker://${host}/local/org/good:v1`,
      `dir:${to}`,
    ])
    expect(copied.out).toContain('Storing signatures')
    expect(`sha256:${sha256(readFileSync(join(to, 'manifest.json')))}`).toBe(digest)
    expect(readFileSync(join(to, sha256(WEIGHTS)))).toEqual(WEIGHTS)
    const refused = await run(SKOPEO, ['inspect', '--tls-verify=false', `docker://${host}/local/org/evil:v1`])
    expect(refused.code).toBe(1)
    expect(refused.out).toMatch(
      /denied: Sallyport refuses local\/org\/evil@[0-9a-f]{12}: .*model\.pkl.*See http/,
    )
    expect(requests.map(({ door, source }) => [door, source?.split('@')[0]])).toEqual([
      ['oci', 'oci/local/org/evil'],
    ])
    expect(troubles).toEqual([])
  },
)

test.skipIf(lacks(ORAS))(
  'oras pulls an allowed model bit for bit, and prints why another is refused',
  async () => {
    registry.push('org/good', 'v1', GOOD)
    registry.push('org/evil', 'v1', [named('model.pkl', EVIL)])
    const { host } = await mirror()
    const to = join(home, 'pulled')
    const pulled = await run(ORAS, ['pull', '--plain-http', `${host}/local/org/good:v1`, '-o', to])
    expect(pulled.out).toContain('Pulled')
    expect(readFileSync(join(to, 'model.safetensors'))).toEqual(WEIGHTS)
    const refused = await run(ORAS, ['pull', '--plain-http', `${host}/local/org/evil:v1`, '-o', to])
    expect(refused.code).toBe(1)
    expect(refused.out).toMatch(/denied: Sallyport refuses local\/org\/evil@/)
    expect(existsSync(join(to, 'model.pkl'))).toBe(false)
    const tags = await run(ORAS, ['repo', 'tags', '--plain-http', `${host}/local/org/good`])
    expect(tags.out.trim()).toBe('v1')
  },
)

test('what is judged holds every blob as it lies, and the files that a client will have', async () => {
  const layer = gzipSync(
    await tarOf([
      [{ name: 'model/weights.safetensors' }, WEIGHTS],
      [{ name: 'run.py' }, 'print(1)\n'],
    ]),
  )
  const digest = registry.push('org/kit', 'v1', [{ mediaType: KIT, body: layer }])
  const { url, parts } = await mirror()
  const answer = await get(`${url}/v2/local/org/kit/manifests/v1`)
  expect([answer.status, answer.headers.get('docker-content-digest')]).toEqual([200, digest])
  const model = await parts.registry.get(answer.headers.get('x-sallyport-digest') as never)
  const manifest = digest.slice('sha256:'.length)
  expect(model.files.map(({ name }) => name)).toEqual(
    [
      ...['blobs/sha256/44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'],
      ...[`blobs/sha256/${manifest}`, `blobs/sha256/${sha256(layer)}`, 'model/weights.safetensors', 'run.py'],
    ].sort(),
  )
  expect(model.files.find(({ name }) => name === `blobs/sha256/${manifest}`)?.sha256).toBe(manifest)
  const said = await parts.registry.desk.statements(model.digest)
  const source = said
    .map(({ verified }) => verified.statement)
    .find(({ predicateType }) => /pull-source/.test(predicateType))
  expect(source?.predicate).toMatchObject({
    ...{
      door: 'oci',
      origin: registry.url.slice('http://'.length),
      name: 'org/kit',
      revision: 'v1',
      version: manifest,
    },
  })
})

test.for([
  [
    'a pickle in a kit',
    async () => gzipSync(await tarOf([[{ name: 'model.pkl' }, EVIL]])),
    /model\.pkl|blobs/,
  ],
  ['a name that climbs', async () => gzipSync(await tarOf([[{ name: '../../etc/x' }, 'x']])), /".."/],
  [
    'a link',
    async () => gzipSync(await tarOf([[{ name: 'a', type: 'symlink', linkname: '/etc/passwd' }, '']])),
    /symlink, not a file/,
  ],
  [
    'a sparse file that others would read otherwise',
    async () => gzipSync(await tarOf([[{ name: 'a', pax: { 'GNU.sparse.major': '1' } } as never, 'x']])),
    /sparse/,
  ],
  [
    'two files of one name',
    async () =>
      gzipSync(
        await tarOf([
          [{ name: 'a' }, 'x'],
          [{ name: 'a' }, 'y'],
        ]),
      ),
    /different files /,
  ],
  [
    'a name of the registry’s own',
    async () => gzipSync(await tarOf([[{ name: 'blobs/sha256/x' }, 'x']])),
    /stands for blobs/,
  ],
  ['what is no tar', async () => Buffer.from('no tar at all'), /not a whole tar|unpacking it/],
] as const)('%s is refused, with the reason and without a path of the server', async ([, body, reason]) => {
  registry.push('org/kit', 'v1', [{ mediaType: KIT, body: await body() }])
  const { url } = await mirror()
  const answer = await get(`${url}/v2/local/org/kit/manifests/v1`)
  const text = await answer.text()
  expect([answer.status, JSON.parse(text).errors[0].code]).toEqual([403, 'DENIED'])
  expect(text).toMatch(reason)
  expect(text).not.toContain(home)
})

test('a layer that a client fetches elsewhere, an ambiguous manifest and an unknown algorithm are not handed on', async () => {
  const part = { mediaType: WEIGHT, digest: `sha256:${'a'.repeat(64)}`, size: 3 }
  const base = { schemaVersion: 2, config: part, layers: [part] }
  const { url } = await mirror()
  for (const [tag, manifest, reason] of [
    ['urls', { ...base, layers: [{ ...part, urls: ['http://evil.example'] }] }, /elsewhere/],
    ['both', { ...base, manifests: [] }, /index and a manifest at once/],
    ['md5', { ...base, layers: [{ ...part, digest: 'md5:aa' }] }, /SHA-256/],
    ['v1', { ...base, schemaVersion: 1 }, /schema 2/],
  ] as const) {
    registry.pushManifest('org/odd', tag, manifest)
    const answer = await get(`${url}/v2/local/org/odd/manifests/${tag}`)
    expect([tag, answer.status]).toEqual([tag, 403])
    expect(await answer.text()).toMatch(reason)
  }
})

test('blobs leave with a manifest that may leave, in ranges too, and with none otherwise', async () => {
  registry.push('org/good', 'v1', GOOD)
  registry.push('org/evil', 'v1', [named('model.pkl', EVIL)])
  const { url } = await mirror()
  const blob = `${url}/v2/local/org/good/blobs/sha256:${sha256(WEIGHTS)}`
  expect((await get(blob)).status, 'before its manifest was asked for').toBe(404)
  expect((await get(`${url}/v2/local/org/good/manifests/v1`, { method: 'HEAD' })).status).toBe(200)
  const part = await get(blob, { headers: { range: 'bytes=10-19' } })
  expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-19/${WEIGHTS.length}`])
  expect(Buffer.from(await part.arrayBuffer())).toEqual(WEIGHTS.subarray(10, 20))
  const etag = part.headers.get('etag') ?? ''
  expect((await get(blob, { headers: { 'if-none-match': etag } })).status).toBe(304)
  expect((await get(`${url}/v2/local/org/evil/manifests/v1`)).status).toBe(403)
  const evil = await get(`${url}/v2/local/org/evil/blobs/sha256:${sha256(EVIL)}`)
  expect(evil.status).toBe(403)
  expect(await evil.text()).not.toContain('cos\n')
  expect(
    (await get(`${url}/v2/local/org/good/blobs/sha256:${sha256(EVIL)}`)).status,
    'of another repository',
  ).toBe(404)
})

test('an index is handed on, and each of its manifests is judged by itself', async () => {
  const good = registry.push('org/many', 'good', GOOD)
  const evil = registry.push('org/many', 'evil', [named('model.pkl', EVIL)])
  const index = registry.pushIndex('org/many', 'all', [good, evil])
  const { url } = await mirror()
  const answer = await get(`${url}/v2/local/org/many/manifests/all`)
  expect([answer.status, answer.headers.get('docker-content-digest')]).toEqual([200, index])
  expect(answer.headers.get('content-type')).toBe('application/vnd.oci.image.index.v1+json')
  expect((await get(`${url}/v2/local/org/many/manifests/${good}`)).status).toBe(200)
  expect((await get(`${url}/v2/local/org/many/manifests/${evil}`)).status).toBe(403)
})

test('100 that ask at once cause one transfer of each blob, and a moved tag is another model', async () => {
  let at = Date.now()
  registry.push('org/good', 'v1', GOOD)
  const { url } = await mirror({ now: () => new Date(at) })
  const asked = await Promise.all(
    Array.from({ length: 100 }, async () => (await get(`${url}/v2/local/org/good/manifests/v1`)).status),
  )
  expect(new Set(asked)).toEqual(new Set([200]))
  expect(registry.transfers.get(`sha256:${sha256(WEIGHTS)}`)).toBe(1)
  registry.push('org/good', 'v1', [named('model.pkl', EVIL)])
  at += 61_000
  expect((await get(`${url}/v2/local/org/good/manifests/v1`)).status).toBe(403)
})

test('a broken transfer goes on where it was; bytes that are not those of the digest reach nobody', async () => {
  registry.push('org/good', 'v1', GOOD)
  registry.trouble.set(`sha256:${sha256(WEIGHTS)}`, { cutAfter: 20, times: 2 })
  const { url } = await mirror()
  expect((await get(`${url}/v2/local/org/good/manifests/v1`)).status).toBe(200)
  const blob = await get(`${url}/v2/local/org/good/blobs/sha256:${sha256(WEIGHTS)}`)
  expect(Buffer.from(await blob.arrayBuffer())).toEqual(WEIGHTS)
  expect(registry.transfers.get(`sha256:${sha256(WEIGHTS)}`)).toBe(3)
  const other = named('x.bin', Buffer.from('what was meant'))
  registry.push('org/swap', 'v1', [other])
  registry.trouble.set(`sha256:${sha256(other.body)}`, { instead: Buffer.from('what was sent!') })
  const answer = await get(`${url}/v2/local/org/swap/manifests/v1`)
  expect([answer.status, (await answer.text()).includes('not those whose digest it states')]).toEqual([
    403,
    true,
  ])
})

test('a redirect of a blob into our own network is not followed', async () => {
  const secret = createServer((_, response) => response.end('metadata'))
  await new Promise<void>((done) => secret.listen(0, '127.0.0.1', done))
  open.push({ close: () => new Promise<void>((done) => void secret.close(() => done())) })
  registry.push('org/good', 'v1', GOOD)
  const { port } = secret.address() as AddressInfo
  registry.trouble.set(`sha256:${sha256(WEIGHTS)}`, {
    redirectTo: `http://127.0.0.1:${port}/latest/meta-data`,
  })
  const { url } = await mirror()
  const answer = await get(`${url}/v2/local/org/good/manifests/v1`)
  expect([answer.status, answer.headers.get('location')]).toEqual([429, null])
})

test('a registry that wants a login gets one from a file, and a token for the very repository', async () => {
  const locked = await startLocalRegistry({ login: 'ada:secret' })
  open.push(locked)
  locked.push('org/good', 'v1', GOOD)
  const { writeFileSync } = await import('node:fs')
  writeFileSync(join(home, 'credentials'), 'ada:secret\n')
  const settings = {
    ociUpstreams: {
      open: locked.url,
      corp: { url: locked.url, credentialsFile: join(home, 'credentials') },
    },
  }
  const { url } = await mirror({ settings })
  expect((await get(`${url}/v2/corp/org/good/manifests/v1`)).status).toBe(200)
  const without = await get(`${url}/v2/open/org/good/manifests/v1`)
  expect([without.status, (await without.text()).includes('secret')]).toEqual([403, false])
})

test('beyond loopback a token is wanted, as a password or by itself; pushes and strange names are refused', async () => {
  registry.push('org/good', 'v1', GOOD)
  const { url, parts } = await mirror({ isLoopback: false })
  const knock = await get(`${url}/v2/`)
  expect([knock.status, knock.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="sallyport"'])
  const { token: secret } = await parts.people.add(undefined, { name: 'Ada', role: 'contributor' })
  const basic = { authorization: `Basic ${Buffer.from(`anybody:${secret}`).toString('base64')}` }
  expect((await get(`${url}/v2/`, { headers: basic })).status).toBe(200)
  const manifest = `${url}/v2/local/org/good/manifests/v1`
  expect((await get(manifest, { headers: { authorization: `Bearer ${secret}` } })).status).toBe(200)
  expect((await get(manifest, { headers: { authorization: 'Bearer spt_wrong' } })).status).toBe(401)
  const push = await get(`${url}/v2/local/org/good/blobs/uploads/`, { method: 'POST', headers: basic })
  expect([push.status, ((await push.json()) as { errors: { code: string }[] }).errors[0]?.code]).toEqual([
    405,
    'UNSUPPORTED',
  ])
  for (const path of [
    'local/../x/manifests/v1',
    'local/UP/manifests/v1',
    'local/a/manifests/..%2f',
    `local/a/manifests/${'a'.repeat(64)}`,
  ])
    expect((await get(`${url}/v2/${path}`, { headers: basic })).status, path).toBeGreaterThanOrEqual(400)
  const nowhere = await get(`${url}/v2/other/org/good/manifests/v1`, { headers: basic })
  expect(await nowhere.text()).toContain('known are local')
})

test('a revocation is seen by the next question, and who received the model is known', async () => {
  registry.push('org/good', 'v1', GOOD)
  const { url, parts, mirror: doors } = await mirror()
  const at = `${url}/v2/local/org/good/manifests/v1`
  const first = await get(at)
  expect(first.status).toBe(200)
  const digest = first.headers.get('x-sallyport-digest') as never
  const actor = await parts.people.actor(undefined, { why: 'test' })
  await parts.registry.revoke(digest, { note: 'it was stolen' }, actor)
  const after = await get(at)
  expect([after.status, (await after.text()).includes('it was stolen')]).toEqual([403, true])
  expect((await get(`${url}/v2/local/org/good/blobs/sha256:${sha256(WEIGHTS)}`)).status).toBe(403)
  expect(doors.firewalls[0]?.received(digest).map(({ principalId }) => principalId)).toEqual([
    actor.principalId,
  ])
})

test('in warn mode what is not allowed comes with a warning that clients print', async () => {
  registry.push('org/evil', 'v1', [named('model.pkl', EVIL)])
  const { url } = await mirror({ settings: { ociUpstreams: { local: registry.url }, hubMode: 'warn' } })
  const answer = await get(`${url}/v2/local/org/evil/manifests/v1`)
  expect([answer.status, answer.headers.get('warning')?.slice(0, 25)]).toEqual([
    200,
    '299 - "Sallyport refuses ',
  ])
})

test('quotas: too many requests wait, a day\u2019s bytes are refused with the reason, and a HEAD costs none', async () => {
  registry.push('org/kit', 'v1', [{ mediaType: WEIGHT, body: WEIGHTS }])
  const { url } = await mirror({ settings: { quotaRequestsPerMinute: 3, quotaGibPerDay: 1e-9 } })
  const at = `${url}/v2/local/org/kit/manifests/v1`
  expect((await get(at, { method: 'HEAD' })).status).toBe(200)
  const full = await get(at)
  expect([full.status, JSON.parse(await full.text()).errors[0]]).toMatchObject([
    403,
    { code: 'DENIED', message: expect.stringContaining("today's limit") },
  ])
  await get(at, { method: 'HEAD' })
  const often = await get(at, { method: 'HEAD' })
  expect([often.status, Number(often.headers.get('retry-after')) > 0]).toEqual([429, true])
})
