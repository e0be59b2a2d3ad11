import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readModelCard, writeModelCard } from '../../formats/model-card/index.ts'
import { digestOfJson } from '../../ground/domain/index.ts'
import type { BomFacts } from '../bom/index.ts'
import { composeCard } from './index.ts'
import { safeMarkdown, safeWords } from './safe-markdown.ts'

const AT = '2026-11-21T10:00:00.000Z'
const MODEL = digestOfJson('m')
const HUB = digestOfJson('h')
const facts = (readme: string, name = 'bert'): BomFacts => ({
  ...{ version: '1.0.0', at: AT, name, digest: MODEL, omsRoot: 'a'.repeat(64), config: {}, claims: [] },
  files: [{ name: 'm.bin', size: 1, sha256: 'b'.repeat(64) }],
  card: readModelCard(readme).card,
  ...{ provenance: [], vulns: [], tests: [], dependencies: [] },
  lineage: {
    start: MODEL,
    isCut: false,
    nodes: [
      { id: MODEL, kind: 'model', name, claimed: false, step: 0 },
      { id: HUB, kind: 'hub-model', name: 'org/base@main', claimed: false, step: -1 },
    ],
    links: [
      { from: HUB, to: MODEL, relation: 'fine-tune', claimed: false, statement: digestOfJson('s'), at: AT },
    ],
  },
})

test('what is proven is added, the claims stay, and composing again replaces its own part only', () => {
  const once = composeCard(facts('---\nlicense: mit\nwidget: [1]\n---\n# Own\n\nText.\n'))
  expect(once).toMatchObject({ license: 'mit', extra: { widget: [1] }, baseModels: ['org/base'] })
  const text = writeModelCard(once)
  expect(text).toContain(`- Identity: \`${MODEL}\` (1 file)`)
  expect(text).toContain('- Scan: none')
  expect(text).toMatch(/- Made from: org\/base@main `sha256:[0-9a-f]{64}`, fine-tune/)
  expect(readModelCard(text).card).toEqual(once)
  expect(composeCard(facts(text)).sections).toEqual(once.sections)
})

test.for([
  ['a script', '<script>alert(1)</script>'],
  ['a handler', '<img src=x onerror=alert(1)>'],
  ['a comment', '<!-- x --><b>'],
  ['a script in what may be code', '```a`b\n<script>x</script>\n'],
  ['a link that runs', '[x](javascript:alert(1))'],
  ['a link that runs, spelt with entities', '[x](&#106;avascript:alert(1))'],
  ['a link that runs, by reference', '[x]\n\n[x]: javascript:alert(1)'],
  ['a picture of data', '![x](data:text/html;base64,AAAA)'],
] as const)('%s in the original becomes text', ([, hostile]) => {
  const text = writeModelCard(composeCard(facts(`# A\n${hostile}\n`, '<script>')))
  expect(text).not.toMatch(/<[a-z!/?]/i)
  expect(text).not.toMatch(/\]\([^)]*(javascript|data|&#)/i)
  expect(text).not.toMatch(/\]:\s*javascript/i)
})

test('harmless Markdown is left alone', () => {
  for (const text of [
    'if a < b',
    '<https://example.org/x>',
    '[x](https://e.org/a?b=c)',
    '[y](./LICENSE)',
    '[z](#uses)',
  ])
    expect(safeMarkdown(text)).toBe(text)
})

test('no text leaves a tag behind, and safe text stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const safe = safeMarkdown(text)
      expect(safe.replaceAll(/<https?:\/\/[^\s<>"']*>/g, '')).not.toMatch(/<[A-Za-z/!?]/)
      expect(safeMarkdown(safe)).toBe(safe)
      expect(safeWords(text)).not.toMatch(/[\n<]/)
    }),
  )
})
