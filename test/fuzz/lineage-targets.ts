import { readModelCard, writeModelCard } from '../../src/formats/model-card/index.ts'
import { readRunEvent } from '../../src/formats/openlineage/index.ts'
import { utf8 } from '../../src/ground/lang/index.ts'

const CARD = `---
language: [en, "no"]
license: apache-2.0
datasets:
- imdb
base_model: org/base
co2_eq_emissions: {emissions: 12, source: CodeCarbon}
model-index:
- name: m
  results:
  - task: {type: text-classification}
    dataset: {type: glue, name: GLUE}
    metrics: [{type: accuracy, value: 0.91}]
widget:
- text: "a: b"
---
# Model

## Limitations
\`\`\`python
# code
\`\`\`
`
const EVENT =
  '{"eventType":"COMPLETE","eventTime":"2026-11-21T10:00:00Z","run":{"runId":"ea041791-68bc-4ae1-bd89-4c8106a157e4","facets":{"parent":{"run":{"runId":"x"}}}},"job":{"namespace":"n","name":"j","facets":{"sourceCodeLocation":{"type":"git","url":"https://h/x"}}},"inputs":[{"namespace":"n","name":"d","facets":{"version":{"datasetVersion":"1"}}}],"outputs":[],"producer":"p"}'

/** Papers of models, and events about runs. */
export const LINEAGE_TARGETS = [
  {
    name: 'model card',
    seeds: [utf8(CARD)],
    run: async (bytes: Uint8Array) => {
      const { card } = readModelCard(Buffer.from(bytes).toString('utf8'))
      const again = readModelCard(writeModelCard(card))
      if (JSON.stringify(again.card) !== JSON.stringify(card))
        throw new Error('a card changed while it was written')
    },
  },
  {
    name: 'OpenLineage event',
    seeds: [utf8(EVENT)],
    run: async (bytes: Uint8Array) => {
      let value: unknown
      try {
        value = JSON.parse(Buffer.from(bytes).toString('utf8'))
      } catch {
        return
      }
      readRunEvent(value)
    },
  },
]
