import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { SallyportError } from '../../ground/lang/index.ts'
import { parseSuppressions } from './parse-suppressions.ts'

const GOOD = `schemaVersion: 1
suppressions:
  - rule: pickle/unknown-import
    path: "models/*.pkl"
    owner: ada@example.org
    reason: our own encoder, read on 2026-11-01
    until: 2026-12-31
  - rule: pickle/active-import
    fingerprint: 0123456789012345
    owner: ada@example.org
    reason: a test file
    until: 2026-12-31
`

function problemOf(text: string): string {
  try {
    parseSuppressions(text, 'ignore.yaml')
  } catch (error) {
    if (error instanceof SallyportError) return error.message
    throw error
  }
  return 'accepted'
}

test('a good file is read as it stands, dates and digits as text', () => {
  const [first, second] = parseSuppressions(GOOD, 'ignore.yaml')
  expect(first).toMatchObject({ rule: 'pickle/unknown-import', until: '2026-12-31', line: 3 })
  expect(first?.matchesPath?.('models/a.pkl')).toBe(true)
  expect(second).toMatchObject({ fingerprint: '0123456789012345', line: 8 })
})

const ajv = new Ajv2020()
addFormats.default(ajv)
const isSuppressions = ajv.compile(
  JSON.parse(
    readFileSync(new URL('../../../catalog/schemas/suppressions.schema.json', import.meta.url), 'utf8'),
  ),
)

test('the schema for editors accepts what the parser accepts', () => {
  expect(isSuppressions(parse(GOOD.replace('0123456789012345', '"0123456789012345"')))).toBe(true)
  expect(isSuppressions(parse(GOOD.replace('owner', 'author')))).toBe(false)
})

const BAD = [
  ['no owner', GOOD.replace('    owner: ada@example.org\n', ''), 'ignore.yaml:3:5 a suppression needs owner'],
  ['no reason', GOOD.replace(/ {4}reason: our.*\n/, ''), 'ignore.yaml:3:5 a suppression needs reason'],
  [
    'an empty reason',
    GOOD.replace(/reason: our.*/, 'reason: " "'),
    'ignore.yaml:3:5 a suppression needs reason',
  ],
  ['no end', GOOD.replace('    until: 2026-12-31\n', ''), 'ignore.yaml:3:5 a suppression needs until'],
  [
    'a day that is none',
    GOOD.replace('2026-12-31', '2026-02-30'),
    'ignore.yaml:7:12 until is a day, YYYY-MM-DD',
  ],
  ['for ever', GOOD.replace('2026-12-31', 'never'), 'ignore.yaml:7:12 until is a day, YYYY-MM-DD'],
  [
    'neither path nor fingerprint',
    GOOD.replace(/ {4}path.*\n/, ''),
    'ignore.yaml:3:5 a suppression names a path or',
  ],
  [
    'a short fingerprint',
    GOOD.replace('0123456789012345', 'abc'),
    'ignore.yaml:9:18 a fingerprint has 16 hex digits',
  ],
  ['an unknown word', GOOD.replace('owner', 'author'), 'ignore.yaml:5:5 there is no "author"'],
  ['a list for a text', GOOD.replace('ada@example.org', '[a, b]'), 'ignore.yaml:5:5 owner must be text'],
  [
    'another version',
    GOOD.replace('schemaVersion: 1', 'schemaVersion: 2'),
    'ignore.yaml:1:1 schemaVersion must be 1',
  ],
  ['broken YAML', GOOD.replace('reason: our', 'reason: "our'), /^ignore\.yaml:\d+:\d+ /],
  ['no map', '- a\n', 'ignore.yaml:1:1 a suppressions file is a map'],
  ['nothing', '', 'ignore.yaml:1:1 a suppressions file is a map'],
  ['no list', 'schemaVersion: 1\nsuppressions: 7\n', 'ignore.yaml:1:1 suppressions must be a list'],
  ['a key twice', GOOD.replace('    owner', '    rule: x/y\n    owner'), /^ignore\.yaml:5:\d+ /],
] as const

test.for(BAD)('%s is refused with line and column', ([, text, wanted]) => {
  if (typeof wanted === 'string') expect(problemOf(text)).toContain(wanted)
  else expect(problemOf(text)).toMatch(wanted)
})
