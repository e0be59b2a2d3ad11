import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseCondition } from './condition.ts'
import { parsePolicy } from './parse-policy.ts'

const DEFAULT = readFileSync(new URL('../../../catalog/policies/default.yaml', import.meta.url), 'utf8')

test('the default policy says what it is known for', () => {
  const parsed = parsePolicy(DEFAULT)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  expect(parsed.value.stages.production?.approvals).toEqual({ count: 2, excludeRequester: true })
  expect(parsed.value.stages.staging?.approvals.count).toBe(1)
})

test('comments and layout do not change the digest of a policy, a word does', () => {
  const digestOf = (text: string) => {
    const parsed = parsePolicy(text)
    return parsed.ok ? parsed.value.digest : 'refused'
  }
  expect(digestOf(`# a comment\n${DEFAULT.replace('[assessor]', '\n          - assessor')}`)).toBe(
    digestOf(DEFAULT),
  )
  expect(digestOf(DEFAULT.replace('30d', '31d'))).not.toBe(digestOf(DEFAULT))
})

test.for<readonly [string, string, string, number, string]>([
  ['nothing', '', '(document)', 1, 'must be object'],
  ['no YAML', 'a: [', '(document)', 1, 'Flow sequence'],
  ['a key twice', 'name: a\nname: b', '(document)', 2, 'unique'],
  ['an alias', 'a: &x 1\nb: *x', '(document)', 2, 'aliases'],
  ['an unknown tag', 'name: !run x', '(document)', 1, 'tag'],
  ['two documents', `${DEFAULT}\n---\na: 1`, '(document)', DEFAULT.split('\n').length + 1, 'documents'],
  [
    'a word that means nothing',
    DEFAULT.replace('coverage:', 'covrage:'),
    'stages.staging.evidence.0.covrage',
    13,
    'means nothing',
  ],
  [
    'a stage that is none',
    DEFAULT.replace('  staging:', '  stagging:'),
    'stages.stagging',
    8,
    'means nothing',
  ],
  [
    'one person for production without the words',
    DEFAULT.replace('count: 2', 'count: 1'),
    'stages.production.approvals',
    32,
    'iAcceptASinglePerson: true',
  ],
  [
    'nobody for production',
    DEFAULT.replace('count: 2', 'count: 0\n      iAcceptASinglePerson: true'),
    'stages.production.approvals.count',
    33,
    '>= 1',
  ],
  [
    'no evidence',
    DEFAULT.replace(/evidence:[\s\S]*?approvals:/, 'evidence: []\n    approvals:'),
    'stages.staging.evidence',
    9,
    'fewer than 1',
  ],
  [
    'a scan of any age',
    DEFAULT.replace('        maxAge: 30d\n', ''),
    'stages.staging.evidence.0',
    10,
    "'maxAge'",
  ],
  [
    'a duration without a unit',
    DEFAULT.replace('30d', '30s'),
    'stages.staging.evidence.0.maxAge',
    12,
    'pattern',
  ],
  [
    'malicious tolerated',
    DEFAULT.replace('[low, info]', '[critical]'),
    'stages.staging.evidence.0.tolerate.severities.0',
    15,
    'must be one of',
  ],
  [
    'decisions as evidence',
    DEFAULT.replace('model-scan', 'decision'),
    'stages.staging.evidence.0.predicate',
    10,
    'must be one of',
  ],
  [
    'another version',
    DEFAULT.replace('schemaVersion: 1', 'schemaVersion: 2'),
    'schemaVersion',
    2,
    'must be 1',
  ],
  ['too long', `#${'x'.repeat(200_000)}\n${DEFAULT}`, '(document)', 1, 'limit'],
])('refused with the place: %s', ([, text, path, line, words]) => {
  const parsed = parsePolicy(text)
  if (parsed.ok) throw new Error('the policy was accepted')
  const found = parsed.error.map((problem) => `${problem.path}:${problem.line} ${problem.message}`)
  expect(
    parsed.error.find((problem) => problem.path === path && problem.message.includes(words)),
    found.join('\n'),
  ).toBeDefined()
  expect(
    parsed.error.find((problem) => problem.path === path && problem.message.includes(words))?.line,
    found.join('\n'),
  ).toBe(line)
})

test('a condition that cannot be parsed is named with its line', () => {
  const text = DEFAULT.replace(
    '        coverage: full',
    "        conditions:\n          - { cel: 'predicate.x +', message: m }",
  )
  const parsed = parsePolicy(text)
  expect(parsed).toMatchObject({
    ok: false,
    error: [{ path: 'stages.staging.evidence.0.conditions.0.cel', line: 14 }],
  })
})

test.for<readonly [string, string]>([
  ['a walk inside a walk', 'predicate.a.all(x, x.b.exists(y, y == 1))'],
  [
    'a walk over a walk in its condition',
    'predicate.a.filter(x, predicate.b.map(y, y).size() > 1).size() > 1',
  ],
  ['a regular expression', 'predicate.a.matches("(a+)+$")'],
  ['a number', '1 + 1'],
  ['an unknown name', 'statements.all(s, s == 1)'],
  ['too many nodes', Array.from({ length: 300 }, () => 'true').join(' && ')],
  ['too deep', `${'('.repeat(60)}true${')'.repeat(60)} && ${'!'.repeat(200)}true`],
])('a condition is refused: %s', ([, cel]) => {
  expect(parseCondition(cel, 'm')).toMatchObject({ ok: false })
})

test.for<readonly [string, unknown]>([
  ['predicate.files.all(f, f.verdict == "clean")', { ok: true, value: true }],
  ['predicate.count > 3', { ok: true, value: true }],
  ['predicate.files.exists(f, f.verdict == "malicious")', { ok: true, value: false }],
  ['predicate.nothing == 1', { ok: false }],
  ['predicate.count', { ok: false }],
])('%s', ([cel, result]) => {
  const condition = parseCondition(cel, 'm')
  if (!condition.ok) throw new Error(condition.error)
  expect(condition.value.holds({ count: 4, files: [{ verdict: 'clean' }] })).toMatchObject(result as object)
})
