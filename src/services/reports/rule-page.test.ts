import { describe, expect, test } from 'vitest'
import { hexDump, plainText } from './hex-dump.ts'
import { pageOf, ruleFacts, ruleMarkdown, rulePage, rulesIndex } from './index.ts'

test('bytes are shown as xxd does, around the place that matters, and what is cut says so', () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, i) => i)
  expect(hexDump(Uint8Array.from([0x41, 0, 0xff]), 64)).toEqual([
    '00000000  41 00 ff                                         A..',
  ])
  expect(hexDump(bytes, 32).at(-1)).toBe('… 68 more bytes')
  const middle = hexDump(bytes, 32, 70)
  expect(middle[0]).toBe('… 48 bytes before')
  expect(middle[1]).toMatch(/^00000030 {2}30 31 32/)
  expect(hexDump(new Uint8Array(0), 32)).toEqual([])
})

test.for([
  ['text', 'a\nb\n', ['a', 'b']],
  ['not UTF-8', '\u00ff', undefined],
  ['control characters', 'a\u0000', undefined],
  ['nothing', '', undefined],
] as const)('%s is shown as text or not', ([, latin1, lines]) => {
  expect(plainText(Buffer.from(latin1, 'latin1'), 100)).toEqual(lines)
})

describe('every rule', () => {
  test.for(ruleFacts().map(({ id }) => id))('%s has a page, the same every time', async (id) => {
    const [first, second] = [await rulePage(id), await rulePage(id)]
    expect(first).toEqual(second)
    if (first !== undefined) expect(ruleMarkdown(first)).toContain(`\`${id}\``)
  })

  test('has a line in the index, and every id of its taxonomy leads somewhere', () => {
    const index = rulesIndex(ruleFacts())
    for (const { id, taxonomy } of ruleFacts()) {
      expect(index).toContain(`(${id}.md)`)
      for (const entry of taxonomy) expect(pageOf(entry), entry).toMatch(/^https:/)
    }
  })
})

test('no page holds a whole token', async () => {
  for (const { id } of ruleFacts().filter((rule) => rule.id.startsWith('secret/'))) {
    const page = await rulePage(id)
    const lines = [...(page?.fires ?? []), ...(page?.silent ?? [])].flatMap(({ files }) =>
      files.filter(({ kind }) => kind === 'text').flatMap((file) => file.lines),
    )
    for (const line of lines) expect(line).not.toMatch(/[A-Za-z0-9_+/=-]{20,}/)
  }
})
