import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffLines } from './diff-lines.ts'

const show = (before: string, after: string) =>
  diffLines(before, after, 1000).lines.map(({ sign, text }) => sign + text)

test.for([
  ['nothing', 'a\nb', 'a\nb', []],
  ['one line between', 'a\nc', 'a\nb\nc', [' a', '+b', ' c']],
  ['one line gone', 'a\nb\nc', 'a\nc', [' a', '-b', ' c']],
  ['one line changed', 'x\ny\nz', 'x\nq\nz', [' x', '-y', '+q', ' z']],
  ['from nothing', '', 'a\nb\n', ['+a', '+b']],
  ['to nothing', 'a', '', ['-a']],
  ['far lines are left out', '1\n2\n3\n4\n5\nx', '1\n2\n3\n4\n5\ny', [' 4', ' 5', '-x', '+y']],
] as const)('%s', ([, before, after, lines]) => {
  expect(show(before, after)).toEqual(lines)
})

const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 40 })

test('what is kept and new makes the text after, what is kept and gone the text before, and no shorter way is missed', () => {
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      // A line before and after everything, so that nothing of the whole is out of sight.
      const all = (list: readonly string[]) => list.flatMap((line, i) => [line, `#${i % 2}`])
      const [old, fresh] = [all(before), all(after)]
      const found = diffLines(
        old.map((line) => `${line}\n`).join(''),
        fresh.map((line) => `${line}\n`).join(''),
        10_000,
      ).lines
      const gone = found.filter(({ sign }) => sign === '-').length
      const added = found.filter(({ sign }) => sign === '+').length
      expect(added - gone).toBe(fresh.length - old.length)
      expect(gone + added).toBe(old.length + fresh.length - 2 * longestCommon(old, fresh))
    }),
    { numRuns: 2000 },
  )
})

/** The textbook's table. */
function longestCommon(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0)
  for (const item of a) {
    const next = [0]
    for (const [j, other] of b.entries())
      next.push(item === other ? (row[j] ?? 0) + 1 : Math.max(row[j + 1] ?? 0, next[j] ?? 0))
    row = next
  }
  return row[b.length] ?? 0
}

test('a text with more changes than are followed is shown all the same, and cut where it is too long', () => {
  const before = Array.from({ length: 3000 }, (_, i) => `old ${i}`).join('\n')
  const after = Array.from({ length: 3000 }, (_, i) => `new ${i}`).join('\n')
  const { lines: shown, cut } = diffLines(before, after, 300)
  expect(cut).toBe(true)
  expect(shown).toHaveLength(300)
})
