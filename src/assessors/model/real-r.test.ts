import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { assessFile } from './assess-model.ts'

const RSCRIPT = '/usr/bin/Rscript'
const isThere = spawnSync(RSCRIPT, ['--version']).status === 0
const isRequired = process.env.SALLYPORT_REQUIRE === '1'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'real-r-'))
  if (!isThere) return
  const script = new URL('./fixtures/write-real-r.R', import.meta.url).pathname
  const written = spawnSync(RSCRIPT, [script, folder], { encoding: 'utf8' })
  expect(written.status, written.stderr).toBe(0)
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true }))

const assess = (kind: string, name: string) =>
  assessFile(name, sourceOfBytes(readFileSync(join(folder, kind, name))))

test('ordinary models of R are clean', { timeout: 120_000 }, async (context) => {
  if (!isThere && !isRequired) context.skip(`${RSCRIPT} is absent`)
  const names = readdirSync(join(folder, 'clean'))
  expect(names.length).toBeGreaterThan(100)
  const dirty: unknown[] = []
  for (const name of names) {
    const file = await assess('clean', name)
    if (file.verdict !== 'clean')
      dirty.push([name, file.verdict, file.findings.map(({ message }) => message), file.coverage])
  }
  expect(dirty).toEqual([])
})

test('hostile objects that R itself writes are found', { timeout: 120_000 }, async (context) => {
  if (!isThere && !isRequired) context.skip(`${RSCRIPT} is absent`)
  const verdicts: Record<string, string> = {}
  for (const name of readdirSync(join(folder, 'hostile')))
    verdicts[name] = (await assess('hostile', name)).verdict
  expect(verdicts).toEqual({
    'active-binding.rds': 'malicious',
    'closure.rds': 'suspicious',
    'first.RData': 'malicious',
    'method.rda': 'malicious',
    'predvars.rds': 'malicious',
    'promise-ascii.rds': 'malicious',
    'promise-gzip.rds': 'malicious',
    'promise-in-environment.rds': 'malicious',
    'promise.rda': 'malicious',
  })
})
