import { folderOf } from '../../repository/reached-code.ts'
import type { ModelRule } from '../../rule.ts'
import { jsonExample, withFiles } from './beside.ts'
import { weightFiles } from './index-escape.ts'

export const missingWeights: ModelRule = {
  id: 'repository/missing-weights',
  severity: 'info',
  verdict: 'clean',
  title: 'Weights that the index names are not here',
  source: 'https://huggingface.co/docs/transformers/main/en/big_models',
  taxonomy: ['CWE-353'],
  why: 'What is not here was not looked at; a loader fetches it from elsewhere or fails.',
  remedy: 'Scan the whole model.',
  examples: {
    fires: [
      withFiles(
        jsonExample('model.safetensors.index.json', {
          weight_map: { a: 'model-00001-of-00002.safetensors' },
        }),
      ),
    ],
    silent: [withFiles(jsonExample('model.safetensors.index.json', { metadata: {} }))],
  },
  check: (subject) =>
    subject.kind !== 'repository'
      ? []
      : weightFiles(subject).flatMap(({ path, files }) => {
          const missing = files.filter((file) => !subject.names.has(`${folderOf(path)}${file}`))
          return missing.length === 0
            ? []
            : [
                {
                  path,
                  key: 'missing',
                  message: `${missing.length} of ${files.length} files are not here, the first is ${missing[0]}`,
                },
              ]
        }),
}
