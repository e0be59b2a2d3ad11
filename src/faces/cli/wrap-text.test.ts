import fc from 'fast-check'
import { expect, test } from 'vitest'
import { wrapText } from './wrap-text.ts'

test.for([
  ['words', 'one two three four five six seven', 24, ['one two three four five', 'six seven']],
  ['a word too long', 'x'.repeat(30), 24, ['x'.repeat(24), 'x'.repeat(6)]],
  ['wide letters', '日本語'.repeat(5), 24, ['日本語'.repeat(4), '日本語']],
  ['nothing', '', 24, ['']],
  ['a terminal too narrow to read', 'one two three four five', 3, ['one two three four five']],
] as const)('%s', ([, text, columns, lines]) => {
  expect(wrapText(text, columns)).toEqual(lines)
})

test('no letter is lost', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 60 }), (text, columns) => {
      expect(wrapText(text, columns).join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
    }),
  )
})
