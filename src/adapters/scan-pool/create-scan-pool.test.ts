import { expect, test } from 'vitest'
import { joinFiles } from '../../assessors/model/index.ts'
import { createScanPool } from './create-scan-pool.ts'

const workerUrl = new URL('./fixtures/bad-worker.mjs', import.meta.url)

test('a worker that hangs, dies, throws or eats all memory leaves its file undecided, and the pool goes on', async () => {
  const pool = createScanPool({ joinFiles, workerUrl, workers: 2, timeoutMs: 1500, memoryMb: 32 })
  const names = ['hang', 'a', 'die', 'b', 'throw', 'c', 'eat', 'd']
  const files = names.map((name) => ({ name, path: `/nowhere/${name}` }))
  const assessment = await pool.assess({ root: '/nowhere', files })
  expect(assessment.files.map(({ path, verdict }) => [path, verdict])).toEqual(
    names.map((name) => [name, name.length === 1 ? 'clean' : 'undecided']),
  )
  expect(assessment.files[0]?.coverage[0]?.reason).toContain('longer than the limit of 1500 ms')
  expect(assessment.verdict).toBe('undecided')
  await pool.close()
}, 20_000)

test('an aborted scan stops and says so', async () => {
  const pool = createScanPool({ joinFiles, workerUrl, workers: 1, timeoutMs: 60_000 })
  const job = { root: '/', files: [{ name: 'hang', path: '/nowhere' }], signal: AbortSignal.timeout(200) }
  await expect(pool.assess(job)).rejects.toMatchObject({ code: 'ABORTED' })
  await pool.close()
})
