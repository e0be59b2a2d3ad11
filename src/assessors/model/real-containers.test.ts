import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { assessFile } from './assess-model.ts'

const PYTHON = '/usr/bin/python3'
const tools = 'set -e; for tool in 7z zip; do command -v $tool; done'
const probe = spawnSync(PYTHON, ['-c', 'import torch, joblib, py7zr, lz4.frame, zstandard'])
const hasAll = probe.status === 0 && spawnSync('sh', ['-c', tools]).status === 0
const isRequired = process.env.SALLYPORT_REQUIRE === '1'
const folder = mkdtempSync(join(tmpdir(), 'real-containers-'))

/** What a person must look at, and what is not code that runs: everything else in bad/ is malicious. */
const SUSPICIOUS = [
  'a.gif',
  'device.tar',
  'duplicate-case.pt',
  'hard.tar',
  'image-digest.tar',
  'lib.so',
  'library.pt',
  'link.tar',
  'named-good.safetensors',
  'named.gguf',
  'named.json',
  'polyglot.safetensors',
  'tar-zip.tar',
  'twice.tar',
]
/** Packed in a way that is not read. */
const UNDECIDED = ['m-PPMd.7z']

beforeAll(() => {
  if (!hasAll && !isRequired) return
  const script = new URL('./fixtures/write-containers.py', import.meta.url).pathname
  const written = spawnSync(PYTHON, [script, folder], { encoding: 'utf8' })
  expect(written.status, written.stderr).toBe(0)
}, 120_000)

afterAll(() => rmSync(folder, { recursive: true }))

async function verdictsOf(part: string): Promise<[string, string][]> {
  const verdicts: [string, string][] = []
  for (const name of readdirSync(join(folder, part)))
    verdicts.push([
      name,
      (await assessFile(name, sourceOfBytes(readFileSync(join(folder, part, name))))).verdict,
    ])
  return verdicts
}

test('containers of the real tools are clean', { timeout: 120_000 }, async (context) => {
  if (!hasAll && !isRequired) return context.skip('python3 with torch, joblib, py7zr, lz4; 7z and zip')
  const verdicts = await verdictsOf('good')
  expect(verdicts.length).toBeGreaterThan(60)
  const wrong = verdicts.filter(
    ([name, verdict]) => verdict !== (UNDECIDED.includes(name) ? 'undecided' : 'clean'),
  )
  expect(wrong).toEqual([])
})

test('what is wrong in containers of the real tools is found', { timeout: 120_000 }, async (context) => {
  if (!hasAll && !isRequired) return context.skip('python3 with torch, joblib, py7zr, lz4; 7z and zip')
  const verdicts = await verdictsOf('bad')
  expect(verdicts.length).toBeGreaterThan(80)
  const wanted = (name: string): string => {
    if (UNDECIDED.includes(name)) return 'undecided'
    return SUSPICIOUS.includes(name) ? 'suspicious' : 'malicious'
  }
  expect(verdicts.filter(([name, verdict]) => verdict !== wanted(name))).toEqual([])
})

test('a stream of joblib that is larger than what is kept is scanned in constant memory', {
  timeout: 120_000,
}, async (context) => {
  if (!hasAll && !isRequired) return context.skip('python3 with torch, joblib, py7zr, lz4; 7z and zip')
  const bytes = readFileSync(join(folder, 'bad', 'joblib-big.joblib'))
  const before = process.memoryUsage().arrayBuffers
  const file = await assessFile('joblib-big.joblib', sourceOfBytes(bytes))
  expect(file.verdict).toBe('malicious')
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024)
})
