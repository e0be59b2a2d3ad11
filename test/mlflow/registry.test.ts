import { createHmac } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Digest } from '../../src/ground/domain/index.ts'
import { createQuota } from '../../src/services/quota/index.ts'
import { someone } from '../e2e/open-room.ts'
import { ask, download, registerFiles, upload } from './ask.ts'
import { openTestMlflow } from './open-mlflow.ts'
import { MESSAGES } from './proto-fields.ts'

let folder: string
let m: Awaited<ReturnType<typeof openTestMlflow>>
const received: { headers: Record<string, unknown>; body: string }[] = []
const hookServer = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk) => (body += chunk))
  request.on('end', () => {
    received.push({ headers: request.headers, body })
    response.writeHead(204).end()
  })
})
let hookUrl = ''

const judge = (name: string) =>
  name.includes('evil')
    ? ('malicious' as const)
    : name.includes('odd')
      ? ('suspicious' as const)
      : ('clean' as const)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mlflow-'))
  mkdirSync(join(folder, 'models', 'one'), { recursive: true })
  writeFileSync(join(folder, 'models', 'one', 'w.bin'), 'weights on disk')
  mkdirSync(join(folder, 'secret'))
  writeFileSync(join(folder, 'secret', 'key'), 'secret')
  symlinkSync(join(folder, 'secret'), join(folder, 'models', 'way-out'))
  await new Promise<void>((done) => hookServer.listen(0, '127.0.0.1', done))
  hookUrl = `http://127.0.0.1:${(hookServer.address() as AddressInfo).port}`
  m = await openTestMlflow({
    home: join(folder, 'home'),
    judge,
    roots: [join(folder, 'models')],
    origins: ['https://127.0.0.1:9', 'https://rebind.invalid', 'http://models.example.com'],
    trusted: [hookUrl],
  })
}, 60_000)

afterAll(async () => {
  await m.close()
  hookServer.close()
  rmSync(folder, { recursive: true, force: true })
})

async function approve(digest: Digest) {
  await m.registry.approve(digest, { stage: 'production', note: 'ok' }, someone('bea'))
  await m.registry.approve(digest, { stage: 'production', note: 'ok' }, someone('cem'))
}

test('registering records the digest, and a guarded alias moves only on a current decision', async () => {
  const { version } = await registerFiles(m.url, 'fraud', { MLmodel: 'flavors: {}', 'data/w.bin': 'weights' })
  expect(version).toMatchObject({ name: 'fraud', version: '1', status: 'READY', current_stage: 'None' })
  const digest = version.tags.find((tag: { key: string }) => tag.key === 'sallyport.digest').value as Digest
  expect((await m.registry.get(digest)).files.map(({ name }) => name)).toEqual(['MLmodel', 'data/w.bin'])

  const at = { name: 'fraud', version: '1' }
  for (const alias of ['champion', 'Production', 'CHAMPION']) {
    const refused = await ask(m.url, 'POST', 'registered-models/alias', { ...at, alias })
    expect(refused).toMatchObject({ status: 403, body: { error_code: 'PERMISSION_DENIED' } })
    expect(refused.body.message).toMatch(/must approve the model for production; 0 have.*Next: .*See http/)
  }
  const stage = { ...at, stage: 'Production', archive_existing_versions: false }
  expect((await ask(m.url, 'POST', 'model-versions/transition-stage', stage)).status).toBe(403)
  expect(m.asked).toContainEqual({ digest, stage: 'production' })

  await approve(digest)
  // A contributor may bring models in, and may not move what is guarded.
  const byContributor = await ask(
    m.url,
    'POST',
    'registered-models/alias',
    { ...at, alias: 'champion' },
    'dan-contributor',
  )
  expect(byContributor).toMatchObject({ status: 403 })
  expect(
    (await ask(m.url, 'POST', 'registered-models/alias', { ...at, alias: 'champion' }, 'eve-deployer'))
      .status,
  ).toBe(200)
  expect(
    (await ask(m.url, 'POST', 'model-versions/transition-stage', stage)).body.model_version.current_stage,
  ).toBe('Production')
  expect((await m.registry.get(digest)).stage).toBe('production')

  const uri = (await ask(m.url, 'GET', 'model-versions/get-download-uri', at)).body.artifact_uri as string
  expect(uri).toBe(`mlflow-artifacts:/sallyport/production/${digest.replace(':', '-')}`)
  const place = uri.replace('mlflow-artifacts:/', '')
  expect(await (await download(m.url, `${place}/data/w.bin`, 'fay-viewer')).text()).toBe('weights')

  for (const [path, fields] of [
    ['model-versions/delete', at],
    ['registered-models/delete', { name: 'fraud' }],
  ] as const)
    expect(await ask(m.url, 'DELETE', path, fields)).toMatchObject({
      status: 403,
      body: { error_code: 'PERMISSION_DENIED' },
    })
  const gone = await ask(
    m.url,
    'DELETE',
    'registered-models/alias',
    { name: 'fraud', alias: 'champion' },
    'dan-contributor',
  )
  expect(gone.status).toBe(403)

  await m.registry.revoke(digest, { note: 'stolen data' }, someone('bea'))
  for (const [path, fields] of [
    ['registered-models/alias', { name: 'fraud', alias: 'champion' }],
    ['model-versions/get-download-uri', at],
  ] as const)
    expect(await ask(m.url, 'GET', path, fields)).toMatchObject({
      status: 403,
      body: { error_code: 'PERMISSION_DENIED' },
    })
  expect((await download(m.url, `${place}/data/w.bin`)).status).toBe(403)
  expect((await ask(m.url, 'GET', 'model-versions/get', at)).body.model_version).toMatchObject({
    status: 'FAILED_REGISTRATION',
  })
})

test('what the scan refuses is a failed registration with the reason, and none of it is handed out', async () => {
  const { version } = await registerFiles(m.url, 'bad', { 'evil.pkl': 'x' })
  expect(version).toMatchObject({ status: 'FAILED_REGISTRATION' })
  expect(version.status_message).toMatch(/See http/)
  const at = { name: 'bad', version: '1' }
  expect((await ask(m.url, 'GET', 'model-versions/get-download-uri', at)).status).toBe(403)
  expect((await ask(m.url, 'POST', 'registered-models/alias', { ...at, alias: 'champion' })).status).toBe(403)
})

test('uploads that nobody searched go back to whoever uploaded them alone', async () => {
  const { place } = await registerFiles(m.url, 'mine', { 'w.bin': 'mine' }, 'gus-contributor')
  expect((await download(m.url, `${place}/w.bin`, 'gus-contributor')).status).toBe(200)
  expect((await download(m.url, `${place}/w.bin`, 'hal-admin')).status).toBe(403)
  expect((await upload(m.url, 'sallyport/production/x', 'x')).status).toBe(403)
  // What is uploaded after registering changes nothing of what was registered.
  await upload(m.url, `${place}/w.bin`, 'changed', 'gus-contributor')
  const { artifact_uri: uri } = (
    await ask(m.url, 'GET', 'model-versions/get-download-uri', { name: 'mine', version: '1' })
  ).body
  const served = await download(m.url, `${String(uri).replace('mlflow-artifacts:/', '')}/w.bin`)
  expect(await served.text()).toBe('mine')
})

test.for([
  'mlflow-artifacts:/../../etc',
  'mlflow-artifacts:/a/%2e%2e/%2e%2e/etc',
  'mlflow-artifacts:/a/%252e%252e/x',
  'mlflow-artifacts:/a\\..\\b',
  'mlflow-artifacts:/a#/../b',
  'mlflow-artifacts://evil.example/a',
  'runs:/../x',
  'models:/a/b/../c',
  's3://bucket/key',
  'relative/path',
  'file:../x',
  'file://host/etc',
] as const)('the source %s is refused as no source', async (source) => {
  await ask(m.url, 'POST', 'registered-models/create', { name: 'sources' })
  const made = await ask(m.url, 'POST', 'model-versions/create', { name: 'sources', source })
  expect(made).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } })
})

test.for([
  ['/etc', /own disk are refused/],
  ['file:///etc/passwd', /own disk are refused/],
  ['WAY-OUT', /own disk are refused/],
  ['http://169.254.169.254/latest', /are refused/],
  ['https://10.0.0.1/x', /are refused/],
  ['https://127.0.0.1:9/x', /private network/],
  ['http://models.example.com/x', /without TLS/],
] as const)('the source %s is refused and says why', async ([text, why]) => {
  const source = text === 'WAY-OUT' ? join(folder, 'models', 'way-out') : text
  await ask(m.url, 'POST', 'registered-models/create', { name: 'sources' })
  const { body } = await ask(m.url, 'POST', 'model-versions/create', { name: 'sources', source })
  expect(body.model_version).toMatchObject({ status: 'FAILED_REGISTRATION' })
  expect(body.model_version.status_message).toMatch(why)
})

test('a folder of the import roots is taken in', async () => {
  await ask(m.url, 'POST', 'registered-models/create', { name: 'disk' })
  const { body } = await ask(m.url, 'POST', 'model-versions/create', {
    name: 'disk',
    source: join(folder, 'models', 'one'),
  })
  expect(body.model_version).toMatchObject({ status: 'READY' })
})

test.for(['../x', '..%2f..%2fetc', '%2e%2e/x', 'a/..%5cb', 'a%00b', 'a%252e%252e%252fb/%2e%2e'] as const)(
  'an artifact at %s is no path',
  async (path) => {
    // On the bare wire: a client's library would have tidied the address up.
    const answer = await new Promise<{ status: number | undefined; body: string }>((done, failed) => {
      request(`${m.url}/`, { path: `/api/2.0/mlflow-artifacts/artifacts/${path}` }, (incoming) => {
        let body = ''
        incoming.on('data', (chunk) => (body += chunk))
        incoming.on('end', () => done({ status: incoming.statusCode, body }))
      })
        .on('error', failed)
        .end()
    })
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('INVALID_PARAMETER_VALUE') })
  },
)

test('searches filter, order and page as MLflow says it', async () => {
  for (const [name, team] of [
    ['s-a', 'risk'],
    ['s-b', 'ads'],
    ['s-c', 'risk'],
  ] as const)
    await ask(m.url, 'POST', 'registered-models/create', { name, tags: [{ key: 'team', value: team }] })
  const names = async (fields: Record<string, string>) =>
    (await ask(m.url, 'GET', 'registered-models/search', fields)).body.registered_models.map(
      (row: { name: string }) => row.name,
    )
  expect(await names({ filter: "name LIKE 's-%' AND tags.team = 'risk'" })).toEqual(['s-a', 's-c'])
  expect(await names({ filter: "name ILIKE 'S-%' and tags.`team` != 'risk'" })).toEqual(['s-b'])
  expect(await names({ filter: "name LIKE 's-%'", order_by: 'name DESC' })).toEqual(['s-c', 's-b', 's-a'])
  const first = (
    await ask(m.url, 'GET', 'registered-models/search', { filter: "name LIKE 's-%'", max_results: '2' })
  ).body
  expect(first.registered_models).toHaveLength(2)
  expect(
    await names({ filter: "name LIKE 's-%'", max_results: '2', page_token: first.next_page_token }),
  ).toEqual(['s-c'])
  for (const filter of [
    'name = s',
    "name = 'x' OR name = 'y'",
    "nam = 'x'",
    "name > 'x'",
    "name = 'x' AND",
    "'; --",
  ])
    expect(await ask(m.url, 'GET', 'registered-models/search', { filter })).toMatchObject({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE' },
    })
})

test('answers hold the fields of the protos, each of its kind, and no other', async () => {
  const { version, runId } = await registerFiles(m.url, 'shapes', { 'w.bin': 'w' })
  await ask(m.url, 'POST', 'registered-models/alias', { name: 'shapes', version: '1', alias: 'beta' })
  const { body } = await ask(m.url, 'GET', 'registered-models/get', { name: 'shapes' })
  expect(problemsOf('RegisteredModel', body.registered_model)).toEqual([])
  expect(problemsOf('ModelVersion', version)).toEqual([])
  const hook = await ask(m.url, 'POST', 'webhooks', {
    name: 'shape',
    url: 'https://example.com/h',
    events: [{ entity: 'MODEL_VERSION', action: 'CREATED' }],
    secret: 's',
  })
  expect(problemsOf('Webhook', hook.body.webhook)).toEqual([])
  await ask(m.url, 'DELETE', `webhooks/${hook.body.webhook.webhook_id}`)
  const run = await ask(m.url, 'GET', 'runs/get', { run_id: runId })
  expect(problemsOf('RunInfo', run.body.run.info)).toEqual([])
  const files = (await (await fetch(`${m.url}/api/2.0/mlflow-artifacts/artifacts?path=0`)).json()) as {
    files: unknown[]
  }
  expect(files.files.length).toBeGreaterThan(0)
  for (const file of files.files) expect(problemsOf('FileInfo', file)).toEqual([])
})

function problemsOf(message: keyof typeof MESSAGES, value: unknown): string[] {
  const fields: Readonly<Record<string, string>> = MESSAGES[message]
  const record = value as Record<string, unknown>
  return Object.entries(record).flatMap(([key, field]) => {
    const kind = fields[key]
    if (kind === undefined) return [`${message} has no ${key}`]
    if (kind.endsWith('[]')) {
      if (!Array.isArray(field)) return [`${key} is no list`]
      const of = kind.slice(0, -2)
      return field.flatMap((item) =>
        of in MESSAGES
          ? problemsOf(of as keyof typeof MESSAGES, item)
          : typeof item === of
            ? []
            : [`${key} holds ${typeof item}`],
      )
    }
    return typeof field === kind ? [] : [`${key} is ${typeof field}, not ${kind}`]
  })
}

test('webhooks are delivered, signed over id, time and body', async () => {
  const made = await ask(m.url, 'POST', 'webhooks', {
    ...{ name: 'ci', url: `${hookUrl}/hook`, secret: 'hush' },
    events: [{ entity: 'REGISTERED_MODEL', action: 'CREATED' }],
  })
  expect(made.body.webhook).not.toHaveProperty('secret')
  await ask(m.url, 'POST', 'registered-models/create', { name: 'told' })
  await expect.poll(() => received.some(({ body }) => body.includes('"told"'))).toBe(true)
  const one = received.find(({ body }) => body.includes('"told"'))
  const {
    'x-mlflow-delivery-id': id,
    'x-mlflow-timestamp': at,
    'x-mlflow-signature': signature,
  } = one?.headers ?? {}
  const wanted = createHmac('sha256', 'hush').update(`${id}.${at}.${one?.body}`).digest('base64')
  expect(signature).toBe(`v1,${wanted}`)
  expect(JSON.parse(one?.body ?? '')).toMatchObject({
    entity: 'registered_model',
    action: 'created',
    data: { name: 'told' },
  })
  await expect.poll(() => m.book.nextDeliveryMs()).toBe(undefined)
  await ask(m.url, 'PATCH', `webhooks/${made.body.webhook.webhook_id}`, { url: 'https://169.254.169.254/x' })
  const tested = await ask(m.url, 'POST', `webhooks/${made.body.webhook.webhook_id}/test`)
  expect(tested.body.result).toMatchObject({
    success: false,
    error_message: expect.stringMatching(/private network/),
  })
  // Where the house tells strangers what happens is for administrators.
  expect((await ask(m.url, 'GET', 'webhooks', {}, 'dan-contributor')).status).toBe(403)
})

test("what is not offered, not yours or from another site is said in MLflow's shape", async () => {
  expect(await ask(m.url, 'POST', 'gateway-proxy')).toMatchObject({
    status: 404,
    body: { error_code: 'ENDPOINT_NOT_FOUND' },
  })
  expect(await ask(m.url, 'GET', 'registered-models/get', { name: 'nobody' })).toMatchObject({
    status: 404,
    body: { error_code: 'RESOURCE_DOES_NOT_EXIST' },
  })
  expect(await ask(m.url, 'POST', 'registered-models/create', {})).toMatchObject({
    status: 400,
    body: { error_code: 'INVALID_PARAMETER_VALUE' },
  })
  expect(await ask(m.url, 'POST', 'registered-models/create', { name: 'v' }, 'fay-viewer')).toMatchObject({
    status: 403,
  })
  expect(
    await ask(m.url, 'POST', 'model-versions/set-tag', {
      name: 'fraud',
      version: '1',
      key: 'sallyport.digest',
      value: 'x',
    }),
  ).toMatchObject({ status: 403 })
  expect(
    await ask(
      m.url,
      'POST',
      'model-versions/set-tag',
      { name: 'fraud', version: '1', key: 'mirror.sagemaker', value: 'x' },
      'dan-contributor',
    ),
  ).toMatchObject({ status: 403 })
  const foreign = await fetch(`${m.url}/api/2.0/mlflow/registered-models/search`, {
    headers: { 'sec-fetch-site': 'cross-site' },
  })
  expect(foreign.status).toBe(403)
  expect(m.bugs).toEqual([])
})

test('quotas: too many requests wait, a day\u2019s bytes are refused with the reason', async () => {
  const used = new Map<string, number>()
  const quota = createQuota(
    { bytesPerDay: 30, requestsPerMinute: 60 },
    {
      now: () => new Date(),
      usage: {
        used: (who) => used.get(who) ?? 0,
        add: (who, _day, bytes) => void used.set(who, (used.get(who) ?? 0) + bytes),
      },
    },
  )
  const limited = await openTestMlflow({ home: join(folder, 'limited'), quota })
  try {
    const { place } = await registerFiles(limited.url, 'm', {
      MLmodel: 'flavors: {}',
      'data/w.bin': 'weights of a model',
    })
    expect((await download(limited.url, `${place}/data/w.bin`)).status).toBe(200)
    const full = await download(limited.url, `${place}/data/w.bin`)
    expect([full.status, await full.json()]).toMatchObject([
      403,
      { error_code: 'PERMISSION_DENIED', message: expect.stringContaining("today's limit") },
    ])
    let often = await ask(limited.url, 'GET', 'registered-models/get', { name: 'm' })
    for (let i = 0; i < 100 && often.status === 200; i++)
      often = await ask(limited.url, 'GET', 'registered-models/get', { name: 'm' })
    expect(often).toMatchObject({ status: 429, body: { error_code: 'REQUEST_LIMIT_EXCEEDED' } })
  } finally {
    await limited.close()
  }
})
