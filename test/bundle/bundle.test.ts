import { execFileSync } from 'node:child_process'
import { createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { generateKey, sealEnvelope } from '../../src/ground/crypto/index.ts'
import type { Digest } from '../../src/ground/domain/index.ts'
import { predicateOf } from '../../src/trust/evidence/index.ts'
import { someone } from '../e2e/open-room.ts'
import { approve, GOOD, lay } from '../guard-load/approved-model.ts'
import { believing, type OpenHouse, openHouse, pieces, wholeOf } from './two-houses.ts'

let folder: string
let from: OpenHouse
let to: OpenHouse
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-bundle-'))
  from = await openHouse(join(folder, 'from'))
  to = await openHouse(join(folder, 'to'))
})
afterEach(async () => {
  await from.close()
  await to.close()
  rmSync(folder, { recursive: true, force: true })
})

const signerOf = (house: OpenHouse) => house.keys.policy.keyId
const models = async ({ registry }: OpenHouse) => (await registry.list({ limit: 10 })).items

async function approvedBundle(files = GOOD, name = 'org/good') {
  const digest = await approve(from, lay(join(folder, name.replace('/', '-')), files), name)
  return { digest, bytes: await wholeOf((await from.export([digest])).chunks) }
}

test('what is approved crosses the gap bit for bit, lands in quarantine, and is looked at again', async () => {
  const { digest, bytes } = await approvedBundle()
  const [taken] = await to.import(pieces(bytes), { accepted: [signerOf(from)] })
  expect(taken).toMatchObject({
    takenOver: 0,
    model: { digest, name: 'org/good', verdict: 'clean', stage: 'assessed' },
  })
  for (const { name, sha256 } of taken?.model.files ?? [])
    expect(readFileSync(to.blobs.pathOf(sha256))).toEqual(Buffer.from(GOOD[name] ?? ''))
  const rows = await to.registry.desk.statements(digest)
  const [source] = rows.flatMap(({ verified }) => predicateOf(verified, 'bundle-source') ?? [])
  expect(source).toMatchObject({ signerKeyId: signerOf(from), belief: 'named', takenOver: [] })
  const exported = await from.registry.desk.statements(digest)
  expect(source?.statements.map((one) => one.digest)).toEqual(exported.map(({ row }) => row.digest))
  expect(rows.map(({ verified }) => verified.name)).not.toContain('decision')
})

test('the approvals of another house count only where its consent key is believed', async () => {
  const path = lay(join(folder, 'model'))
  const { digest } = await from.registry.importModel({ path, name: 'm' }, someone('asker'))
  await from.registry.assess(digest, someone('asker'))
  for (const person of ['ada', 'ben'])
    await from.registry.approve(digest, { stage: 'production', note: 'yes' }, someone(person))
  expect((await from.registry.promote(digest, { stage: 'production' }, someone('ada'))).outcome).toBe('allow')
  const bytes = await wholeOf((await from.export([digest], 'production')).chunks)
  await to.import(pieces(bytes), { accepted: [signerOf(from)] })
  expect((await to.registry.decide(digest, 'production')).outcome).toBe('review')
  const names = async () => (await to.registry.desk.statements(digest)).map(({ verified }) => verified.name)
  expect(await names()).not.toContain('approval')

  // The room believes the exporter's keys of consent and evidence from now on, as `keys trust` would have it.
  const trusted = believing(to.trusted, from, ['policy', 'consent', 'assessor'])
  const believer = to.trusted as Map<string, unknown>
  for (const [id, key] of trusted) believer.set(id, key)
  const [taken] = await to.import(pieces(await wholeOf((await from.export([digest], 'production')).chunks)))
  expect(taken?.takenOver).toBe(3)
  const after = await names()
  expect(after.filter((name) => name === 'approval')).toHaveLength(2)
  for (const never of ['decision', 'deployment-receipt', 'vsa', 'log-time'])
    expect(after).not.toContain(never)
  expect(after.filter((name) => name === 'quarantine')).toHaveLength(1)
  expect((await to.registry.decide(digest, 'production')).outcome).toBe('allow')
  expect((await to.registry.get(digest)).stage, 'nobody has promoted it here').toBe('approved')
})

test('what is not allowed now is not exported, and the reason is said', async () => {
  const path = lay(join(folder, 'model'))
  const { digest } = await from.registry.importModel({ path, name: 'm' }, someone('asker'))
  await expect(from.export([digest])).rejects.toMatchObject({
    code: 'FORBIDDEN',
    message: /m is not allowed/,
  })
  await from.registry.assess(digest, someone('asker'))
  await expect(from.export([digest])).rejects.toMatchObject({ code: 'FORBIDDEN', message: /promoted/ })
  await from.registry.promote(digest, { stage: 'development' }, someone('asker'))
  await expect(from.export([digest], 'production')).rejects.toMatchObject({ code: 'FORBIDDEN' })
  expect((await from.export([digest])).index.models).toHaveLength(1)
  await from.registry.revoke(digest, { note: 'no' }, someone('boss'))
  await expect(from.export([digest])).rejects.toMatchObject({ code: 'FORBIDDEN', message: /revoked/i })
})

test('nobody is believed by chance: an unknown key, another accepted key, a key of another role, a revoked key', async () => {
  const { bytes } = await approvedBundle()
  const refused = { code: 'SIGNER_UNTRUSTED', message: new RegExp(`--accept-key ${signerOf(from)}`) }
  await expect(to.import(pieces(bytes))).rejects.toMatchObject(refused)
  await expect(to.import(pieces(bytes), { accepted: [signerOf(to)] })).rejects.toMatchObject(refused)
  const assessorOnly = believing(to.trusted, from, ['assessor', 'consent'])
  await expect(to.import(pieces(bytes), { trusted: assessorOnly })).rejects.toMatchObject(refused)
  const all = new Map(believing(to.trusted, from, ['policy']))
  const key = all.get(signerOf(from))
  if (key === undefined) throw new Error('the key is not there')
  all.set(signerOf(from), { ...key, revokedAt: '2020-01-01T00:00:00.000Z' })
  await expect(to.import(pieces(bytes), { trusted: all })).rejects.toMatchObject({
    code: 'SIGNER_UNTRUSTED',
    message: /revoked/,
  })
  expect(await models(to)).toEqual([])
  await to.import(pieces(bytes), { trusted: believing(to.trusted, from, ['policy']) })
  expect(await models(to)).toHaveLength(1)
})

test('a decision that has run out lets nothing in', async () => {
  const { bytes } = await approvedBundle()
  const late = { accepted: [signerOf(from)], now: () => new Date(Date.now() + 40 * 86_400_000) }
  await expect(to.import(pieces(bytes), late)).rejects.toMatchObject({
    code: 'FORBIDDEN',
    message: /held until/,
  })
  expect(await models(to)).toEqual([])
})

test('any byte that is changed, cut off or added is refused, and nothing is taken in', {
  timeout: 120_000,
}, async () => {
  const { bytes } = await approvedBundle({ 'config.json': '{}', 'w.bin': Buffer.alloc(3000, 7) })
  const accepted = { accepted: [signerOf(from)] }
  const spoilt: (readonly [string, Buffer])[] = [
    ['cut in the middle', bytes.subarray(0, bytes.length / 2)],
    ['cut before its end mark', bytes.subarray(0, bytes.length - 1024)],
    ['nothing', Buffer.alloc(0)],
    ['a byte behind the end', Buffer.concat([bytes, Buffer.from([0])])],
    ['a whole archive behind the end', Buffer.concat([bytes, bytes])],
    [
      'a member between',
      Buffer.concat([bytes.subarray(0, bytes.length - 1024), bytes.subarray(0, 512), bytes.subarray(-1024)]),
    ],
  ]
  for (let at = 3; at < bytes.length; at += 211) {
    const changed = Buffer.from(bytes)
    changed[at] = (changed[at] ?? 0) ^ 0x20
    spoilt.push([`byte ${at}`, changed])
  }
  for (const [what, wrong] of spoilt) {
    const failed = await to.import(pieces(wrong), accepted).then(
      () => undefined,
      (cause: unknown) => cause,
    )
    expect(failed, what).toMatchObject({ name: 'SallyportError' })
  }
  expect(await models(to)).toEqual([])
  await to.import(pieces(bytes, 7), accepted)
  expect(await models(to)).toHaveLength(1)
})

/** A bundle whose index says something else, signed again by the key of whoever made it. */
async function resigned(bytes: Buffer, change: (index: Record<string, never>) => unknown): Promise<Buffer> {
  const size = Number.parseInt(bytes.subarray(124, 135).toString('latin1'), 8)
  const { payload, payloadType } = JSON.parse(bytes.subarray(512, 512 + size).toString('utf8'))
  const index = JSON.parse(Buffer.from(payload, 'base64').toString('utf8'))
  const text = JSON.stringify(change(index) ?? index)
  const head = Buffer.from(
    JSON.stringify(await sealEnvelope(payloadType, Buffer.from(text), [from.keys.policy])),
  )
  const header = Buffer.from(bytes.subarray(0, 512))
  header.write(head.length.toString(8).padStart(11, '0'), 124, 'latin1')
  header.fill(32, 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  const rest = bytes.subarray(512 + size + ((512 - (size % 512)) % 512))
  return Buffer.concat([header, head, Buffer.alloc((512 - (head.length % 512)) % 512), rest])
}

test.for<readonly [string, (index: never) => unknown]>([
  [
    'names a file out of its model',
    (i: { models: { files: { name: string }[] }[] }) => set(i.models[0]?.files[0], { name: '../evil' }),
  ],
  [
    'names bytes of another model',
    (i: { models: { digest: string }[] }) => set(i.models[0], { digest: `sha256:${'a'.repeat(64)}` }),
  ],
  [
    'says that its decision holds longer',
    (i: { models: { decision: object }[] }) =>
      set(i.models[0]?.decision, { expiresAt: '2099-01-01T00:00:00.000Z' }),
  ],
  [
    'names another decision',
    (i: { models: { decision: object }[] }) => set(i.models[0]?.decision, { id: 'other' }),
  ],
  [
    'leaves out the decision',
    (i: { models: { statements: { predicateType: string }[] }[] }) =>
      set(i.models[0], {
        statements: i.models[0]?.statements.filter(
          ({ predicateType }) => !predicateType.includes('/decision/'),
        ),
      }),
  ],
  ['is for another stage', (i: object) => set(i, { stage: 'production' })],
  ['is of a later version', (i: object) => set(i, { schemaVersion: 2 })],
  ['names another log', (i: { log: object }) => set(i.log, { vkey: 'example.com/log+00000000+AAAA' })],
  ['has no models', (i: object) => set(i, { models: [] })],
  [
    'names a key that it is not',
    (i: { keys: object[] }) => set(i.keys[0], { publicKeyPem: generateKey('P-256').signer.publicKeyPem }),
  ],
  ['is no object', () => [1, 2]],
])('an index that is signed and %s is refused', async ([, change]) => {
  const { bytes } = await approvedBundle()
  const wrong = await resigned(bytes, change as (index: Record<string, never>) => unknown)
  await expect(to.import(pieces(wrong), { accepted: [signerOf(from)] })).rejects.toMatchObject({
    name: 'SallyportError',
  })
  expect(await models(to)).toEqual([])
  await to.import(pieces(await resigned(bytes, () => undefined)), { accepted: [signerOf(from)] })
})

function set(target: object | undefined, values: object): undefined {
  Object.assign(target ?? {}, values)
}

test('it is a tar that others can read, and the same models give the same members', async () => {
  const { digest, bytes } = await approvedBundle()
  const file = join(folder, 'a.spb')
  writeFileSync(file, bytes)
  const listed = execFileSync('tar', ['tvf', file], { encoding: 'utf8' })
  expect(listed.split('\n')[0]).toMatch(/^-r--r--r-- 0\/0 .* bundle\.json$/)
  expect(listed).toMatch(/blobs\/[0-9a-f]{64}/)
  const again = await from.export([digest, digest])
  expect(again.index.models).toHaveLength(1)
  expect(again.size).toBe((await wholeOf(again.chunks)).length)
})

test('the same bundle twice adds nothing but another look', async () => {
  const { digest, bytes } = await approvedBundle()
  const count = async (name: string) =>
    (await to.registry.desk.statements(digest)).filter(({ verified }) => verified.name === name).length
  await to.import(pieces(bytes), { accepted: [signerOf(from)] })
  await to.import(pieces(bytes), { accepted: [signerOf(from)] })
  expect([await count('quarantine'), await count('bundle-source'), await count('model-scan')]).toEqual([
    1, 1, 2,
  ])
})

test('memory does not grow with what is carried', { timeout: 120_000 }, async () => {
  const weights = join(folder, 'large')
  mkdirSync(weights)
  execFileSync('dd', ['if=/dev/urandom', `of=${join(weights, 'w.bin')}`, 'bs=1M', 'count=192', 'status=none'])
  const digest: Digest = await approve(from, weights, 'large')
  const file = join(folder, 'large.spb')
  const { writeFile } = await import('node:fs/promises')
  let peak = 0
  // What is still referred to, not what nobody has collected yet: on a busy machine that is late.
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const watch = setInterval(() => {
    collect()
    peak = Math.max(peak, process.memoryUsage().arrayBuffers)
  }, 25)
  const before = process.memoryUsage().arrayBuffers
  try {
    await writeFile(file, (await from.export([digest])).chunks)
    await to.import(createReadStream(file, { highWaterMark: 2 ** 20 }), { accepted: [signerOf(from)] })
  } finally {
    clearInterval(watch)
  }
  expect(await models(to)).toHaveLength(1)
  expect(peak - before, 'bytes beside the heap').toBeLessThan(100 * 2 ** 20)
})
