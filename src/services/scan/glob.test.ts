import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileGlob } from './glob.ts'

/** Milliseconds: what grows with the square of its input takes minutes. */
const SLOW_MS = 60_000

test.for([
  ['*.pkl', 'a.pkl', true],
  ['*.pkl', 'deep/down/a.pkl', true],
  ['*.pkl', 'a.pkl.txt', false],
  ['*.PKL', 'a.pkl', false],
  ['models/*.pkl', 'models/a.pkl', true],
  ['models/*.pkl', 'models/deep/a.pkl', false],
  ['models/*.pkl', 'x/models/a.pkl', false],
  ['models/**', 'models/deep/a.pkl', true],
  ['models/**', 'models', false],
  ['models/', 'models/deep/a.pkl', true],
  ['models/', 'x/models/a.pkl', true],
  ['/models/', 'x/models/a.pkl', false],
  ['a/**/z.bin', 'a/z.bin', true],
  ['a/**/z.bin', 'a/b/c/z.bin', true],
  ['a/**/z.bin', 'a/b/c/z.bin/x', false],
  ['**/z.bin', 'z.bin', true],
  ['./a.bin', 'a.bin', true],
  ['checkpoint-?.pt', 'checkpoint-1.pt', true],
  ['checkpoint-?.pt', 'checkpoint-12.pt', false],
  ['x[0-9].bin', 'x7.bin', true],
  ['x[!0-9].bin', 'x7.bin', false],
  ['x[!0-9].bin', 'xy.bin', true],
  ['x[.bin', 'x[.bin', true],
  ['*.{pt,pth,b{i,o}n}', 'm.bon', true],
  ['*.{pt,pth}', 'm.bin', false],
  ['日本*', '日本語.pkl', true],
  ['*', '.hidden', true],
] as const)('%s means %s: %s', ([pattern, name, wanted]) => {
  expect(compileGlob(pattern)?.(name)).toBe(wanted)
})

test.for(['', '{a,b}'.repeat(20), 'x'.repeat(5000)])('%s is no pattern', (pattern) => {
  expect(compileGlob(pattern)).toBeUndefined()
})

test(
  'a pattern of many stars takes no time on a long name',
  () => {
    expect(compileGlob(`${'*a'.repeat(200)}b`)?.(`${'a'.repeat(20_000)}`)).toBe(false)
    expect(compileGlob(`${'**/a/'.repeat(200)}b`)?.(`${'a/'.repeat(2000)}c`)).toBe(false)
  },
  SLOW_MS,
)

test('any name is meant by itself, written without special characters', () => {
  const part = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((text) => !/[*?[\]{}/\\]|^\.+$/.test(text))
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
      expect(compileGlob(parts.join('/'))?.(parts.join('/'))).toBe(true)
    }),
  )
})
