import { autoMapReferences } from '../../repository/code-references.ts'
import type { ModelRule } from '../../rule.ts'
import { INERT, jsonExample, withFiles } from './beside.ts'

export const remoteCode: ModelRule = {
  id: 'repository/remote-code',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The configuration points at code that is not here',
  source: 'https://huggingface.co/docs/transformers/main/en/custom_models',
  taxonomy: ['CWE-829', 'AML.T0011.000'],
  why: 'auto_map names Python classes that a loader fetches and runs when it is told to trust remote code. Code of another repository, or a file that is not here, was not read and may change at any time.',
  remedy: 'Load the model without trust_remote_code, or bring the code, read it and pin its revision.',
  examples: {
    fires: [
      withFiles(jsonExample('config.json', { auto_map: { AutoModel: 'acme/other--modeling_acme.Acme' } })),
      withFiles(
        jsonExample('tokenizer_config.json', {
          auto_map: { AutoTokenizer: ['tokenization_acme.Acme', null] },
        }),
      ),
    ],
    silent: [
      withFiles(jsonExample('config.json', { model_type: 'bert', note: 'no auto_map here' })),
      withFiles(jsonExample('config.json', { auto_map: { AutoModel: 'modeling_acme.Acme' } }), [
        'modeling_acme.py',
        INERT,
      ]),
    ],
  },
  check: (subject) => {
    if (subject.kind !== 'repository') return []
    return autoMapReferences(subject).flatMap(({ path, key, reference, place, target }) => {
      if (place === 'here') return []
      const where = place === 'missing' ? `${target} is not in this repository` : `it is code of ${target}`
      return [
        { path, key: `${key} ${reference}`, message: `${key} names ${reference}: ${where}`, call: reference },
      ]
    })
  },
}
