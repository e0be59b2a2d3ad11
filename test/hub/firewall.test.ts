import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { downloadFile, listFiles, modelInfo } from '@huggingface/hub'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { someone } from '../e2e/open-room.ts'
import { type LocalHub, startLocalHub } from './local-hub.ts'
import { openTestFirewall } from './open-firewall.ts'

const WEIGHTS = createHash('sha512').update('weights').digest()
const GOOD = {
  'config.json': '{"model_type":"bert"}',
  'README.md': '# hello\n',
  'sub/model.safetensors': WEIGHTS,
}

let hub: LocalHub
let home: string
const open: { close(): Promise<void> }[] = []

beforeEach(async () => {
  hub = await startLocalHub()
  home = mkdtempSync(join(tmpdir(), 'sallyport-hub-'))
})
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
  await hub.close()
  rmSync(home, { recursive: true, force: true })
})

async function firewall(options: Partial<Parameters<typeof openTestFirewall>[0]> = {}) {
  const opened = await openTestFirewall({ home, hub: hub.url, ...options })
  open.push(opened)
  return opened
}

const ASK_ONE = `schemaVersion: 1
name: one
stages:
  development:
    evidence:
      - { predicate: model-scan, signers: [assessor], maxAge: 7d, coverage: full }
    approvals: { count: 1, excludeRequester: true }
    expiresAfter: 7d
`

const get = (url: string, headers: Record<string, string> = {}) => fetch(url, { headers, redirect: 'manual' })

test('a clean revision comes through bit for bit, under its commit, with no way round', async () => {
  const commit = hub.push('org/good', 'main', GOOD)
  const { url, bugs } = await firewall()
  const answer = await get(`${url}/org/good/resolve/main/sub/model.safetensors`)
  expect(answer.status).toBe(200)
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(WEIGHTS)
  expect(answer.headers.get('x-repo-commit')).toBe(commit)
  expect(answer.headers.get('etag')).toBe(`"${createHash('sha256').update(WEIGHTS).digest('hex')}"`)
  for (const name of ['location', 'link', 'x-xet-hash', 'x-xet-refresh-route'])
    expect(answer.headers.get(name), name).toBeNull()
  const tree = await (await get(`${url}/api/models/org/good/tree/main?recursive=true`)).text()
  expect(tree).toContain('sub/model.safetensors')
  expect(tree).not.toContain('xet')
  expect((await get(`${url}/api/models/org/good/xet-read-token/${commit}`)).status).toBe(404)
  expect(bugs).toEqual([])
})

test('ranges, ETags and HEAD are answered as clients that resume want them', async () => {
  hub.push('org/good', 'main', GOOD)
  const { url } = await firewall()
  const at = `${url}/org/good/resolve/main/sub/model.safetensors`
  const part = await get(at, { range: 'bytes=10-19' })
  expect(part.status).toBe(206)
  expect(part.headers.get('content-range')).toBe(`bytes 10-19/${WEIGHTS.length}`)
  expect(Buffer.from(await part.arrayBuffer())).toEqual(WEIGHTS.subarray(10, 20))
  expect(Buffer.from(await (await get(at, { range: 'bytes=-4' })).arrayBuffer())).toEqual(
    WEIGHTS.subarray(-4),
  )
  expect((await get(at, { range: 'bytes=64-' })).status).toBe(416)
  const etag = (await get(at)).headers.get('etag') ?? ''
  expect((await get(at, { 'if-none-match': etag })).status).toBe(304)
  expect((await get(at, { range: 'bytes=1-2', 'if-range': '"other"' })).status).toBe(200)
  const head = await fetch(at, { method: 'HEAD' })
  expect([head.headers.get('content-length'), head.headers.get('x-linked-size')]).toEqual(['64', '64'])
})

test('a refusal carries its reason in the one shape that a Python client prints, and no byte', async () => {
  hub.push('org/evil', 'main', { 'config.json': '{}', 'pytorch_model.bin': 'evil' })
  const { url, registry } = await firewall({
    judge: (name) => (name.endsWith('.bin') ? 'suspicious' : 'clean'),
  })
  for (const path of [
    '/org/evil/resolve/main/config.json',
    '/api/models/org/evil/revision/main',
    '/api/models/org/evil',
  ]) {
    const answer = await get(`${url}${path}`)
    expect([answer.status, answer.headers.get('x-error-code')], path).toEqual([404, 'RevisionNotFound'])
    expect(answer.headers.get('x-error-message'), path).toMatch(
      /^Sallyport .*org\/evil@.*See http:\/\/console\/models\/sha256:/,
    )
    expect(await answer.text()).not.toContain('evil"')
  }
  const [model] = (await registry.list({ limit: 5, needsReview: true })).items
  expect(model?.name, 'it waits in the review queue').toBe('org/evil')
})

test('200 that ask at once cause one transfer of each file', async () => {
  hub.push('org/good', 'main', GOOD)
  hub.trouble.set('sub/model.safetensors', { delayMs: 150 })
  const { url } = await firewall()
  const asked = await Promise.all(
    Array.from({ length: 200 }, async () =>
      Buffer.from(await (await get(`${url}/org/good/resolve/main/sub/model.safetensors`)).arrayBuffer()),
    ),
  )
  expect(asked.every((bytes) => bytes.equals(WEIGHTS))).toBe(true)
  expect([...hub.downloads]).toEqual(
    expect.arrayContaining([
      ['sub/model.safetensors', 1],
      ['config.json', 1],
    ]),
  )
})

test('bytes that are not what the hub said reach nobody', async () => {
  hub.push('org/good', 'main', GOOD)
  hub.trouble.set('config.json', { instead: Buffer.from('{"model_type":"evil"}') })
  const { url, firewall: wall } = await firewall()
  const answer = await get(`${url}/org/good/resolve/main/README.md`)
  expect(answer.status).toBe(404)
  expect(answer.headers.get('x-error-message')).toContain('not those whose digest it states')
  expect(wall.held(5)[0]?.state).toBe('failed')
})

test('a transfer that breaks off goes on where it was, and a half file is never served', async () => {
  hub.push('org/good', 'main', GOOD)
  hub.trouble.set('sub/model.safetensors', { cutAfter: 20, times: 2 })
  const { url } = await firewall()
  const answer = await get(`${url}/org/good/resolve/main/sub/model.safetensors`)
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(WEIGHTS)
  expect(hub.downloads.get('sub/model.safetensors')).toBe(3)
  expect(readdirSync(join(home, 'quarantine')), 'nothing is left over').toEqual([])
})

test('a revocation is seen by the next question, and who received the model is known', async () => {
  hub.push('org/good', 'main', GOOD)
  const { url, registry, firewall: wall } = await firewall()
  const at = `${url}/org/good/resolve/main/config.json`
  expect((await get(at, { authorization: 'Bearer ada' })).status).toBe(200)
  const [model] = (await registry.list({ limit: 1 })).items
  if (model === undefined) throw new Error('nothing was taken in')
  await registry.revoke(model.digest, { note: 'backdoor found' }, someone('bo'))
  const refused = await get(at)
  expect(refused.status).toBe(404)
  expect(refused.headers.get('x-error-message')).toContain('backdoor found')
  expect(wall.received(model.digest).map(({ principalId, files }) => [principalId, files])).toEqual([
    ['ada', 1],
  ])
})

test('what a person lets through is sealed when it first leaves, once however many ask', async () => {
  hub.push('org/good', 'main', GOOD)
  const { url, registry } = await firewall({ policy: ASK_ONE })
  const at = `${url}/org/good/resolve/main/config.json`
  expect((await get(at)).status).toBe(404)
  const [model] = (await registry.list({ limit: 1 })).items
  if (model === undefined) throw new Error('nothing was taken in')
  await registry.approve(model.digest, { stage: 'development', note: 'read it' }, someone('bo'))
  const answers = await Promise.all(Array.from({ length: 20 }, () => get(at)))
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
  const { decisions } = await registry.get(model.digest)
  expect(decisions.filter(({ outcome }) => outcome === 'allow')).toHaveLength(1)
  await registry.revoke(model.digest, { note: 'backdoor found' }, someone('bo'))
  expect((await get(at)).status).toBe(404)
})

test('a moved tag is another revision: what was allowed before speaks for nothing', async () => {
  const first = hub.push('org/good', 'main', GOOD)
  hub.tag('org/good', 'v1', first)
  let now = new Date('2026-11-21T12:00:00.000Z')
  const { url } = await firewall({
    now: () => now,
    judge: (name) => (name.endsWith('.bin') ? 'suspicious' : 'clean'),
  })
  const at = `${url}/org/good/resolve/v1/config.json`
  expect((await get(at)).headers.get('x-repo-commit')).toBe(first)
  hub.tag('org/good', 'v1', hub.push('org/good', 'other', { ...GOOD, 'extra.bin': 'evil' }))
  now = new Date(now.getTime() + 61_000)
  expect((await get(at)).status).toBe(404)
  expect((await get(`${url}/org/good/resolve/${first}/config.json`)).status, 'the old commit stands').toBe(
    200,
  )
})

test('a hub that is down stops nothing that is held, and what is not held can be asked for again', async () => {
  hub.push('org/good', 'main', GOOD)
  const { url } = await firewall()
  expect((await get(`${url}/org/good/resolve/main/config.json`)).status).toBe(200)
  hub.isDown = true
  expect((await get(`${url}/org/good/resolve/main/README.md`)).status).toBe(200)
  const other = await get(`${url}/org/other/resolve/main/config.json`)
  expect([other.status, other.headers.get('retry-after')]).toEqual([503, '2'])
})

test('what the last process left unfinished is brought in by the next', async () => {
  hub.push('org/good', 'main', GOOD)
  hub.trouble.set('sub/model.safetensors', { cutAfter: 20, times: 50 })
  const before = await openTestFirewall({ home, hub: hub.url })
  const waiting = get(`${before.url}/org/good/resolve/main/config.json`).catch(() => undefined)
  await expect.poll(() => hub.downloads.get('sub/model.safetensors') ?? 0).toBeGreaterThan(0)
  await before.close()
  await waiting
  hub.trouble.clear()
  const { firewall: wall } = await firewall()
  wall.resume()
  await expect.poll(() => wall.held(1)[0]?.state, { timeout: 5_000 }).toBe('searched')
})

test.for([
  ['climbing out', '/org/good/resolve/main/..%2f..%2fetc/passwd', 400],
  ['an absolute name', '/org/good/resolve/main//etc/passwd', 400],
  ['a repository that is none', '/api/models/..%2f..%2fadmin/revision/main', 400],
  ['an option for git', '/org/good/resolve/--upload-pack=x/config.json', 400],
  ['a file that is not there', '/org/good/resolve/main/nothing.bin', 404],
  ['a part of the hub that is not offered', '/api/models/org/good/discussions', 404],
] as const)('refused: %s', async ([, path, status]) => {
  hub.push('org/good', 'main', GOOD)
  const { url } = await firewall()
  expect((await get(`${url}${path}`)).status).toBe(status)
})

test('a page of another site cannot make us fetch', async () => {
  hub.push('org/good', 'main', GOOD)
  const { url, firewall: wall } = await firewall()
  const at = `${url}/org/good/resolve/main/config.json`
  expect((await get(at, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  expect(wall.held(1)).toEqual([])
})

test('modes: warn hands out and says so, observe hands out', async () => {
  hub.push('org/evil', 'main', { 'pytorch_model.bin': 'evil' })
  const judge = () => 'suspicious' as const
  const warned = await get(
    `${(await firewall({ judge, mode: 'warn' })).url}/org/evil/resolve/main/pytorch_model.bin`,
  )
  expect([warned.status, warned.headers.get('x-sallyport-warning')?.slice(0, 9)]).toEqual([200, 'Sallyport'])
})

test('the client of JavaScript reads infos, lists and files, and its user finds a refusal in the queue', async () => {
  hub.push('org/good', 'main', GOOD)
  hub.push('org/evil', 'main', { 'pytorch_model.bin': 'evil' })
  const { url } = await firewall({ judge: (name) => (name.endsWith('.bin') ? 'suspicious' : 'clean') })
  const hubUrl = url
  expect((await modelInfo({ name: 'org/good', hubUrl })).task).toBe('text-classification')
  const listed: string[] = []
  for await (const entry of listFiles({ repo: 'org/good', hubUrl, recursive: true })) listed.push(entry.path)
  expect(listed.sort()).toEqual(['README.md', 'config.json', 'sub', 'sub/model.safetensors'])
  const file = await downloadFile({
    repo: 'org/good',
    path: 'sub/model.safetensors',
    hubUrl,
    accessToken: 'hf_ada',
  })
  expect(Buffer.from((await file?.arrayBuffer()) ?? new ArrayBuffer(0))).toEqual(WEIGHTS)
  await expect(downloadFile({ repo: 'org/evil', path: 'pytorch_model.bin', hubUrl })).rejects.toThrow(
    'Sallyport holds back org/evil',
  )
})

test('quotas: too many requests wait a moment, too many bytes are refused with a reason that is printed, others go on', async () => {
  hub.push('org/good', 'main', GOOD)
  const { url, book } = await firewall({ limits: { requestsPerMinute: 4, bytesPerDay: 100 } })
  const at = `${url}/org/good/resolve/main/sub/model.safetensors`
  const asAda = { authorization: 'Bearer ada' }
  expect((await get(at, asAda)).status).toBe(200)
  expect((await get(at, { ...asAda, range: 'bytes=0-9' })).status, '74 of 100 bytes').toBe(206)
  const full = await get(at, asAda)
  expect([full.status, full.headers.get('x-error-code')]).toEqual([403, 'GatedRepo'])
  expect(full.headers.get('x-error-message')).toContain("today's limit")
  expect((await get(at, { ...asAda, range: 'bytes=0-25' })).status).toBe(206)
  const often = await get(at, asAda)
  expect([often.status, Number(often.headers.get('retry-after')) > 0]).toEqual([429, true])
  expect((await get(at, { authorization: 'Bearer bo' })).status).toBe(200)
  expect(book.questions({ principalId: 'bo' }, 5).map(({ outcome, path }) => [outcome, path])).toEqual([
    ['served', 'sub/model.safetensors'],
  ])
  expect(book.questions({ repo: 'org/good', principalId: 'ada' }, 9)).toHaveLength(4)
})

test('data sets come through the same doors', async () => {
  hub.push('datasets/org/data', 'main', { 'train.csv': 'a,b\n1,2\n' })
  const { url } = await firewall()
  const answer = await get(`${url}/datasets/org/data/resolve/main/train.csv`)
  expect(await answer.text()).toBe('a,b\n1,2\n')
})
