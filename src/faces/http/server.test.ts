import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { request as rawRequest } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Value } from 'typebox/value'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FakeHouse, fakeHouse, furnish } from '../../../test/dev/fake-server.ts'
import { openState } from '../../adapters/state-sqlite/index.ts'
import { openUploadFolder } from '../../adapters/uploads-files/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import { ProblemSchema } from './contract.ts'
import type { RequestRecord } from './deps.ts'

let house: FakeHouse
let url: string
let auth: Record<string, string>
let admin: string
let digest: string
const records: RequestRecord[] = []
const base = mkdtempSync(join(tmpdir(), 'sallyport-http-'))
const webRoot = join(base, 'web')
const uploads = join(base, 'uploads')
const imports = join(base, 'imports')
const state = openState({ file: join(base, 'state.db'), now: () => new Date() })

beforeAll(async () => {
  mkdirSync(webRoot)
  mkdirSync(imports)
  writeFileSync(join(webRoot, 'index.html'), '<!doctype html><title>console</title>')
  writeFileSync(join(webRoot, '.secret'), 'hidden')
  writeFileSync(join(base, 'outside.txt'), 'outside')
  writeFileSync(join(imports, 'in.safetensors'), 'inside')
  house = await fakeHouse({
    webRoot,
    uploads: await openUploadFolder({ folder: uploads }),
    memory: state.requestMemory,
    onRequest: (record) => records.push(record),
    config: { maxUploadBytes: 5000, importRoots: [imports] },
  })
  admin = await furnish(house)
  url = (await house.server.listen({ host: '127.0.0.1', port: 0 })).url
  const { secret } = await house.identity.createToken({ principalId: admin, label: 'test' })
  auth = { authorization: `Bearer ${secret}` }
  digest = (await house.registry.list({ limit: 1 })).items[0]?.digest ?? ''
})
afterAll(() => house.server.close())

const api = (path: string, init: RequestInit = {}) =>
  fetch(`${url}/api/v1${path}`, { ...init, headers: { ...auth, ...init.headers } })
/** What the tests read out of answers. */
interface Read {
  readonly items: readonly { readonly id?: string; readonly digest?: string; readonly index?: number }[]
  readonly next?: string
  readonly errors: readonly { readonly where: string }[]
  readonly code: string
  readonly secret: string
  readonly digest: string
  readonly instance: string
}
const read = async (response: Response) => (await response.json()) as Read
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  api(path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  })
const upload = (name: string, body: string, headers: Record<string, string> = {}) =>
  api(`/models?filename=${encodeURIComponent(name)}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/octet-stream', ...headers },
  })
/** A request as a browser would never write it: path and headers as given. */
const raw = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  new Promise<{ status: number; body: string }>((resolve, reject) => {
    const { hostname, port } = new URL(url)
    rawRequest({ hostname, port, path, method, headers }, (response) => {
      let body = ''
      response.on('data', (chunk) => (body += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
      .on('error', reject)
      .end()
  })

test.for([
  ['/nothing', {}, 404, 'NOT_FOUND', undefined],
  ['/models', { method: 'DELETE' }, 405, 'METHOD_NOT_ALLOWED', undefined],
  ['/models?limit=0', {}, 400, 'BAD_INPUT', 'query.limit'],
  ['/models?limit=many', {}, 400, 'BAD_INPUT', 'query.limit'],
  ['/models?stage=attic', {}, 400, 'BAD_INPUT', 'query.stage'],
  ['/models?colour=red', {}, 400, 'BAD_INPUT', 'query.colour'],
  ['/models/sha256:ABC', {}, 400, 'BAD_INPUT', 'path.digest'],
  [`/models/sha256:${'0'.repeat(64)}`, {}, 404, 'NOT_FOUND', undefined],
  ['/tokens?cursor=%F0', {}, 400, 'BAD_INPUT', undefined],
  [
    '/tokens',
    { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } },
    400,
    'BAD_INPUT',
    undefined,
  ],
  [
    '/tokens',
    { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } },
    400,
    'BAD_INPUT',
    'body.label',
  ],
  [
    '/tokens',
    { method: 'POST', body: '{"label":"a","x":1}', headers: { 'content-type': 'application/json' } },
    400,
    'BAD_INPUT',
    'body.x',
  ],
  [
    '/tokens',
    { method: 'POST', body: '{"label":"a","__proto__":{}}', headers: { 'content-type': 'application/json' } },
    400,
    'BAD_INPUT',
    undefined,
  ],
  [
    '/tokens',
    { method: 'POST', body: 'a', headers: { 'content-type': 'text/csv' } },
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    undefined,
  ],
  [
    '/tokens',
    { method: 'POST', body: `"${'x'.repeat(70_000)}"`, headers: { 'content-type': 'application/json' } },
    413,
    'TOO_LARGE',
    undefined,
  ],
  ['/ledger/entries/99999', {}, 404, 'NOT_FOUND', undefined],
  ['/ledger/entries/-1', {}, 400, 'BAD_INPUT', 'path.index'],
] as const)('%s is refused as a problem', async ([path, init, status, code, where]) => {
  const response = await api(path, init)
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const problem = await read(response)
  expect(Value.Check(ProblemSchema, problem)).toBe(true)
  expect(problem).toMatchObject({ code, status })
  if (where !== undefined) expect(problem.errors.map((one) => one.where)).toContain(where)
  if (status === 405) expect(response.headers.get('allow')).toBe('GET, HEAD, POST')
})

test('the same state has the same ETag and costs no second body; a change changes it', async () => {
  const first = await api(`/models/${digest}`)
  const etag = first.headers.get('etag') ?? ''
  expect(etag).toMatch(/^"[\w-]{24}"$/)
  const again = await api(`/models/${digest}`, { headers: { 'if-none-match': `"x", W/${etag}` } })
  expect([again.status, await again.text()]).toEqual([304, ''])
  const note = { note: 'changed' }
  expect((await post(`/models/${digest}/reject`, note, { 'if-match': '"old"' })).status).toBe(412)
  expect((await post(`/models/${digest}/reject`, note, { 'if-match': etag })).status).toBe(200)
  expect((await post(`/models/${digest}/reject`, note, { 'if-match': etag })).status).toBe(412)
  expect((await api(`/models/${digest}`, { headers: { 'if-none-match': etag } })).status).toBe(200)
})

test.for(['/models?', '/ledger/entries?', '/tokens?', '/principals?'])(
  'pages of %s hold everything once',
  async (path) => {
    const next = (of: string) =>
      path.startsWith('/ledger') ? `from=${of}` : `cursor=${encodeURIComponent(of)}`
    const whole = (await read(await api(`${path}limit=200`))).items
    const seen: unknown[] = []
    let at = ''
    do {
      const page = await read(await api(`${path}limit=2&${at}`))
      seen.push(...page.items)
      at = page.next === undefined ? '' : next(page.next)
    } while (at !== '')
    const key = (item: { id?: string; digest?: string; index?: number }) =>
      item.id ?? item.digest ?? item.index
    expect(seen.map((item) => key(item as object))).toEqual(whole.map(key))
  },
)

test('one idempotency key does one deed, answers the same again, and refuses another request', async () => {
  const before = house.registry.calls.get('rejection') ?? 0
  const key = { 'idempotency-key': 'k-1' }
  const first = await post(`/models/${digest}/reject`, { note: 'once' }, key)
  const second = await post(`/models/${digest}/reject`, { note: 'once' }, key)
  expect([first.status, second.status]).toEqual([200, 200])
  expect(second.headers.get('idempotency-replayed')).toBe('true')
  expect(await second.text()).toBe(await first.text())
  expect((house.registry.calls.get('rejection') ?? 0) - before).toBe(1)
  const other = await post(`/models/${digest}/reject`, { note: 'twice' }, key)
  expect([other.status, (await read(other)).code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED'])
})

test('of many at once with one key, one is done and the rest are told so', async () => {
  let open = () => {}
  house.registry.gate = new Promise((resolve) => {
    open = resolve
  })
  const before = house.registry.calls.get('approval') ?? 0
  const all = Array.from({ length: 10 }, () =>
    post(`/models/${digest}/approve`, { stage: 'staging', note: 'x' }, { 'idempotency-key': 'k-2' }),
  )
  setTimeout(open, 300)
  const statuses = (await Promise.all(all)).map((response) => response.status).sort()
  expect(statuses).toEqual([200, ...Array(9).fill(409)])
  expect((house.registry.calls.get('approval') ?? 0) - before).toBe(1)
})

test('a replayed answer never shows a secret again, and none is kept in the database', async () => {
  const key = { 'idempotency-key': 'k-3' }
  const { secret } = await read(await post('/tokens', { label: 'once' }, key))
  expect(secret).toMatch(/^spt_/)
  const again = await post('/tokens', { label: 'once' }, key)
  expect([again.status, (await again.text()).includes(secret)]).toEqual([409, false])
})

test('an upload is taken in, and nothing of it stays in the folder', async () => {
  const response = await upload('fine.safetensors', 'weights')
  expect(response.status).toBe(201)
  const model = await read(response)
  expect(response.headers.get('location')).toBe(`/api/v1/models/${model.digest}`)
  expect(model).toMatchObject({ stage: 'quarantined', sizeBytes: 7 })
  expect(readdirSync(uploads)).toEqual([])
})

test.for([
  ['../evil', 'x', 400],
  ['a/b', 'x', 400],
  ['a\u0000b', 'x', 400],
  ['..', 'x', 400],
  ['empty.bin', '', 400],
  ['big.bin', 'x'.repeat(5001), 413],
] as const)('an upload named %j is refused', async ([name, body, status]) => {
  const response = await upload(name, body)
  expect([response.status, response.headers.get('content-type')]).toEqual([
    status,
    'application/problem+json',
  ])
  expect(readdirSync(uploads)).toEqual([])
})

test('an upload without a length is cut off at the limit, and one that breaks off leaves nothing', async () => {
  const { hostname, port } = new URL(url)
  const send = (chunks: number, cut: boolean) =>
    new Promise<number>((resolve) => {
      const outgoing = rawRequest(
        {
          hostname,
          port,
          path: '/api/v1/models?filename=a.bin',
          method: 'POST',
          headers: { ...auth, 'content-type': 'application/octet-stream', 'transfer-encoding': 'chunked' },
        },
        (response) => resolve(response.resume().statusCode ?? 0),
      ).on('error', () => resolve(0))
      for (let i = 0; i < chunks; i++) outgoing.write('x'.repeat(1000))
      if (cut) setTimeout(() => outgoing.destroy(), 50)
      else outgoing.end()
    })
  expect(await send(6, false)).toBe(413)
  expect(await send(2, true)).toBe(0)
  await expect.poll(() => readdirSync(uploads)).toEqual([])
})

test('a path on the server is imported only from beneath the configured folders', async () => {
  expect((await post('/models', { path: join(imports, 'in.safetensors') })).status).toBe(201)
  for (const path of ['/etc/passwd', `${imports}/../outside.txt`, 'in.safetensors', join(imports, 'absent')])
    expect([path, (await post('/models', { path })).status]).toEqual([path, 403])
})

test('who may bring models in learns how much, and only an admin where the folders of the server lie', async () => {
  const cy = await house.identity.createPrincipal({ role: 'contributor' })
  const { secret } = await house.identity.createToken({ principalId: cy.id, label: 'terms' })
  const terms = async (headers: RequestInit) => (await api('/import-terms', headers)).json()
  expect(await terms({})).toEqual({ maxUploadBytes: 5000, serverFolders: [imports] })
  expect(await terms({ headers: { authorization: `Bearer ${secret}` } })).toEqual({
    maxUploadBytes: 5000,
    serverFolders: [],
  })
})

test('the refusal of an upload names the file as it was sent, and no folder of the server', async () => {
  const { importModel } = house.registry
  house.registry.importModel = async ({ path }) => {
    throw new SallyportError('BAD_INPUT', `${path}: the member "a" is a symlink, not a file`)
  }
  const response = await upload('model.tar', 'x')
  house.registry.importModel = importModel
  expect(await response.json()).toMatchObject({
    ...{ status: 400, code: 'BAD_INPUT' },
    detail: 'model.tar: the member "a" is a symlink, not a file',
  })
})

async function session(): Promise<string> {
  const { secret } = await house.identity.createLoginLink(admin)
  const response = await fetch(`${url}/login?token=${secret}`, { redirect: 'manual' })
  expect([response.status, response.headers.get('location')]).toEqual([303, '/'])
  const cookie = response.headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/HttpOnly; SameSite=Strict/)
  expect((await fetch(`${url}/login?token=${secret}`, { redirect: 'manual' })).status).toBe(401)
  return cookie.split(';')[0] ?? ''
}

test('a session changes things from this server’s own pages and from nowhere else', async () => {
  const cookie = await session()
  const send = (headers: Record<string, string>) =>
    raw(`/api/v1/models/${digest}/assess`, { cookie, ...headers }, 'POST').then(({ status }) => status)
  expect(await raw('/api/v1/me', { cookie }).then(({ status }) => status)).toBe(200)
  expect(await send({ origin: url })).toBe(200)
  expect(await send({ 'sec-fetch-site': 'same-origin' })).toBe(200)
  expect(await send({})).toBe(403)
  expect(await send({ origin: 'http://evil.example' })).toBe(403)
  expect(await send({ origin: 'null', 'sec-fetch-site': 'same-origin' })).toBe(403)
  expect(await send({ origin: url, 'sec-fetch-site': 'same-site' })).toBe(403)
  expect(await raw('/api/v1/logout', { cookie, origin: url }, 'POST').then(({ status }) => status)).toBe(204)
  expect(await raw('/api/v1/me', { cookie }).then(({ status }) => status)).toBe(401)
})

test.for([
  ['evil.example', 421],
  ['127.0.0.1.evil.example', 421],
  ['localhost', 200],
  ['LOCALHOST:9', 200],
  ['[::1]:80', 200],
] as const)('a request under the name %s gets %i', async ([host, status]) => {
  for (const path of ['/healthz', '/', '/log/checkpoint'])
    expect((await raw(path, { host })).status).toBe(status)
})

test.for([
  '/../outside.txt',
  '/%2e%2e/outside.txt',
  '/..%2foutside.txt',
  '/.secret',
  '/%5c..%5coutside.txt',
  '//etc/passwd',
])('the static path %s gives nothing of the disk away', async (path) => {
  const { status, body } = await raw(path)
  expect(body).not.toMatch(/outside$|hidden|root:/)
  expect(status === 200 ? body : 'refused').toMatch(/console|refused/)
})

test.for([
  '/log/tile/..%2f..%2fstate.db',
  '/log/tile/0/1',
  '/log/tile/64/000',
  '/log/tile/0/000.p/256',
  '/log/tile/0/000/..',
])('the tile path %s is none', async (path) => {
  expect((await raw(path)).status).toBe(404)
})

test('tiles are static: the checkpoint is fresh, a full tile may be kept for ever', async () => {
  const note = await fetch(`${url}/log/checkpoint`)
  expect([note.headers.get('content-type'), note.headers.get('cache-control')]).toEqual([
    'text/plain; charset=utf-8',
    'no-cache',
  ])
  const tile = await fetch(`${url}/log/tile/0/000`)
  expect(tile.headers.get('content-type')).toBe('application/octet-stream')
  expect(tile.headers.get('cache-control')).toContain('immutable')
})

test('pages get the console under a strict policy; a missing file is missing', async () => {
  for (const path of ['/', '/models/sha256:x', '/review']) {
    const page = await fetch(`${url}${path}`)
    expect([path, page.status, await page.text()]).toEqual([
      path,
      200,
      '<!doctype html><title>console</title>',
    ])
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'self'.*frame-ancestors 'none'/)
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe')
    expect(page.headers.get('x-content-type-options')).toBe('nosniff')
  }
  expect((await fetch(`${url}/assets/gone.js`)).status).toBe(404)
})

test('a bundle comes back byte for byte', async () => {
  const entry = await house.ledger.read(2)
  const response = await api(`/statements/${entry.digest}`)
  expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.from(entry.envelope))).toBe(true)
})

test('what is no HTTP is answered and the server stays up', async () => {
  const { port } = new URL(url)
  const answer = await new Promise<string>((resolve) => {
    let text = ''
    const socket = connect(Number(port), '127.0.0.1', () => socket.write('\u0016\u0003\u0001 hello\r\n\r\n'))
    socket.on('data', (chunk) => (text += chunk)).on('close', () => resolve(text))
  })
  expect(answer).toMatch(/^HTTP\/1.1 400 /)
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  expect((await raw('/api/v1/models/%zz', auth)).status).toBe(400)
})

test('a failure of ours is named by its code; its words go to the log', async () => {
  const { explain } = house.registry
  house.registry.explain = async () => {
    throw new Error('password=hunter2')
  }
  const response = await api('/decisions/01900000-0000-7000-8000-000000000001')
  house.registry.explain = explain
  const problem = await read(response)
  expect(JSON.stringify(problem)).not.toContain('hunter2')
  expect(problem).toMatchObject({ status: 500, code: 'INTERNAL' })
  const record = records.find((one) => problem.instance === `urn:uuid:${one.requestId}`)
  expect(String(record?.error)).toContain('hunter2')
})

test('no secret reaches the log', () => {
  const log = JSON.stringify(records)
  expect(records.length).toBeGreaterThan(50)
  expect(log).not.toMatch(/spt_|token=/)
})

test('it refuses to listen beyond loopback without TLS, and does so when allowed in so many words', async () => {
  const closed = await fakeHouse()
  await expect(closed.server.listen({ host: '0.0.0.0', port: 0 })).rejects.toMatchObject({
    code: 'BAD_CONFIG',
  })
  const open = await fakeHouse({ config: { allowInsecure: true } })
  const { port } = await open.server.listen({ host: '0.0.0.0', port: 0 })
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toContain('npm run build')
  await open.server.close()
})
