import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { assessFile } from './assess-model.ts'

const PYTHON = '/usr/bin/python3'
const isThere = spawnSync(PYTHON, ['-c', 'import numpy']).status === 0
const isRequired = process.env.SALLYPORT_REQUIRE === '1'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'real-arrays-'))
  if (!isThere) return
  const script = new URL('./fixtures/write-real-arrays.py', import.meta.url).pathname
  const written = spawnSync(PYTHON, [script, folder], { encoding: 'utf8' })
  expect(written.status, written.stderr).toBe(0)
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true }))

const assess = (kind: string, name: string) =>
  assessFile(name, sourceOfBytes(readFileSync(join(folder, kind, name))))

test('arrays of every dtype are clean', { timeout: 120_000 }, async (context) => {
  if (!isThere && !isRequired) context.skip(`${PYTHON} with numpy is absent`)
  const names = readdirSync(join(folder, 'clean'))
  expect(names.length).toBeGreaterThan(40)
  const dirty: unknown[] = []
  for (const name of names) {
    const file = await assess('clean', name)
    if (file.verdict !== 'clean')
      dirty.push([name, file.verdict, file.findings.map(({ message }) => message), file.coverage])
  }
  expect(dirty).toEqual([])
})

test('arrays of objects that run code are found', { timeout: 120_000 }, async (context) => {
  if (!isThere && !isRequired) context.skip(`${PYTHON} with numpy is absent`)
  for (const name of readdirSync(join(folder, 'hostile')))
    expect([name, (await assess('hostile', name)).verdict]).toEqual([name, 'malicious'])
})
