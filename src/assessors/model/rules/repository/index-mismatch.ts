import { folderOf } from '../../repository/reached-code.ts'
import type { ModelRule } from '../../rule.ts'
import { jsonExample, withFiles } from './beside.ts'
import { weightFiles } from './index-escape.ts'

export const indexMismatch: ModelRule = {
  id: 'repository/index-mismatch',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'An index of safetensors names a pickle',
  source: 'https://huggingface.co/docs/transformers/main/en/big_models',
  taxonomy: ['CWE-502', 'CWE-807', 'AML.T0011.000'],
  why: 'The index says safetensors, which cannot run code; the file that it names is of a kind that can. No writer makes such an index.',
  remedy: 'Load only the safetensors files, by name.',
  examples: {
    fires: [
      withFiles(jsonExample('model.safetensors.index.json', { weight_map: { a: 'pytorch_model.bin' } })),
    ],
    silent: [
      withFiles(
        jsonExample('pytorch_model.bin.index.json', {
          weight_map: { a: 'pytorch_model-00001-of-00002.bin' },
        }),
      ),
    ],
  },
  check: (subject) =>
    subject.kind !== 'repository'
      ? []
      : weightFiles(subject)
          .filter(({ path }) => /safetensors\.index[\w.-]*\.json$/.test(path))
          .flatMap(({ path, files }) =>
            files
              .filter((file) => /\.(?:bin|pt|pth|pkl|pickle|ckpt|joblib)$/i.test(file))
              .map((file) => ({ path, key: file, message: `names the pickle ${folderOf(path)}${file}` })),
          ),
}
