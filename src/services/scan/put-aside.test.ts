import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import type { FileAssessment, Finding } from '../../ground/domain/index.ts'
import { baselineOf, parseBaseline } from './baseline.ts'
import { parseSuppressions } from './parse-suppressions.ts'
import { putAside } from './put-aside.ts'

const finding = (over: Partial<Finding> = {}): Finding => ({
  ruleId: 'pickle/unknown-import',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'A title',
  message: 'a message',
  location: { path: 'a.pkl' },
  remedy: 'do this',
  taxonomy: ['CWE-502'],
  fingerprint: '0000000000000001',
  ...over,
})
const file = (findings: readonly Finding[], status: 'full' | 'none' = 'full'): FileAssessment => ({
  path: 'a.pkl',
  sizeBytes: 10,
  verdict: findings.some(({ verdict }) => verdict === 'malicious') ? 'malicious' : 'suspicious',
  coverage: [{ path: 'a.pkl', format: 'pickle', sizeBytes: 10, readBytes: 10, status }],
  findings,
})
const entry = (fields: string) =>
  parseSuppressions(
    `schemaVersion: 1\nsuppressions:\n  - { owner: ada, reason: known, until: 2026-12-31, ${fields} }\n`,
    'f',
  )
const apply = (one: FileAssessment, fields: string, now = '2026-12-01T00:00:00Z') =>
  putAside([one], { suppressions: entry(fields), now: new Date(now) }, (path) => `models/${path}`)

const evil = finding({
  ruleId: 'pickle/active-import',
  verdict: 'malicious',
  fingerprint: '0000000000000002',
})

test.for([
  ['by path', 'rule: pickle/unknown-import, path: models/*.pkl', 'clean', 1],
  ['by fingerprint', 'rule: pickle/unknown-import, fingerprint: "0000000000000001"', 'clean', 1],
  ['at another path', 'rule: pickle/unknown-import, path: other/*.pkl', 'suspicious', 0],
  ['of another rule', 'rule: pickle/dynamic-call, path: "**"', 'suspicious', 0],
  [
    'with another fingerprint',
    'rule: pickle/unknown-import, fingerprint: "00000000000000ff"',
    'suspicious',
    0,
  ],
] as const)('a suppression %s', ([, fields, verdict, count]) => {
  const { files, unused } = apply(file([finding()]), fields)
  expect(files[0]).toMatchObject({ verdict })
  expect(files[0]?.putAside ?? []).toHaveLength(count)
  expect(unused).toHaveLength(1 - count)
})

test('what is malicious is never put aside by a pattern, only by its fingerprint', () => {
  const byPath = apply(file([evil]), 'rule: pickle/active-import, path: "**"')
  expect(byPath.files[0]?.verdict).toBe('malicious')
  expect(byPath.unused[0]?.reason).toContain('by its fingerprint only')
  const exact = apply(file([evil]), 'rule: pickle/active-import, fingerprint: "0000000000000002"')
  expect(exact.files[0]).toMatchObject({ verdict: 'clean', seenVerdict: 'malicious', findings: [] })
})

test('a suppression holds to the end of its last day, then it does not count and is reported', () => {
  const fields = 'rule: pickle/unknown-import, path: "**"'
  expect(apply(file([finding()]), fields, '2026-12-31T23:59:59Z').files[0]?.verdict).toBe('clean')
  const late = apply(file([finding()]), fields, '2027-01-01T00:00:00Z')
  expect(late.files[0]?.verdict).toBe('suspicious')
  expect(late.expired).toMatchObject([
    { rule: 'pickle/unknown-import', line: 3, reason: 'it ended on 2026-12-31' },
  ])
  expect(late.unused).toEqual([])
})

test('what was not looked at stays undecided, whatever is put aside', () => {
  const { files } = apply(file([finding()], 'none'), 'rule: pickle/unknown-import, path: "**"')
  expect(files[0]?.verdict).toBe('undecided')
})

test('a baseline knows its own findings, at their place only, and a new one counts', () => {
  const before = { base: 'models', files: [file([finding()])] }
  const baseline = parseBaseline(baselineOf(before), 'known.json')
  const look = (one: FileAssessment, folder: string) =>
    putAside([one], { suppressions: [], baseline, now: new Date() }, (path) => `${folder}/${path}`).files[0]
  expect(look(file([finding()]), 'models')).toMatchObject({
    verdict: 'clean',
    putAside: [{ by: { kind: 'baseline' } }],
  })
  expect(look(file([finding()]), 'elsewhere')).toMatchObject({ verdict: 'suspicious' })
  expect(look(file([finding(), evil]), 'models')).toMatchObject({ verdict: 'malicious', findings: [evil] })
})

test('a baseline is as its schema says', () => {
  const schema = readFileSync(
    new URL('../../../catalog/schemas/scan-baseline.schema.json', import.meta.url),
    'utf8',
  )
  const validate = new Ajv2020().compile(JSON.parse(schema))
  expect(validate(JSON.parse(baselineOf({ base: 'm', files: [file([finding(), evil])] })))).toBe(true)
})

test('a baseline is the same text for the same findings in any order', () => {
  const [a, b] = [finding(), evil]
  expect(baselineOf({ base: '', files: [file([a, b])] })).toBe(
    baselineOf({ base: '', files: [file([b, a])] }),
  )
})

test.for([
  '',
  '7',
  '{}',
  '{"kind":"scan-baseline","schemaVersion":2,"findings":[]}',
  '{"kind":"scan-baseline","schemaVersion":1,"findings":[{"path":"x"}]}',
])('%s is no baseline', (text) => {
  expect(() => parseBaseline(text, 'known.json')).toThrow(/^known\.json/)
})
