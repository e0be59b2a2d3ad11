import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rulePages } from '../docs/rule-pages.ts'

const FOLDER = join(import.meta.dirname, '../../docs/rules')
const pages = await rulePages()

test('docs/rules has a page for every rule, and no other (npm run docs:rules writes them)', () => {
  const there = existsSync(FOLDER)
    ? readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'))
    : []
  expect(there.map((name) => name.replaceAll('\\', '/')).sort()).toEqual([...pages.keys()].sort())
})

test.for([...pages.keys()])(
  'docs/rules/%s says what the rule says (npm run docs:rules writes it)',
  (name) => {
    const path = join(FOLDER, name)
    expect(existsSync(path) ? readFileSync(path, 'utf8') : 'missing').toBe(pages.get(name))
  },
)

test('the pages are the same every time they are made', async () => {
  expect([...(await rulePages())]).toEqual([...pages])
})

test('no example closes the block that it stands in, and no line ends in control characters', () => {
  for (const text of pages.values()) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/)
    expect(openFenceOf(text)).toBe('')
  }
})

/** The fence of a block that does not end: only one as long as its own closes it. */
function openFenceOf(text: string): string {
  let open = ''
  for (const line of text.split('\n')) {
    const fence = /^`{3,}/.exec(line)?.[0] ?? ''
    if (open === '') open = fence
    else if (line === fence && fence.length >= open.length) open = ''
  }
  return open
}
