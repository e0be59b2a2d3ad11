import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { assessFile } from './assess-model.ts'
import { MODEL_RULES } from './rules.ts'

const cases = MODEL_RULES.flatMap((rule) => [
  ...rule.examples.fires.map((example, i) => [rule.id, 'fires', i, example] as const),
  ...rule.examples.silent.map((example, i) => [rule.id, 'stays silent', i, example] as const),
])

test.for(cases)('%s %s on its example %i', async ([id, wanted, , example]) => {
  const file = await assessFile(example.name, sourceOfBytes(example.bytes))
  const found = file.findings.filter(({ ruleId }) => ruleId === id)
  expect(found.length > 0).toBe(wanted === 'fires')
})

test.for(MODEL_RULES.map((rule) => [rule.id, rule] as const))('%s is complete', ([, rule]) => {
  expect(rule.id).toMatch(/^[a-z]+\/[a-z-]+$/)
  expect(rule.source).toMatch(/^https:\/\//)
  expect(rule.taxonomy.length).toBeGreaterThan(0)
  for (const id of rule.taxonomy) expect(id).toMatch(/^(CWE-\d+|CVE-\d{4}-\d+|AML\.T\d{4}(\.\d{3})?)$/)
  expect(rule.examples.fires.length).toBeGreaterThan(0)
  expect(rule.examples.silent.length).toBeGreaterThan(0)
  for (const text of [rule.title, rule.why, rule.remedy]) expect(text.length).toBeGreaterThan(15)
  expect(rule.verdict).not.toBe('clean')
})

test('no two rules share an id', () => {
  expect(new Set(MODEL_RULES.map(({ id }) => id)).size).toBe(MODEL_RULES.length)
})
