import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readModelCard, sectionAbout, writeModelCard } from './index.ts'

const CARD = `---
language:
- en
- no
license: apache-2.0
library_name: transformers
pipeline_tag: text-generation
tags: [moe, 7b]
datasets: HuggingFaceH4/ultrachat_200k
metrics:
- accuracy
base_model: mistralai/Mistral-7B-v0.1
base_model_relation: finetune
new_version: org/zephyr-2
co2_eq_emissions:
  emissions: 12.5
  source: CodeCarbon
  training_type: fine-tuning
  geographical_location: Quebec
  hardware_used: 1 x A100
widget:
- text: 'Hello: "world"'
model-index:
- name: zephyr
  results:
  - task: {type: text-generation, name: Text Generation}
    dataset: {type: ai2_arc, name: ARC, config: ARC-Challenge, split: test}
    metrics:
    - {type: acc_norm, value: 62.03, name: normalized accuracy, verified: true}
    source: {url: 'https://huggingface.co/x', name: Leaderboard}
---

Intro text.

# Zephyr

## Intended uses & limitations
Chat.

\`\`\`python
# not a heading
\`\`\`

## Bias, Risks, and Limitations ##
It errs.
`

const { card } = readModelCard(CARD)

test('every documented key is read', () => {
  expect(card).toMatchObject({
    languages: ['en', 'no'],
    license: 'apache-2.0',
    libraryName: 'transformers',
    pipelineTag: 'text-generation',
    tags: ['moe', '7b'],
    datasets: ['HuggingFaceH4/ultrachat_200k'],
    metrics: ['accuracy'],
    baseModels: ['mistralai/Mistral-7B-v0.1'],
    baseModelRelation: 'finetune',
    newVersion: 'org/zephyr-2',
    emissions: {
      grams: 12.5,
      source: 'CodeCarbon',
      trainingType: 'fine-tuning',
      location: 'Quebec',
      hardware: '1 x A100',
    },
    evaluations: [
      {
        model: 'zephyr',
        task: { type: 'text-generation', name: 'Text Generation' },
        dataset: { type: 'ai2_arc', name: 'ARC', config: 'ARC-Challenge', split: 'test' },
        metrics: [{ type: 'acc_norm', value: 62.03, name: 'normalized accuracy', isVerified: true }],
        source: { url: 'https://huggingface.co/x', name: 'Leaderboard' },
      },
    ],
    extra: { widget: [{ text: 'Hello: "world"' }] },
  })
})

test('sections are found by their headings, not by comments in code', () => {
  expect(card.sections.map(({ level, title }) => [level, title])).toEqual([
    [0, ''],
    [1, 'Zephyr'],
    [2, 'Intended uses & limitations'],
    [2, 'Bias, Risks, and Limitations'],
  ])
  expect(sectionAbout(card, 'uses')).toContain('# not a heading')
  expect(sectionAbout(card, 'ethics')).toBeUndefined()
})

test('what is written reads as the same card', () => {
  expect(readModelCard(writeModelCard(card))).toEqual({ card, problems: [] })
  expect(writeModelCard(card)).toMatch(/^ +- "no"$/m)
})

describe('any text makes a card that survives being written', () => {
  const yamlish = fc.array(
    fc.oneof(
      fc.constantFrom(
        ...[
          '- ',
          '? ',
          ': ',
          '\n',
          '  ',
          '[',
          ']',
          '{',
          '}',
          '|',
          '>',
          '&a',
          '*a',
          '!!str ',
          '---',
          '"',
          "'",
        ],
        ...[
          'language',
          'tags',
          'model-index',
          'results',
          'metrics',
          'value',
          'type',
          '.nan',
          '-0',
          '1e3',
          '~',
        ],
        ...['co2_eq_emissions', 'emissions', '# ', '## x #', '```', '~~~', '\r\n', '\t', '\u0085', '\u2028'],
      ),
      fc.string({ maxLength: 6, unit: 'binary' }),
    ),
    { maxLength: 40 },
  )
  test('as it stands', () => {
    fc.assert(
      fc.property(yamlish, (parts) => {
        const once = readModelCard(parts.join('')).card
        expect(readModelCard(writeModelCard(once))).toEqual({ card: once, problems: [] })
      }),
      { numRuns: 500 },
    )
  })
  test('as front matter', () => {
    fc.assert(
      fc.property(yamlish, yamlish, (yaml, body) => {
        const once = readModelCard(`---\n${yaml.join('')}\n---\n${body.join('')}`).card
        expect(readModelCard(writeModelCard(once))).toEqual({ card: once, problems: [] })
      }),
      { numRuns: 1500 },
    )
  })
  test('with any JSON under its keys', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('tags', 'license', 'model-index', 'co2_eq_emissions', 'widget', 'x y', '__proto__'),
          fc.jsonValue({ maxDepth: 6 }),
        ),
        (fields) => {
          const once = readModelCard(`---\n${JSON.stringify(fields)}\n---\n`).card
          expect(readModelCard(writeModelCard(once))).toEqual({ card: once, problems: [] })
        },
      ),
      { numRuns: 500 },
    )
  })
})

test.for([
  ['an alias bomb', `a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]`],
  ['an alias', 'a: &a x\ntags: *a'],
  ['keys in keys', '? ? ? a'],
  ['brackets without end', '['.repeat(5000)],
  ['lists without end', '- '.repeat(5000)],
  ['what is no YAML', 'a: b: c'],
  ['a key twice', 'license: mit\nlicense: gpl'],
  ['a list', '- a'],
] as const)('front matter that is %s claims nothing, and says why', ([, yaml]) => {
  const read = readModelCard(`---\n${yaml}\n---\n# Still read\n`)
  expect(read.problems.length).toBe(1)
  expect(read.card).toMatchObject({ tags: [], extra: {}, sections: [{ title: 'Still read' }] })
})

test('a card is bounded in length, values and depth', () => {
  const long = readModelCard(`---\nwidget: [${'1,'.repeat(60_000)}1]\n---\n${'# x\n'.repeat(2000)}`)
  expect(long.problems.length).toBe(1)
  expect(long.card.sections.length).toBeLessThanOrEqual(501)
  expect(readModelCard('x'.repeat(3_000_000)).problems[0]).toContain('only the first')
  expect(readModelCard('---\nlicense: mit\n').problems[0]).toContain('no end')
})
