import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readOsv } from '../../formats/osv/index.ts'
import { readOpenVex } from '../../formats/vex/index.ts'
import { makeComponent } from '../../ground/domain/index.ts'
import { affects } from './affects.ts'
import { applyVex } from './apply-vex.ts'
import { cvssV3Score } from './cvss-v3.ts'
import { distance, NameIndex } from './near-names.ts'
import { rate } from './rate.ts'
import { compareDeb } from './versions/compare-deb.ts'
import { compareVersions } from './versions/compare-versions.ts'
import { matchComponents } from './vulnerability.ts'

const VECTORS = join(import.meta.dirname, '../../../test/vectors/osv-scalibr')

describe('order of versions, by the vectors of osv-scalibr', () => {
  test.for([
    ['alpine', 'apk', 700],
    ['debian', 'deb', 25],
    ['redhat', 'rpm', 150],
    ['pypi', 'pep440', 20],
    ['semver', 'semver', 80],
  ] as const)('%s', ([file, scheme, least]) => {
    const wrong: string[] = []
    let right = 0
    for (const line of readFileSync(join(VECTORS, `${file}-versions.txt`), 'utf8').split('\n')) {
      const [, a = '', sign, b = ''] = /^(?!\/\/|#)(\S+) ([<>=]) (\S+)$/.exec(line) ?? []
      if (sign === undefined) continue
      const order = compareVersions(scheme, a, b)
      // What is no version is unknown, never a guess. A side without a release means every one here.
      if (order === undefined || (scheme === 'rpm' && a.includes('-') !== b.includes('-'))) continue
      if (Math.sign(order) === { '<': -1, '=': 0, '>': 1 }[sign]) right++
      else wrong.push(line)
    }
    expect(wrong).toEqual([])
    expect(right).toBeGreaterThan(least)
  })
})

const hasDpkg = (() => {
  try {
    execFileSync('dpkg', ['--version'])
    return true
  } catch {
    return process.env.SALLYPORT_REQUIRE === '1'
  }
})()

test.skipIf(!hasDpkg)('Debian: dpkg itself orders 120 pairs the same (skipped without dpkg)', () => {
  const word = fc
    .string({ unit: fc.constantFrom('0', '1', '9', 'a', 'z', '.', '+', '~'), maxLength: 6 })
    .map((rest) => `1${rest}`)
  const version = fc
    .tuple(fc.constantFrom('', '1:', '0:'), word, fc.constantFrom('', '-1', '-0ubuntu1', '-1~bpo'))
    .map((parts) => parts.join(''))
  const pairs = fc.sample(fc.tuple(version, version), { numRuns: 120, seed: 7 })
  for (const [a, b] of pairs) {
    const sign = { [-1]: 'lt', 0: 'eq', 1: 'gt' }[compareDeb(a, b) ?? 9] ?? 'none'
    expect(() => execFileSync('dpkg', ['--compare-versions', a, sign, b]), `${a} ${sign} ${b}`).not.toThrow()
  }
})

test.for(['apk', 'deb', 'rpm', 'pep440', 'semver'] as const)(
  '%s: an order that turns round, and never throws',
  (scheme) => {
    const text = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.string({
        unit: fc.constantFrom('0', '1', '10', '.', '-', '_', 'a', 'rc', '~', '+', 'r', '^'),
        maxLength: 8,
      }),
    )
    fc.assert(
      fc.property(text, text, (a, b) => {
        const there = compareVersions(scheme, a, b)
        const back = compareVersions(scheme, b, a)
        expect(there === undefined ? undefined : there + 0).toBe(back === undefined ? undefined : 0 - back)
      }),
    )
  },
)

// Examples of the specification's own document: https://www.first.org/cvss/v3-1/examples
test.for([
  ['CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:L/I:L/A:N', 5.4],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', 6.1],
  ['CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N', 6.4],
  ['CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N', 3.1],
  ['CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H', 7.8],
  ['CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N', 7.5],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 9.8],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H', 10],
  ['CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N', 0],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O', 9.8],
  ['CVSS:3.1/AV:N/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', undefined],
  ['CVSS:3.1/AV:N/AC:L', undefined],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', undefined],
] as const)('%s is %s', ([vector, score]) => {
  expect(cvssV3Score(vector)).toBe(score)
})

test('a vector counts before a word, a word before nothing, and nothing is unknown', () => {
  expect(
    rate([
      { type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' },
      { type: 'rating', score: 'LOW' },
    ]).rating,
  ).toBe('critical')
  expect(
    rate([
      { type: 'CVSS_V4', score: 'CVSS:4.0/AV:N' },
      { type: 'rating', score: 'MODERATE' },
    ]),
  ).toEqual({ rating: 'medium', vector: 'CVSS:4.0/AV:N' })
  expect(rate([]).rating).toBe('unknown')
})

const record = (affected: unknown, more: object = {}) => {
  const read = readOsv({ id: 'T-1', modified: '2026-01-01T00:00:00Z', affected, ...more })
  if (!read.ok) throw new Error(read.error)
  return read.value
}
const ranged = (events: object[], type = 'ECOSYSTEM', versions: string[] = []) => [
  { package: { ecosystem: 'PyPI', name: 'A_B' }, ranges: [{ type, events }], versions },
]

test.for([
  ['before the fix', [{ introduced: '0' }, { fixed: '2.0' }], '1.9', 'yes'],
  ['a release candidate of the fix', [{ introduced: '0' }, { fixed: '2.0' }], '2.0rc1', 'yes'],
  ['the fix', [{ introduced: '0' }, { fixed: '2.0' }], '2.0.0', 'no'],
  ['before it was there', [{ introduced: '1.5' }, { fixed: '2.0' }], '1.4', 'no'],
  ['the last affected', [{ introduced: '1.0' }, { last_affected: '1.5' }], '1.5', 'yes'],
  ['behind the last affected', [{ introduced: '1.0' }, { last_affected: '1.5' }], '1.5.1', 'no'],
  [
    'between two ranges',
    [{ introduced: '0' }, { fixed: '1.0' }, { introduced: '2.0' }, { fixed: '3.0' }],
    '1.5',
    'no',
  ],
  [
    'in the second, events out of order',
    [{ introduced: '2.0' }, { fixed: '3.0' }, { introduced: '0' }, { fixed: '1.0' }],
    '2.5',
    'yes',
  ],
  ['behind the limit', [{ introduced: '0' }, { limit: '2.0' }], '2.1', 'no'],
  ['a version that is none', [{ introduced: '1.0' }, { fixed: '2.0' }], 'banana', 'unknown'],
  ['an epoch', [{ introduced: '0' }, { fixed: '2.0' }], '1!1.0', 'no'],
] as const)('range: %s', ([, events, version, answer]) => {
  expect(affects(record(ranged([...events])), { ecosystem: 'PyPI', name: 'a-b', version }).answer).toBe(
    answer,
  )
})

test('a list of versions decides what a range cannot, and spells as PEP 440 does', () => {
  const listed = record(ranged([{ introduced: '2004d' }, { fixed: '2005x' }], 'ECOSYSTEM', ['1.0']))
  expect(affects(listed, { ecosystem: 'PyPI', name: 'a-b', version: '1.0.0' }).answer).toBe('yes')
  expect(affects(listed, { ecosystem: 'PyPI', name: 'a-b', version: '3.0' }).answer).toBe('no')
})

const lookup = (records: ReturnType<typeof record>[]) => ({
  recordsOf: (_ecosystem: string, name: string) =>
    records.filter(({ affected }) => affected.some((one) => one.name === name)),
  covers: (ecosystem: string) => ecosystem === 'PyPI',
  exploitOf: (cve: string) => (cve === 'CVE-2026-1' ? { epss: 0.9, kev: true } : {}),
})
const at = { path: 'requirements.txt' }
const pinned = makeComponent({ type: 'pypi', name: 'a.b', version: '1.0', location: at })

test('aliases are one fault with all its names; withdrawn records are none', () => {
  const all = ranged([{ introduced: '0' }])
  const records = [
    record(all, { id: 'GHSA-a', aliases: ['CVE-2026-1'] }),
    record(all, { id: 'PYSEC-1', aliases: ['CVE-2026-1'] }),
    record(all, { id: 'PYSEC-2', withdrawn: '2026-01-02T00:00:00Z' }),
  ]
  const { vulnerabilities, unchecked } = matchComponents([pinned], lookup(records))
  expect(vulnerabilities).toMatchObject([
    { id: 'CVE-2026-1', aliases: ['GHSA-a', 'PYSEC-1'], kev: true, epss: 0.9 },
  ])
  expect(unchecked).toEqual([])
})

test('what cannot be looked up is said, and a malicious package needs no version', () => {
  const malicious = record(
    [
      {
        package: { ecosystem: 'PyPI', name: 'bad' },
        ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }],
      },
    ],
    { id: 'MAL-2026-1' },
  )
  const components = [
    makeComponent({ type: 'pypi', name: 'loose', location: at }),
    makeComponent({ type: 'npm', name: 'left', version: '1.0.0', location: at }),
    makeComponent({ type: 'generic', name: 'who', version: '1', location: at }),
    makeComponent({ type: 'pypi', name: 'bad', location: at }),
  ]
  const { vulnerabilities, unchecked } = matchComponents(components, lookup([malicious]))
  expect(vulnerabilities.map(({ id, isMalicious }) => [id, isMalicious])).toEqual([['MAL-2026-1', true]])
  expect(unchecked.map(({ component }) => component.name)).toEqual(['loose', 'left', 'who'])
})

describe('VEX', () => {
  const [vulnerability] = matchComponents(
    [pinned],
    lookup([record(ranged([{ introduced: '0' }]), { id: 'PYSEC-9', aliases: ['CVE-2026-9'] })]),
  ).vulnerabilities
  const vex = (statement: object, timestamp = '2026-01-01T00:00:00Z') => {
    const document = readOpenVex({
      '@context': 'https://openvex.dev/ns/v0.2.0',
      '@id': 'd',
      author: 'ours',
      timestamp,
      statements: [{ vulnerability: { name: 'CVE-2026-9' }, ...statement }],
    })
    if (document === undefined) throw new Error('no document')
    return { file: 'v.json', document }
  }
  const quiet = { status: 'not_affected', justification: 'vulnerable_code_not_present' }
  const product = (id: string) => ({ products: [{ '@id': id }] })
  test.for([
    ['every version', [vex({ ...quiet, ...product('pkg:pypi/A.B') })], 1],
    ['this version', [vex({ ...quiet, ...product('pkg:pypi/a-b@1.0') })], 1],
    ['another version', [vex({ ...quiet, ...product('pkg:pypi/a-b@1.1') })], 0],
    ['another package', [vex({ ...quiet, ...product('pkg:pypi/c') })], 0],
    ['a qualifier that is not so', [vex({ ...quiet, ...product('pkg:pypi/a-b@1.0?os=x') })], 0],
    ['under investigation', [vex({ status: 'under_investigation', ...product('pkg:pypi/a-b') })], 0],
    ['without a reason', [vex({ status: 'not_affected', ...product('pkg:pypi/a-b') })], 0],
    [
      'a part of something else',
      [vex({ ...quiet, products: [{ '@id': 'pkg:oci/x', subcomponents: [{ '@id': 'pkg:pypi/a-b' }] }] })],
      0,
    ],
    [
      'a part of the subject',
      [
        vex({
          ...quiet,
          products: [{ hashes: { 'sha-256': 'f'.repeat(64) }, subcomponents: [{ '@id': 'pkg:pypi/a-b' }] }],
        }),
      ],
      1,
    ],
    [
      'a newer one that says otherwise',
      [
        vex({ ...quiet, ...product('pkg:pypi/a-b') }),
        vex({ status: 'affected', ...product('pkg:pypi/a-b') }, '2026-02-01T00:00:00Z'),
      ],
      0,
    ],
    [
      'two at one time',
      [
        vex({ ...quiet, ...product('pkg:pypi/a-b') }),
        vex({ status: 'affected', ...product('pkg:pypi/a-b') }),
      ],
      0,
    ],
  ] as const)('%s', ([, given, suppressed]) => {
    const outcome = applyVex(
      vulnerability === undefined ? [] : [vulnerability],
      given,
      `sha256:${'f'.repeat(64)}`,
    )
    expect(outcome.suppressed).toHaveLength(suppressed)
    expect(outcome.open).toHaveLength(1 - suppressed)
    // Never out of sight: who said it stands beside it.
    for (const one of outcome.suppressed) expect(one.vex).toMatchObject({ author: 'ours', file: 'v.json' })
  })
  test('no word of anybody puts a malicious package aside', () => {
    const malicious = vulnerability === undefined ? [] : [{ ...vulnerability, isMalicious: true }]
    expect(applyVex(malicious, [vex({ ...quiet, ...product('pkg:pypi/a-b') })]).open).toHaveLength(1)
  })
  test('whatever is brought, it is read without a throw', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        (value) =>
          void readOpenVex({
            '@context': 'https://openvex.dev/ns',
            author: 'a',
            timestamp: '2026-01-01T00:00:00Z',
            statements: [value, { vulnerability: value, products: [value], status: 'fixed' }],
          }),
      ),
    )
  })
})

describe('names', () => {
  const index = new NameIndex({
    known: new Set(['requests', 'tensorflow', 'numpy', 'request']),
    targets: ['requests', 'tensorflow', 'numpy', 'scikit-learn', 'jinja2'],
  })
  test.for([
    ['reqeusts', 'requests'],
    ['requestss', 'requests'],
    ['requ3sts', 'requests'],
    ['tensor-flow', 'tensorflow'],
    ['learn-scikit', 'scikit-learn'],
    ['tensoorlow', 'tensorflow'],
    ['numoy', 'numpy'],
  ] as const)('%s is like %s', ([name, target]) => {
    expect(index.nearest(name)?.target).toBe(target)
  })
  test.for(['requests', 'request', 'numba', 'jinja', 'jinja3', 'torch', 'flask', 'r'] as const)(
    '%s is itself',
    (name) => {
      expect(index.nearest(name)).toBeUndefined()
    },
  )
  test('a distance is the same both ways, and nothing from itself', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (a, b) => {
        expect(distance(a, b, 8)).toBe(distance(b, a, 8))
        expect(distance(a, a, 2)).toBe(0)
      }),
    )
  })
})

test('a record of anything is read or refused, never thrown', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.jsonValue(),
      (a, b) =>
        void readOsv({
          id: 'X-1',
          modified: '2026-01-01T00:00:00Z',
          affected: [a, { package: b, ranges: [a], versions: b }],
          severity: b,
          references: a,
          database_specific: b,
        }),
    ),
  )
})
