import { referenceOf } from '../../repository/code-references.ts'
import type { ModelRule } from '../../rule.ts'
import { INERT, jsonExample, withFiles } from './beside.ts'

export const customModule: ModelRule = {
  id: 'repository/custom-module',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'A module of the sentence encoder is code that is not here',
  source: 'https://sbert.net/docs/sentence_transformer/usage/custom_models.html',
  taxonomy: ['CWE-829', 'AML.T0011.000'],
  why: 'modules.json names the classes that Sentence Transformers imports. A class outside its own package is code of this repository, of another one, or of whatever is installed.',
  remedy: 'Load the model without trust_remote_code, or bring the code and read it.',
  examples: {
    fires: [
      withFiles(
        jsonExample('modules.json', [
          { idx: 0, name: '0', path: '', type: 'acme/other--custom_st.Transformer' },
        ]),
      ),
      withFiles(jsonExample('modules.json', [{ idx: 0, name: '0', path: '', type: 'subprocess.Popen' }])),
      withFiles(jsonExample('sentence_bert_config.json', { model_args: { trust_remote_code: true } })),
    ],
    silent: [
      withFiles(
        jsonExample('modules.json', [
          { idx: 0, name: '0', path: '', type: 'sentence_transformers.models.Transformer' },
        ]),
      ),
      withFiles(
        jsonExample('modules.json', [{ idx: 0, name: '0', path: '', type: 'custom_st.Transformer' }]),
        ['custom_st.py', INERT],
      ),
    ],
  },
  check: (subject) => {
    if (subject.kind !== 'repository') return []
    return [...subject.documents].flatMap(([path, document]) => {
      if (/(?:^|\/)sentence_bert_config\.json$/.test(path)) return trustOf(path, document)
      if (!/(?:^|\/)modules\.json$/.test(path) || !Array.isArray(document)) return []
      const types = document
        .map((one: unknown) => fieldOf(one, 'type'))
        .filter((one) => typeof one === 'string')
      return types
        .filter((type) => !/^(?:sentence_transformers|pylate|model2vec)\.(?!.*--)/.test(type))
        .map((type) => referenceOf(subject, { path, key: 'type', reference: type }))
        .filter(({ place }) => place !== 'here')
        .map(({ reference, target, place }) => ({
          path,
          key: reference,
          message: `a module is ${reference}: ${place === 'missing' ? `${target} is not here` : `code of ${target}`}`,
          call: reference,
        }))
    })
  },
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined
}

/** Arguments that are handed to the loader as they stand: the person who loads is not asked. */
function trustOf(path: string, document: unknown): { path: string; key: string; message: string }[] {
  return ['model_args', 'config_args', 'tokenizer_args', 'processor_args']
    .filter((key) => fieldOf(fieldOf(document, key), 'trust_remote_code') === true)
    .map((key) => ({ path, key, message: `${key} tells the loader to trust remote code` }))
}
