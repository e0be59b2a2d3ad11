import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openHashCache } from './open-hash-cache.ts'

const folder = mkdtempSync(join(tmpdir(), 'sallyport-cache-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = join(folder, 'weights')
const cacheFolder = join(folder, 'cache')
const DIGEST = 'a'.repeat(64)
/** Ten seconds on: what was written a moment ago is not kept. */
const later = () => new Date(Date.now() + 10_000)

async function stampOf(path: string) {
  const { dev, ino, mtimeNs, ctimeNs, size } = statSync(path, { bigint: true })
  const texts = { device: dev, inode: ino, modifiedNs: mtimeNs, changedNs: ctimeNs }
  const stamp = Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, String(value)]))
  return { ...(stamp as Record<keyof typeof texts, string>), size: Number(size) }
}

async function filled() {
  writeFileSync(file, 'one')
  const stamp = await stampOf(file)
  const cache = openHashCache(cacheFolder, later)
  cache.note(file, 'sha256', stamp, DIGEST)
  await cache.save()
  return stamp
}

test('a digest is recalled by another process for the file that stood still, and its file is the user’s alone', async () => {
  const stamp = await filled()
  expect(openHashCache(cacheFolder, later).recall(file, 'sha256', stamp)).toBe(DIGEST)
  expect(openHashCache(cacheFolder, later).recall(file, 'blake2b', stamp)).toBeUndefined()
  const [name = ''] = readdirSync(cacheFolder)
  expect(statSync(join(cacheFolder, name)).mode & 0o777).toBe(0o600)
})

test('a file of the same size whose modification time was set back is hashed anew: its change time tells', async () => {
  const before = await filled()
  const { atime, mtime } = statSync(file)
  writeFileSync(file, 'two')
  utimesSync(file, atime, mtime)
  const after = await stampOf(file)
  expect(after.size).toBe(before.size)
  expect(openHashCache(cacheFolder, later).recall(file, 'sha256', after)).toBeUndefined()
})

test.for(['device', 'inode', 'modifiedNs', 'changedNs'] as const)(
  'another %s is another file',
  async (field) => {
    const stamp = await filled()
    const other = { ...stamp, [field]: `${stamp[field]}1` }
    expect(openHashCache(cacheFolder, later).recall(file, 'sha256', other)).toBeUndefined()
    expect(openHashCache(cacheFolder, later).recall(file, 'sha256', { ...stamp, size: 4 })).toBeUndefined()
  },
)

test('what changed a moment ago is not kept', async () => {
  await filled()
  const cache = openHashCache(join(folder, 'young'), () => new Date())
  cache.note(file, 'sha256', await stampOf(file), DIGEST)
  expect(cache.recall(file, 'sha256', await stampOf(file))).toBeUndefined()
})

test('a cache that others can read or write, or that was cut short, is left aside', async () => {
  const stamp = await filled()
  const [name = ''] = readdirSync(cacheFolder)
  chmodSync(join(cacheFolder, name), 0o644)
  expect(openHashCache(cacheFolder, later).recall(file, 'sha256', stamp)).toBeUndefined()
  writeFileSync(join(cacheFolder, name), '[["cut"')
  chmodSync(join(cacheFolder, name), 0o600)
  expect(openHashCache(cacheFolder, later).recall(file, 'sha256', stamp)).toBeUndefined()
})
