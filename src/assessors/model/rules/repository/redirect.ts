import { valuesOf } from '../../repository/code-references.ts'
import type { ModelRule } from '../../rule.ts'
import { jsonExample, withFiles } from './beside.ts'

export const redirect: ModelRule = {
  id: 'repository/redirect',
  severity: 'info',
  verdict: 'clean',
  title: 'The configuration leads to another model',
  source: 'https://www.protectai.com/blog/hugging-face-protect-ai-six-months-in',
  taxonomy: ['CWE-829', 'CWE-353'],
  why: 'Adapters and fine-tuned models name the model that they come from. A loader fetches it from there, and what it fetches was not looked at here.',
  remedy: 'Scan the base model too, and pin its revision.',
  examples: {
    fires: [withFiles(jsonExample('adapter_config.json', { base_model_name_or_path: 'acme/base-7b' }))],
    silent: [withFiles(jsonExample('adapter_config.json', { peft_type: 'LORA' }))],
  },
  check: (subject) => {
    if (subject.kind !== 'repository') return []
    return [...subject.documents].flatMap(([path, document]) =>
      valuesOf(document).flatMap(({ key, value }) => {
        if (typeof value !== 'string' || value === '') return []
        const isBase = key === 'base_model_name_or_path'
        // Its own name stands there in most models; an address does not.
        const isAddress = key === '_name_or_path' && /:\/\/|^[/~]|\.\.\//.test(value)
        return isBase || isAddress ? [{ path, key: `${key} ${value}`, message: `${key} is ${value}` }] : []
      }),
    )
  },
}
