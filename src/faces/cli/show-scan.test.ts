import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import type { Finding, Verdict } from '../../ground/domain/index.ts'
import type { ScannedFile, ScanReport } from '../../services/scan/index.ts'
import { type ScanLook, scanLines } from './show-scan.ts'

const LOOK: ScanLook = { width: 80, mode: 'normal', why: new Map([['a/b', 'Because.']]) }
const finding = (over: Partial<Finding> = {}): Finding => ({
  ruleId: 'a/b',
  severity: 'high',
  verdict: 'malicious',
  title: 'A title',
  message: 'a message',
  location: { path: 'x' },
  remedy: 'Do this.',
  taxonomy: ['CWE-1'],
  fingerprint: '0123456789abcdef',
  ...over,
})
const file = (path: string, verdict: Verdict, findings: readonly Finding[] = []): ScannedFile => ({
  ...{ path, sizeBytes: 1, verdict, findings },
  coverage: [{ path, format: 'x', sizeBytes: 1, readBytes: 1, status: 'full' }],
})
const reportOf = (files: readonly ScannedFile[], over: Partial<ScanReport> = {}): ScanReport => ({
  ...{ schemaVersion: 1, kind: 'scan', path: '.', paths: ['.'], base: '', verdict: 'malicious' },
  assessor: { assessor: 'model', version: '1', ruleSet: 'sha256:0' },
  ...{ startedAt: '2026-11-21T10:00:00.000Z', finishedAt: '2026-11-21T10:00:01.000Z' },
  ...{ files, excluded: [] },
  summary: {
    ...{ files: files.length, findings: 0, putAside: 0, excluded: 0, sizeBytes: 1, readBytes: 1 },
    verdicts: { malicious: 1, undecided: 1, suspicious: 1, clean: 1 },
  },
  ...over,
})
const textOf = (report: ScanReport, look: Partial<ScanLook> = {}) =>
  stripVTControlCharacters(scanLines(report, { ...LOOK, ...look }).join('\n'))

test('the worst file stands first, whatever its name', () => {
  const text = textOf(
    reportOf([file('a', 'clean'), file('b', 'suspicious'), file('c', 'undecided'), file('d', 'malicious')]),
  )
  expect([...text.matchAll(/^. (\w+) {2}([a-d]) /gm)].map(([, , name]) => name)).toEqual(['d', 'c', 'b', 'a'])
})

test('cases of one cause stand together, and why and what to do are said once', () => {
  const cases = Array.from({ length: 9 }, (_, i) => finding({ message: `case ${i}`, fingerprint: `${i}` }))
  const text = textOf(reportOf([file('x', 'malicious', cases), file('y', 'malicious', [finding()])]))
  expect(text.match(/A title/g)).toHaveLength(2)
  expect(text.match(/Because\./g)).toHaveLength(1)
  expect(text).toContain('and 4 more cases of this; --verbose shows all')
  expect(textOf(reportOf([file('x', 'malicious', cases)]), { mode: 'verbose' })).toContain('case 8')
})

test('of very many bad files 50 are shown whole, and all of them in one line each when quiet', () => {
  const files = Array.from({ length: 60 }, (_, i) => file(`f${i}`, 'malicious', [finding()]))
  expect(textOf(reportOf(files))).toContain('and 10 more files not clean; --quiet has a line for each')
  expect(scanLines(reportOf(files), { ...LOOK, mode: 'quiet' })).toHaveLength(61)
})

test('what was excluded is said by reason, even when all the rest is clean', () => {
  const excluded = ['1', '2', '3', '4'].map((path) => ({ path, reason: '--exclude x' }))
  const text = textOf(reportOf([file('a', 'clean')], { excluded, verdict: 'clean' }))
  expect(text).toContain('Not checked\n  --exclude x: 1, 2, 3 and 1 more')
})

test('no line is wider than the terminal', () => {
  const long = finding({ message: 'word '.repeat(60), call: 'x'.repeat(300), remedy: '日本語 '.repeat(40) })
  for (const width of [60, 80, 120])
    for (const line of scanLines(reportOf([file('x', 'malicious', [long])]), { ...LOOK, width })) {
      const columns = [...stripVTControlCharacters(line)].reduce(
        (sum, char) => sum + (/[\u3000-\u9fff]/.test(char) ? 2 : 1),
        0,
      )
      expect(columns).toBeLessThanOrEqual(width)
    }
})
