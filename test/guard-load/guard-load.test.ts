import { spawn } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findPlaces } from '../../src/adapters/hf-cache/index.ts'
import { openPlaceReader } from '../../src/adapters/private-copy/index.ts'
import { SallyportError } from '../../src/ground/lang/index.ts'
import { type GuardOrder, guardModel, type Wanted } from '../../src/services/guard-load/index.ts'
import { openRoom, someone } from '../e2e/open-room.ts'
import { approve, COMMIT, GOOD, lay, layCache, standingsOf } from './approved-model.ts'

let folder: string
let room: Awaited<ReturnType<typeof openRoom>>

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-guard-'))
  chmodSync(folder, 0o700)
  mkdirSync(join(folder, 'home'))
  room = await openRoom(join(folder, 'home'))
})
afterEach(async () => {
  await room.close()
  rmSync(folder, { recursive: true, force: true })
})

const guard = (wanted: Wanted | string, more: Partial<GuardOrder> = {}) =>
  guardModel(
    { places: { find: findPlaces }, reader: openPlaceReader(), source: standingsOf(room).source },
    {
      wanted: typeof wanted === 'string' ? { kind: 'path', path: wanted } : wanted,
      ...{ stage: 'development', allowPart: false, isOurs: true },
      ...more,
    },
  )
const cache = (repo?: string, revision?: string): Wanted => ({
  kind: 'cache',
  folder: join(folder, 'hub'),
  ...(repo === undefined ? {} : { repo }),
  ...(revision === undefined ? {} : { revision }),
})

test('what was approved is allowed, and one byte more, a file more or less is denied', async () => {
  const path = lay(join(folder, 'model'))
  const digest = await approve(room, path)
  const [model] = (await guard(path)).models
  expect(model?.standing).toMatchObject({ outcome: 'allow', digest, name: 'org/good' })
  expect(Date.parse(model?.standing.expiresAt ?? '')).toBeGreaterThan(Date.now())
  appendFileSync(join(path, 'README.md'), '!')
  expect((await guard(path)).outcome).toBe('deny')
  lay(path)
  expect((await guard(path)).outcome).toBe('allow')
  lay(path, { 'modeling_x.py': 'import os' })
  expect((await guard(path)).outcome).toBe('deny')
  rmSync(join(path, 'modeling_x.py'))
  rmSync(join(path, 'README.md'))
  expect((await guard(path)).outcome).toBe('deny')
})

test('promoted is not enough for another stage, and a revoked model is denied', async () => {
  const path = lay(join(folder, 'model'))
  const digest = await approve(room, path)
  expect((await guard(path, { stage: 'production' })).outcome).not.toBe('allow')
  await room.registry.revoke(digest, { note: 'no' }, someone('boss'))
  const { outcome, models, load } = await guard(path, { copyInto: folder })
  expect([outcome, load]).toEqual(['deny', undefined])
  expect(models[0]?.standing.message).toMatch(/revoked/i)
  expect(readdirSync(folder).filter((name) => name.startsWith('sallyport-'))).toEqual([])
})

test('a part is allowed where it is asked for, and only as files of one model under their own names', async () => {
  const path = lay(join(folder, 'model'))
  await approve(room, path)
  const other = lay(join(folder, 'other'), { 'other.json': '{"of":"another"}', 'weights.bin': 'w' })
  await approve(room, other, 'org/other')
  const part = lay(join(folder, 'part'), { 'config.json': GOOD['config.json'] ?? '' })
  expect((await guard(part)).outcome).toBe('deny')
  const [found] = (await guard(part, { allowPart: true })).models
  expect(found?.standing).toMatchObject({ outcome: 'allow', name: 'org/good', partOf: 3 })
  for (const files of [
    { 'config2.json': GOOD['config.json'] ?? '' },
    { 'config.json': '{"model_type":"evil"}' },
    { 'config.json': GOOD['config.json'] ?? '', 'other.json': '{"of":"another"}' },
  ]) {
    const mixed = lay(mkdtempSync(join(folder, 'mixed-')), files)
    expect((await guard(mixed, { allowPart: true })).outcome, Object.keys(files).join()).toBe('deny')
  }
})

test('a cache is understood: by branch, by commit, by the path of a snapshot, whole and in part', async () => {
  const digest = await approve(room, lay(join(folder, 'model')))
  const snapshot = layCache(join(folder, 'hub'))
  for (const wanted of [cache('org/good'), cache('org/good', COMMIT), cache(), snapshot]) {
    const [model] = (await guard(wanted)).models
    expect(model?.standing, JSON.stringify(wanted)).toMatchObject({ outcome: 'allow', digest })
    expect(model?.place).toMatchObject({ repo: 'org/good', commit: COMMIT })
  }
  rmSync(join(snapshot, 'README.md'))
  const { load, models } = await guard(cache('org/good'), { copyInto: folder })
  expect(models[0]?.standing).toMatchObject({ outcome: 'allow', digest, partOf: 3 })
  expect(readFileSync(join(load?.path ?? '', 'sub/model.safetensors'))).toEqual(GOOD['sub/model.safetensors'])
  expect(existsSync(join(load?.path ?? '', 'README.md'))).toBe(false)
  await load?.copy?.remove()
})

test('of several models in a cache the worst counts, and none is handed over', async () => {
  await approve(room, lay(join(folder, 'model')))
  layCache(join(folder, 'hub'))
  layCache(join(folder, 'hub'), { 'x.bin': 'unknown' }, { repo: 'org/bad' })
  const { outcome, models, load } = await guard(cache())
  expect([outcome, load]).toEqual(['deny', undefined])
  expect(models.map(({ standing }) => standing.outcome)).toEqual(['deny', 'allow'])
  await expect(guard(cache(), { copyInto: folder })).rejects.toMatchObject({ code: 'BAD_INPUT' })
})

test.for<readonly [string, (snapshot: string) => void]>([
  ['an absolute file', (at) => symlinkSync('/etc/hostname', join(at, 'evil.json'))],
  [
    'a blob of another repository',
    (at) => symlinkSync(`../../../models--org--evil/blobs/${'a'.repeat(64)}`, join(at, 'e')),
  ],
  ['a way up out of the blobs', (at) => symlinkSync('../../blobs/../refs/main', join(at, 'evil.json'))],
  ['a name that is no digest', (at) => symlinkSync('../../blobs/evil.py', join(at, 'evil.py'))],
  ['a folder', (at) => symlinkSync('../../blobs', join(at, 'folder'))],
  [
    'a blob that is a link itself',
    (at) => {
      symlinkSync('/etc/hostname', join(at, '../../blobs', 'd'.repeat(64)))
      symlinkSync(`../../blobs/${'d'.repeat(64)}`, join(at, 'evil.json'))
    },
  ],
])('a link in a snapshot to %s is refused by name', async ([, spoil]) => {
  await approve(room, lay(join(folder, 'model')))
  const snapshot = layCache(join(folder, 'hub'))
  layCache(join(folder, 'hub'), { e: 'evil' }, { repo: 'org/evil' })
  lay(join(snapshot, '../../blobs'), { 'evil.py': 'import os' })
  spoil(snapshot)
  await expect(guard(cache('org/good'))).rejects.toMatchObject({ code: 'BAD_INPUT' })
})

test('names of repositories and revisions lead nowhere else', async () => {
  layCache(join(folder, 'hub'))
  for (const repo of ['../../etc', 'org/..', 'a/b/c', 'org/good/../../x', '', 'org--good/..'])
    await expect(guard(cache(repo)), repo).rejects.toBeInstanceOf(SallyportError)
  for (const revision of ['../../../x', 'refs/../main', '/etc/passwd', 'nowhere'])
    await expect(guard(cache('org/good', revision)), revision).rejects.toBeInstanceOf(SallyportError)
})

test('a folder with a link, a pipe or a name that cannot be written is refused', async () => {
  const path = lay(join(folder, 'model'))
  symlinkSync('/etc/hostname', join(path, 'link'))
  await expect(guard(path)).rejects.toMatchObject({ code: 'BAD_INPUT' })
})

test('a copy is real, private and read-only, and gone when it is removed', async () => {
  const path = lay(join(folder, 'model'))
  await approve(room, path)
  const { load } = await guard(path, { copyInto: folder })
  const at = load?.path ?? ''
  const file = join(at, 'sub/model.safetensors')
  expect(statSync(file).ino).not.toBe(statSync(join(path, 'sub/model.safetensors')).ino)
  expect([at, join(at, 'sub')].map((one) => statSync(one).mode & 0o777)).toEqual([0o500, 0o500])
  expect(statSync(file).mode & 0o777).toBe(0o400)
  expect(statSync(file).nlink).toBe(1)
  await load?.copy?.remove()
  expect(existsSync(at)).toBe(false)
})

test('a folder in which others could put another copy is refused, and what killed processes left is swept', async () => {
  const path = lay(join(folder, 'model'))
  await approve(room, path)
  const open = join(folder, 'open')
  mkdirSync(open)
  chmodSync(open, 0o777)
  await expect(guard(path, { copyInto: open })).rejects.toMatchObject({ code: 'BAD_INPUT' })
  const dead = spawn('true')
  await new Promise((done) => dead.once('exit', done))
  const left = join(folder, `sallyport-exec-${dead.pid}-abc`)
  const kept = join(folder, 'sallyport-load-abc')
  lay(left)
  lay(kept)
  chmodSync(join(left, 'sub'), 0o500)
  const { load } = await guard(path, { copyInto: folder })
  expect([existsSync(left), existsSync(kept)]).toEqual([false, true])
  await load?.copy?.remove()
})

test('however a file is swapped meanwhile, a loader gets the approved bytes or nothing', {
  timeout: 120_000,
}, async () => {
  const [good, evil] = [Buffer.alloc(32, 'good'), Buffer.alloc(32, 'evil')]
  const path = lay(join(folder, 'model'), { 'config.json': '{}', 'weights.bin': good })
  await approve(room, path)
  const child = join(import.meta.dirname, 'swap-child.ts')
  const args = [child, join(path, 'weights.bin'), good.toString('hex'), evil.toString('hex')]
  const swapper = spawn(process.execPath, args)
  await new Promise((done) => swapper.stdout.once('data', done))
  const seen = { right: 0, refused: 0 }
  try {
    for (let round = 0; round < 150 || ((seen.right === 0 || seen.refused === 0) && round < 2000); round++) {
      const outcome = await guard(path, { copyInto: folder }).catch((cause: unknown) => {
        if (cause instanceof SallyportError) return cause
        throw cause
      })
      if (outcome instanceof SallyportError || outcome.load === undefined) {
        seen.refused += 1
        continue
      }
      const loaded = readFileSync(join(outcome.load.path, 'weights.bin'))
      expect(loaded.equals(good), 'the loader got other bytes than those approved').toBe(true)
      seen.right += 1
      await outcome.load.copy?.remove()
    }
  } finally {
    swapper.kill('SIGKILL')
  }
  expect(seen.refused, 'the swapper was seen at work').toBeGreaterThan(0)
  expect(seen.right, 'the model could be loaded in between').toBeGreaterThan(0)
})
