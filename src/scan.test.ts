import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { explainRule, formatReport, listRules, scan, scanBytes } from './scan.ts'

const EVIL = Buffer.from("cos\nsystem\n(S'id'\ntR.")
const folder = mkdtempSync(join(tmpdir(), 'scan-door-'))
writeFileSync(join(folder, 'evil.pkl'), EVIL)
writeFileSync(join(folder, 'good.pkl'), Buffer.from([0x80, 2, 0x5d, 0x2e]))
afterAll(() => rmSync(folder, { recursive: true }))

/** Threads and ports that keep a process alive. */
const threads = () =>
  process.getActiveResourcesInfo().filter((name) => /Worker|MessagePort/.test(name)).length

test('a folder, a file and several paths are scanned with one call, and no thread is left', async () => {
  const before = threads()
  expect(await scan(folder)).toMatchObject({ verdict: 'malicious', summary: { files: 2 } })
  expect(await scan(join(folder, 'good.pkl'))).toMatchObject({ verdict: 'clean' })
  expect(await scan([join(folder, 'good.pkl'), folder])).toMatchObject({ summary: { files: 3 } })
  expect(threads()).toBe(before)
})

test('bytes are scanned without a file', async () => {
  const file = await scanBytes('model.pkl', EVIL)
  expect(file).toMatchObject({ path: 'model.pkl', sizeBytes: EVIL.length, verdict: 'malicious' })
  expect(await scanBytes('empty.pkl', new Uint8Array(0))).not.toMatchObject({ verdict: 'malicious' })
})

test('progress goes by bytes to the whole', async () => {
  const seen: number[] = []
  await scan(folder, { onProgress: ({ doneBytes, totalBytes }) => seen.push(doneBytes / totalBytes) })
  expect(seen.at(-1)).toBe(1)
  expect(seen).toEqual([...seen].sort((a, b) => a - b))
})

test('an aborted scan rejects', async () => {
  await expect(scan(folder, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' })
  const stop = new AbortController()
  const running = scan(folder, { signal: stop.signal, onProgress: () => stop.abort(), jobs: 1 })
  await expect(running).rejects.toMatchObject({ code: 'ABORTED' })
  await expect(scanBytes('a.pkl', EVIL, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'ABORTED',
  })
})

test('a limit that is too short leaves files undecided, never clean', async () => {
  const report = await scan(join(folder, 'good.pkl'), { timeoutMs: 1 })
  expect(['undecided', 'clean']).toContain(report.verdict)
  if (report.verdict === 'undecided') expect(report.files[0]?.coverage[0]?.reason).toContain('limit of 1 ms')
})

test('every format can be had, and rules explain themselves', async () => {
  const report = await scan(folder, { withHashes: true, exclude: ['good.*'] })
  expect(JSON.parse(await formatReport(report, 'json'))).toMatchObject({
    kind: 'scan',
    excluded: [{ path: 'good.pkl' }],
  })
  expect(JSON.parse(await formatReport(report, 'sarif', { folder }))).toMatchObject({
    runs: [{ artifacts: [{ location: { uri: 'evil.pkl', uriBaseId: '%SRCROOT%' } }] }],
  })
  expect(JSON.parse(await formatReport(report, 'cyclonedx')).components[0].hashes[0].content).toMatch(
    /^[0-9a-f]{64}$/,
  )
  expect(await formatReport(report, 'junit')).toContain('failures="1"')
  const [first] = await listRules()
  expect(await explainRule(first?.id ?? '')).toMatchObject({ rule: { id: first?.id } })
  expect(await explainRule('no/rule')).toBeUndefined()
})

test('suppressions and baseline are given as text', async () => {
  const text = 'schemaVersion: 1\nsuppressions:\n  - { rule: a/b, path: x, reason: y, until: 2026-12-31 }\n'
  await expect(scan(folder, { suppressions: { file: 'f.yaml', text } })).rejects.toThrow(
    'f.yaml:3:5 a suppression needs owner',
  )
  await expect(scan(folder, { baseline: { file: 'b.json', text: '{}' } })).rejects.toThrow('b.json')
})
