import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import type { Subject } from './rule.ts'
import { RULE_FAMILIES, rulesFor } from './rule-families.ts'
import { MODEL_RULES } from './rules.ts'

/** Every kind there is: the compiler finds one that is missing. */
const KINDS = Object.keys({
  pickle: 0,
  zip: 0,
  safetensors: 0,
  gguf: 0,
  text: 0,
  container: 0,
  config: 0,
  template: 0,
  document: 0,
  python: 0,
  shell: 0,
  notebook: 0,
  'compiled-python': 0,
  requirements: 0,
  repository: 0,
  java: 0,
  pmml: 0,
  spark: 0,
  torch7: 0,
  catboost: 0,
  lightgbm: 0,
  xgboost: 0,
  msgpack: 0,
  skops: 0,
  torchscript: 0,
  graph: 0,
  xml: 0,
  hdf5: 0,
  keras: 0,
  tensorflow: 0,
  tflite: 0,
  rdata: 0,
  npy: 0,
} satisfies Record<Subject['kind'], 0>) as Subject['kind'][]

const rulesFolder = join(import.meta.dirname, 'rules')

/** Files of a family, and what they import of other families that is no rule itself: ways to look at a subject. */
function filesOf(folder: string): ReadonlySet<string> {
  const files = new Set(
    readdirSync(join(rulesFolder, folder), { recursive: true })
      .map((name) => join(rulesFolder, folder, String(name)))
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')),
  )
  for (const file of files)
    for (const [, from = ''] of readFileSync(file, 'utf8').matchAll(/from '(\.[^']+)'/g)) {
      const other = join(dirname(file), from)
      if (other.startsWith(rulesFolder) && !/: ModelRule = \{/.test(readFileSync(other, 'utf8')))
        files.add(other)
    }
  return files
}

/** Kinds that the files of a family compare with: what a rule reads of a subject, it can only read after that. */
function kindsAskedIn(folder: string): readonly string[] {
  const texts = [...filesOf(folder)].map((file) => readFileSync(file, 'utf8'))
  const words = texts.flatMap((text) => [
    ...text.matchAll(/kind\b[^'\n]{0,12}[!=]==?\s*'([\w-]+)'|case '([\w-]+)'/g),
  ])
  expect(texts.join('\n')).not.toMatch(/(?:has|includes)\(subject\.kind\)/)
  return words.map(([, one, other]) => one ?? other ?? '')
}

test.for(RULE_FAMILIES)('$folder is asked about every kind that its rules look at', ({ folder, kinds }) => {
  const asked = new Set(kindsAskedIn(folder).filter((word) => KINDS.some((kind) => kind === word)))
  expect(asked.size).toBeGreaterThan(0)
  for (const kind of asked) expect(kinds).toContain(kind)
})

test('every folder of rules is a family, and every rule is asked about some kind', () => {
  const folders = readdirSync(rulesFolder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  expect(RULE_FAMILIES.map(({ folder }) => folder).sort()).toEqual(folders.map(({ name }) => name).sort())
  const asked = new Set(KINDS.flatMap((kind) => rulesFor(kind)))
  expect(MODEL_RULES.filter((rule) => !asked.has(rule))).toEqual([])
})
