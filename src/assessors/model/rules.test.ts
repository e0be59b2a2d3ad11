import { expect, test } from 'vitest'
import type { Finding } from '../../ground/domain/index.ts'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { assessFile } from './assess-model.ts'
import { assessRepository } from './assess-repository.ts'
import type { Example } from './rule.ts'
import { MODEL_RULES } from './rules.ts'

/** Every file for itself, and all together when there are several. */
async function assessExample(example: Example): Promise<readonly Finding[]> {
  const files = [example, ...(example.beside ?? [])]
  const bytesOf = (name: string) => files.find((file) => file.name === name)?.bytes ?? new Uint8Array(0)
  const alone = await Promise.all(files.map(({ name, bytes }) => assessFile(name, sourceOfBytes(bytes))))
  const together =
    files.length === 1
      ? []
      : await assessRepository({
          files: files.map(({ name, bytes }) => ({ name, sizeBytes: bytes.length })),
          withFile: (name, use) => use(sourceOfBytes(bytesOf(name))),
        })
  return [...alone, ...together].flatMap(({ findings }) => findings)
}

const cases = MODEL_RULES.flatMap((rule) => [
  ...rule.examples.fires.map((example, i) => [rule.id, 'fires', i, example] as const),
  ...rule.examples.silent.map((example, i) => [rule.id, 'stays silent', i, example] as const),
])

test.for(cases)('%s %s on its example %i', async ([id, wanted, , example]) => {
  const found = (await assessExample(example)).filter(({ ruleId }) => ruleId === id)
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
  // A note may leave a file clean; what matters may not.
  expect(rule.verdict === 'clean').toBe(rule.severity === 'info')
})

test('no two rules share an id', () => {
  expect(new Set(MODEL_RULES.map(({ id }) => id)).size).toBe(MODEL_RULES.length)
})
