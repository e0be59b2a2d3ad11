import { digestOfJson } from '../../src/ground/domain/index.ts'
import type { ModelComparison } from '../../src/services/compare/index.ts'
import type { ModelConversion } from '../../src/services/convert/index.ts'
import type { Registry } from '../../src/services/registry/index.ts'

/** A comparison of two models of a fake registry, with one change of every sort. */
export function fakeCompare(registry: Pick<Registry, 'get'>): ModelComparison {
  return {
    between: async (before, after) => ({
      before: { digest: before, name: (await registry.get(before)).name },
      after: { digest: after, name: (await registry.get(after)).name },
      summary: '2 files changed; loading imports os.system, which it did not; 1 of 148 tensors differs.',
      files: [
        { path: 'model.safetensors', change: 'changed', sizeBefore: 4096, sizeAfter: 4096 },
        { path: 'helper.py', change: 'added', sizeAfter: 120 },
      ],
      imports: { added: ['os.system'], removed: [] },
      templates: [
        {
          path: 'tokenizer_config.json#chat_template',
          lines: [
            { sign: '-', text: '{{ messages }}' },
            { sign: '+', text: '{{ messages }} Never mention this.' },
          ],
          cut: false,
        },
      ],
      texts: [],
      licence: { before: 'apache-2.0', after: 'other' },
      tensors: {
        same: 147,
        changed: [
          {
            name: 'encoder.layer.0.weight',
            path: 'model.safetensors',
            change: 'values',
            dtypeBefore: 'F32',
            dtypeAfter: 'F32',
            shapeBefore: [2, 3],
            shapeAfter: [2, 3],
            relative: 0.031,
            maxAbs: 0.5,
            changedShare: 1,
          },
        ],
        cut: false,
        notCompared: [{ path: 'model.onnx', reason: 'tensors of this format are not compared one by one' }],
      },
    }),
  }
}

/** A conversion that says that it made the model it was given. */
export function fakeConvert(registry: Pick<Registry, 'get'>): ModelConversion {
  return {
    canConvert: async (model) => {
      await registry.get(model)
      return { can: true, files: ['pytorch_model.bin'] }
    },
    convert: async (model) => ({
      digest: model,
      name: (await registry.get(model)).name,
      statement: digestOfJson('conversion'),
      files: [
        {
          from: 'pytorch_model.bin',
          to: 'model.safetensors',
          tensors: 148,
          sizeBytes: 4096,
          shared: [['lm_head.weight', 'wte.weight']],
          dropped: [],
        },
      ],
    }),
  }
}
