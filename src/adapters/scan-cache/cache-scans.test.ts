import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FileAssessment } from '../../ground/domain/index.ts'
import type { ScanJob, ScanPool } from '../../services/scan/index.ts'
import { cacheScans } from './cache-scans.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scan-cache-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** A pool that counts what it looks at. */
function countingPool() {
  const seen: string[] = []
  const pool: ScanPool = {
    async assess(job: ScanJob) {
      const files = job.files.map(({ name }) => {
        const known = job.known?.get(name)
        if (known !== undefined) return known
        seen.push(name)
        const reason = name.startsWith('stopped') ? 'the worker was stopped' : undefined
        const coverage = {
          path: name,
          format: 'x',
          sizeBytes: 1,
          readBytes: 1,
          status: 'full',
          ...(reason && { reason }),
        } as const
        const file: FileAssessment = {
          path: name,
          sizeBytes: 1,
          verdict: 'clean',
          coverage: [coverage],
          findings: [],
        }
        job.onFile?.(file)
        return file
      })
      const assessor = { assessor: 'model', version: '1', ruleSet: 'sha256:0' }
      return { assessor, startedAt: '', finishedAt: '', verdict: 'clean', files }
    },
    close: async () => undefined,
  }
  return { seen, pool }
}

async function settledFile(name: string, bytes: number): Promise<{ name: string; path: string }> {
  const path = join(folder, name)
  await writeFile(path, Buffer.alloc(bytes))
  return { name, path }
}

async function scansOf(files: ScanJob['files'], versions: readonly string[]): Promise<string[]> {
  const { seen, pool } = countingPool()
  for (const version of versions)
    await cacheScans({ folder: join(folder, 'cache'), version: () => version, pool }).assess({
      root: folder,
      files,
    })
  return seen
}

test('a large file that stood still is looked at once, per version of the rules', {
  timeout: 20_000,
}, async () => {
  const large = await settledFile('large.pt', 300_000)
  const small = await settledFile('small.pt', 100)
  const stopped = await settledFile('stopped.pt', 300_000)
  // Freshly written: nothing is kept yet.
  expect(await scansOf([large], ['1', '1'])).toEqual(['large.pt', 'large.pt'])
  await new Promise((done) => setTimeout(done, 2100))
  expect(await scansOf([large], ['1', '1', '2', '2', '1'])).toEqual(['large.pt', 'large.pt'])
  expect(await scansOf([small], ['1', '1'])).toEqual(['small.pt', 'small.pt'])
  expect(await scansOf([stopped], ['1', '1'])).toEqual(['stopped.pt', 'stopped.pt'])
  // The name takes part: rules look at it.
  expect(await scansOf([{ ...large, name: 'other.bin' }], ['1'])).toEqual(['other.bin'])
  // A changed time is a changed file, even with the old time of content set back.
  await utimes(large.path, 1, 1)
  expect(await scansOf([large], ['1'])).toEqual(['large.pt'])
})

test('half an answer is none', async () => {
  const { seen, pool } = countingPool()
  const large = await settledFile('half.pt', 300_000)
  await new Promise((done) => setTimeout(done, 2100))
  const cache = cacheScans({ folder: join(folder, 'half'), version: () => '1', pool })
  await cache.assess({ root: folder, files: [large] })
  const [shard = ''] = await readdir(join(folder, 'half'))
  const [answer = ''] = await readdir(join(folder, 'half', shard))
  await writeFile(join(folder, 'half', shard, answer), '{"key":')
  await cache.assess({ root: folder, files: [large] })
  expect(seen).toEqual(['half.pt', 'half.pt'])
  // Whole JSON, but no assessment.
  const key = answer.slice(0, -'.json'.length)
  await writeFile(join(folder, 'half', shard, answer), JSON.stringify({ key, file: null }))
  await cache.assess({ root: folder, files: [large] })
  expect(seen).toHaveLength(3)
})
