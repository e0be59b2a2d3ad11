import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { attackPage } from './attack-page.ts'
import { ATTACKS, judge } from './published.ts'
import { UNDISCLOSED } from './undisclosed.ts'

describe('published attacks', () => {
  test.for(ATTACKS.map((attack, i) => [attack.ids.join(' '), attack.title, i, attack] as const))(
    '%s: %s (%i)',
    async ([, , , attack]) => {
      const { verdict, files } = await judge(attack)
      const said = files.map(({ path, findings, coverage }) => [
        path,
        findings.map(({ message }) => message),
        coverage,
      ])
      expect(verdict, JSON.stringify(said)).toBe(attack.wanted)
    },
  )

  test('what is not wanted to be malicious says why', () => {
    expect(ATTACKS.filter(({ wanted, why }) => (wanted === 'malicious') === (why !== undefined))).toEqual([])
  })

  test('no id is both published and undisclosed', () => {
    const published = new Set(ATTACKS.flatMap(({ ids }) => ids))
    expect(UNDISCLOSED.flatMap(([ids]) => ids.split(' ')).filter((id) => published.has(id))).toEqual([])
  })
})

test('docs/known-attacks.md says what the table says (npm run docs:attacks writes it)', {
  timeout: 60_000,
}, async () => {
  expect(readFileSync(join(import.meta.dirname, '../../docs/known-attacks.md'), 'utf8')).toBe(
    await attackPage(),
  )
})
