import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeStand, normalise, replay } from './replay.ts'

const ROOT = join(import.meta.dirname, '../..')
const GUIDES = join(ROOT, 'docs/guide')
const ALL = ['README.md', ...readdirSync(GUIDES).map((name) => relative(ROOT, join(GUIDES, name)))]
/** What a newcomer reads first; the other guides take a minute more, and a whole run (`SALLYPORT_FULL=1`, as CI has it) runs them all. */
const FIRST = ['README.md', 'docs/guide/first-model.md', 'docs/guide/scan.md', 'docs/guide/verify.md']
const RUN = process.env.SALLYPORT_FULL === '1' ? ALL : FIRST
const PAPERS = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  'examples/README.md',
]

test.for(RUN)('%s shows what its commands print', { timeout: 240_000 }, async (name) => {
  const path = join(ROOT, name)
  const document = readFileSync(path, 'utf8')
  expect(document).toMatch(/^\$ sallyport/m)
  const stand = makeStand()
  try {
    const actual = replay(document, stand)
    // Honest differences are none; anything else is shown as a difference of the file, and `-u` writes it down.
    if (normalise(actual) !== normalise(document)) await expect(actual).toMatchFileSnapshot(path)
  } finally {
    rmSync(stand.folder, { recursive: true, force: true })
  }
})

describe('what stands in a paper is there', () => {
  test.for(PAPERS)('%s: every relative link leads somewhere', (name) => {
    const text = readFileSync(join(ROOT, name), 'utf8').replaceAll(/```[\s\S]*?```/g, '')
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map((match) => match[1] ?? '')
    expect(links.filter((link) => !existsSync(join(ROOT, dirname(name), link)))).toEqual([])
  })

  test('ARCHITECTURE.md keeps to 150 lines, each ADR to 40, and every ADR says what keeps it', () => {
    const lines = (name: string) => readFileSync(join(ROOT, name), 'utf8').split('\n').length
    expect(lines('ARCHITECTURE.md')).toBeLessThanOrEqual(150)
    for (const name of readdirSync(join(ROOT, 'docs/adr'))) {
      expect(lines(`docs/adr/${name}`), name).toBeLessThanOrEqual(40)
      expect(readFileSync(join(ROOT, 'docs/adr', name), 'utf8')).toContain('**Kept by.**')
    }
  })
})

describe('normalise', () => {
  test('leaves words, verdicts, outcomes and small numbers alone', () => {
    const text = '✗ malicious  evil.pkl  54 B\n  deny: 1 of 2 approvals [exit 1]'
    expect(normalise(text)).toBe(text)
  })
  test('makes two runs alike', () => {
    const line = (digit: string) => `sha256:${digit.repeat(64)} at 2026-11-2${digit}T10:00:00.00${digit}Z`
    expect(normalise(line('1'))).toBe(normalise(line('2')))
  })
})
