import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createScanPool } from '../../adapters/scan-pool/index.ts'
import { joinFiles } from '../../assessors/model/index.ts'
import { scanPath } from './scan-path.ts'
import { scanPaths } from './scan-paths.ts'

const pool = createScanPool({
  joinFiles,
  workerUrl: new URL('../../worker.ts', import.meta.url),
  timeoutMs: 20_000,
})
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scan-path-'))
  await writeFile(join(folder, 'bad.pkl'), "cos\nsystem\n(S'id'\ntR.")
  await writeFile(join(folder, 'good.pkl'), Buffer.from([0x80, 2, 0x5d, 0x2e]))
  await writeFile(join(folder, 'README.md'), '# A model\n')
  await symlink('/etc/hostname', join(folder, 'out.txt'))
})

afterAll(async () => {
  await pool.close()
  await rm(folder, { recursive: true })
})

test('every file is in the report, and the worst decides', async () => {
  const seen: number[] = []
  const report = await scanPath({ pool }, folder, { onProgress: ({ doneBytes }) => seen.push(doneBytes) })
  expect(report.files.map(({ path, verdict }) => [path, verdict])).toEqual([
    ['README.md', 'clean'],
    ['bad.pkl', 'malicious'],
    ['good.pkl', 'clean'],
    ['out.txt', 'undecided'],
  ])
  expect(report.verdict).toBe('malicious')
  expect(seen).toHaveLength(3)
})

test('the report is as its schema says', async () => {
  const schema: unknown = JSON.parse(
    await readFile(new URL('../../../catalog/schemas/scan-report.schema.json', import.meta.url), 'utf8'),
  )
  const ajv = new Ajv2020({ strict: true })
  addFormats.default(ajv)
  const validate = ajv.compile(schema as object)
  const report: unknown = JSON.parse(JSON.stringify(await scanPath({ pool }, folder)))
  expect(validate(report), JSON.stringify(validate.errors)).toBe(true)
  expect(validate({ ...(report as object), verdict: 'fine' })).toBe(false)
})

test('a path that is not there is refused by name', async () => {
  await expect(scanPath({ pool }, join(folder, 'absent'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('several paths are one report, with names as they were asked for', async () => {
  const report = await scanPaths({ pool }, [`${folder}/good.pkl`, folder])
  expect(report.files.map(({ path }) => path.slice(folder.length)).sort()).toEqual(
    ['/README.md', '/bad.pkl', '/good.pkl', '/good.pkl', '/out.txt'].sort(),
  )
  expect(report).toMatchObject({ verdict: 'malicious', base: '', paths: [`${folder}/good.pkl`, folder] })
  for (const file of report.files)
    for (const { location } of file.findings) expect(location.path).toBe(file.path)
})

test('progress over several paths never goes back, and ends with the whole', async () => {
  const seen: number[] = []
  const onProgress = ({ doneBytes, totalBytes }: { doneBytes: number; totalBytes: number }) =>
    seen.push(doneBytes / totalBytes)
  await scanPaths({ pool }, [join(folder, 'good.pkl'), folder, `${folder}/../${basename(folder)}`], {
    onProgress,
  })
  expect(seen).toEqual([...seen].sort((a, b) => a - b))
  expect(seen.at(-1)).toBe(1)
})

test('what is excluded is not looked at, and stands in the report', async () => {
  const report = await scanPaths({ pool }, [folder], { exclude: ['bad.*', '*.txt'], include: ['*.pkl'] })
  expect(report.files.map(({ path }) => path)).toEqual(['good.pkl'])
  expect(report.excluded).toEqual([
    { path: 'README.md', reason: 'no --include means it' },
    { path: 'bad.pkl', reason: '--exclude bad.*' },
    { path: 'out.txt', reason: '--exclude *.txt' },
  ])
  expect(report).toMatchObject({ verdict: 'clean', summary: { excluded: 3 } })
})

test('the folder of git is left out, and the report says so', async () => {
  const inner = await mkdtemp(join(folder, 'with-git-'))
  await mkdir(join(inner, 'sub/.git'), { recursive: true })
  await writeFile(join(inner, 'sub/.git/evil.pkl'), "cos\nsystem\n(S'id'\ntR.")
  await writeFile(join(inner, 'README.md'), '# A model\n')
  const report = await scanPaths({ pool }, [inner])
  await rm(inner, { recursive: true })
  expect(report.files.map(({ path }) => path)).toEqual(['README.md'])
  expect(report.excluded).toEqual([
    { path: 'sub/.git/', reason: 'history of git, no part of a model; its hooks and settings are looked at' },
  ])
})

test('what Git runs is looked at, wherever its folder is left out', async () => {
  const inner = await mkdtemp(join(folder, 'with-hooks-'))
  await mkdir(join(inner, '.git/hooks'), { recursive: true })
  await writeFile(join(inner, '.git/config'), '[core]\n\tfsmonitor = ./acme.sh\n')
  await writeFile(join(inner, '.git/hooks/post-checkout'), '#!/bin/sh\ntrue\n')
  await writeFile(join(inner, '.git/hooks/pre-push.sample'), '#!/bin/sh\ntrue\n')
  await writeFile(join(inner, 'README.md'), '# A model\n')
  const report = await scanPaths({ pool }, [inner])
  await rm(inner, { recursive: true })
  expect(report.files.map(({ path, verdict }) => [path, verdict])).toEqual([
    ['.git/config', 'suspicious'],
    ['.git/hooks/post-checkout', 'suspicious'],
    ['README.md', 'clean'],
  ])
})

test('a scan of which everything is excluded is undecided, not clean', async () => {
  expect(await scanPaths({ pool }, [folder], { exclude: ['**'] })).toMatchObject({
    verdict: 'undecided',
    files: [],
  })
})

test.for([
  ['a folder', '', 'bad.pkl'],
  ['a file', '/bad.pkl', 'bad.pkl'],
] as const)('base and path of %s together lead to the file', async ([, tail, name]) => {
  const report = await scanPaths({ pool }, [`${folder}${tail}`])
  expect(report.base).toBe(folder)
  expect(report.files.some(({ path }) => path === name)).toBe(true)
})
