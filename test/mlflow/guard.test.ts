import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Digest } from '../../src/ground/domain/index.ts'
import { someone } from '../e2e/open-room.ts'
import { ask, download, registerFiles, upload } from './ask.ts'
import { openTestMlflow } from './open-mlflow.ts'

// The server behind is a registry of ours that guards nothing: MLflow's own clients cannot tell it from theirs, and MLflow's
// own server was tried in its place by hand.
let folder: string
let behind: Awaited<ReturnType<typeof openTestMlflow>>
let m: Awaited<ReturnType<typeof openTestMlflow>>

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mlflow-guard-'))
  behind = await openTestMlflow({ home: join(folder, 'behind'), guarded: [] })
  const judge = (name: string) => (name.includes('evil') ? ('malicious' as const) : ('clean' as const))
  m = await openTestMlflow({ home: join(folder, 'home'), judge, upstream: behind.url })
}, 60_000)

afterAll(async () => {
  await m.close()
  await behind.close()
  rmSync(folder, { recursive: true, force: true })
})

const tagOf = (version: Record<string, unknown>) =>
  (version.tags as { key: string; value: string }[]).find(({ key }) => key === 'sallyport.digest')
    ?.value as Digest

test('names stand behind, bytes are searched here, and a guarded alias moves only on a decision', async () => {
  const { version } = await registerFiles(m.url, 'fraud', { MLmodel: 'flavors: {}', 'data/w.bin': 'weights' })
  expect(version.status).toBe('READY')
  const digest = tagOf(version)
  expect((await m.registry.get(digest)).files.map(({ name }) => name)).toEqual(['MLmodel', 'data/w.bin'])
  expect((await ask(behind.url, 'GET', 'registered-models/get', { name: 'fraud' })).status).toBe(200)

  const champion = { name: 'fraud', version: '1', alias: 'champion' }
  expect(await ask(m.url, 'POST', 'registered-models/alias', champion)).toMatchObject({
    status: 403,
    body: {
      error_code: 'PERMISSION_DENIED',
      message: expect.stringMatching(/2 different people must approve/),
    },
  })
  expect(
    (await ask(behind.url, 'GET', 'registered-models/get', { name: 'fraud' })).body.registered_model.aliases,
  ).toEqual([])

  await m.registry.approve(digest, { stage: 'production', note: 'ok' }, someone('bea'))
  await m.registry.approve(digest, { stage: 'production', note: 'ok' }, someone('cem'))
  expect((await ask(m.url, 'POST', 'registered-models/alias', champion)).status).toBe(200)
  expect((await ask(m.url, 'DELETE', 'model-versions/delete', champion)).status).toBe(403)
  expect((await ask(m.url, 'DELETE', 'registered-models/delete', champion)).status).toBe(403)

  const uri = (await ask(m.url, 'GET', 'model-versions/get-download-uri', champion)).body
    .artifact_uri as string
  expect(uri).toBe(`mlflow-artifacts:/sallyport/production/${digest.replace(':', '-')}`)
  const place = uri.replace('mlflow-artifacts:/', '')
  expect(await (await download(m.url, `${place}/data/w.bin`)).text()).toBe('weights')

  await m.registry.revoke(digest, { note: 'stolen data' }, someone('bea'))
  const byAlias = { name: 'fraud', alias: 'champion' }
  expect((await ask(m.url, 'GET', 'registered-models/alias', byAlias)).status).toBe(403)
  expect((await ask(m.url, 'GET', 'model-versions/get-download-uri', champion)).status).toBe(403)
  expect((await download(m.url, `${place}/data/w.bin`)).status).toBe(403)
}, 60_000)

test('what was registered past the guard is brought in before anything stands for it', async () => {
  await registerFiles(behind.url, 'past', { 'evil.pkl': 'x' })
  await ask(behind.url, 'POST', 'registered-models/alias', { name: 'past', version: '1', alias: 'champion' })
  for (const [path, fields] of [
    ['registered-models/alias', { name: 'past', alias: 'champion' }],
    ['model-versions/get-download-uri', { name: 'past', version: '1' }],
  ] as const)
    expect(await ask(m.url, 'GET', path, fields)).toMatchObject({
      status: 403,
      body: { error_code: 'PERMISSION_DENIED' },
    })
}, 60_000)

test('bytes that change behind do not change what is handed out here', async () => {
  const { version, place } = await registerFiles(m.url, 'still', { 'w.bin': 'as approved' })
  expect(version.status).toBe('READY')
  expect((await upload(behind.url, `${place}/w.bin`, 'changed')).status).toBe(200)
  const { artifact_uri: uri } = (
    await ask(m.url, 'GET', 'model-versions/get-download-uri', { name: 'still', version: '1' })
  ).body
  expect(await (await download(m.url, `${String(uri).replace('mlflow-artifacts:/', '')}/w.bin`)).text()).toBe(
    'as approved',
  )
}, 60_000)

test("no way leads round: others' uploads, files by other calls, tags of ours, other servers' words", async () => {
  const { place } = await registerFiles(m.url, 'own', { 'w.bin': 'own' }, 'gus-contributor')
  expect(await (await download(m.url, `${place}/w.bin`, 'gus-contributor')).text()).toBe('own')
  expect((await download(m.url, `${place}/w.bin`, 'hal-admin')).status).toBe(403)
  for (const path of [
    'get-artifact',
    'logged-models/m-1/artifacts/files',
    'get-trace-artifact',
    'gateway-proxy',
  ])
    expect(await ask(m.url, 'GET', path)).toMatchObject({
      status: 404,
      body: { error_code: 'ENDPOINT_NOT_FOUND' },
    })
  const tag = { name: 'own', version: '1', key: 'sallyport.digest', value: 'sha256:0' }
  expect((await ask(m.url, 'POST', 'model-versions/set-tag', tag)).status).toBe(403)
  expect(await ask(m.url, 'GET', 'model-versions/get', { name: 'nobody', version: '1' })).toMatchObject({
    status: 404,
    body: { error_code: 'RESOURCE_DOES_NOT_EXIST' },
  })
  expect(await ask(m.url, 'POST', 'runs/create', { experiment_id: '0' }, 'fay-viewer')).toMatchObject({
    status: 403,
  })
}, 60_000)
