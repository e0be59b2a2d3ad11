import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readYaml } from './index.ts'

test('all documents are read, tags apart', async () => {
  const view = await readYaml('a: &x [1, 2]\nb: *x\n---\nc: !!python/name:os.system\nd: !new:a.B {e: 1}\n')
  expect(view.problems).toEqual([])
  expect(view.documents).toEqual([
    { a: [1, 2], b: [1, 2] },
    { c: '', d: { e: 1 } },
  ])
  expect(view.tags.map(({ tag }) => tag)).toEqual(['tag:yaml.org,2002:python/name:os.system', '!new:a.B'])
  expect(view.tags[1]?.line).toBe('d: !new:a.B {e: 1}')
})

test('a tag under a handle of its own is resolved', async () => {
  const view = await readYaml('%TAG !p! tag:yaml.org,2002:python/\n---\na: !p!name:os.system\n')
  expect(view.tags.map(({ tag }) => tag)).toEqual(['tag:yaml.org,2002:python/name:os.system'])
})

test.for([
  [
    'a bomb of aliases',
    `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefgh'].map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefg'[i]}`).join()}]`).join('\n')}`,
    'aliases',
  ],
  ['keys in keys', '? '.repeat(900), 'limit'],
  ['brackets', '['.repeat(100_000), 'limit'],
  ['dashes', `${'- '.repeat(50_000)}a`, 'limit'],
  ['an alias without its anchor', 'a: *b', 'syntax'],
  ['a key twice', 'a: 1\na: 2', 'duplicate'],
  ['a list that is not closed', 'a: [1, 2', 'syntax'],
] as const)('%s is a problem', async ([, text, kind]) => {
  const view = await readYaml(text)
  expect(view.problems.map((problem) => problem.kind)).toContain(kind)
})

test.for([
  ['nested blocks', Array.from({ length: 500 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ['anchors', '&a '.repeat(1000)],
  ['documents', '---\n'.repeat(2000)],
  ['a merge of nothing', 'a: &d\nb:\n  <<: *d\n'],
] as const)('%s give a view', async ([, text]) => {
  expect(Array.isArray((await readYaml(text)).documents)).toBe(true)
})

test('any text is a view, never an exception', async () => {
  const piece = fc.constantFrom(
    'a',
    ':',
    ' ',
    '\n',
    '- ',
    '[',
    ']',
    '{',
    '}',
    '&a ',
    '*a',
    '!!x ',
    '! ',
    '|',
    '>',
    '"',
    "'",
    '#',
    '---\n',
    '<<: ',
    '? ',
    ', ',
    '%TAG ! x\n',
    '\t',
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 40 }),
      async (parts) => {
        expect(Array.isArray((await readYaml(parts.join(''))).tags)).toBe(true)
      },
    ),
    { numRuns: 1000 },
  )
})

test.for([
  ['[? '.repeat(200), 'keys are nested in keys'],
  ['{?\n'.repeat(150), 'keys are nested in keys'],
] as const)('keys in keys inside brackets are not parsed: %s', async ([text, message]) => {
  expect((await readYaml(text)).problems).toMatchObject([{ kind: 'limit', message }])
})

test('a few keys inside brackets are parsed', async () => {
  const { documents, problems } = await readYaml('[{? a : 1}, {? b : 2}, {? c : 3}, {? d : 4}, {? e : 5}]')
  expect(problems).toEqual([])
  expect(documents).toEqual([[{ a: 1 }, { b: 2 }, { c: 3 }, { d: 4 }, { e: 5 }]])
})
