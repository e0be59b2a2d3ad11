import type { ModelRule } from '../../rule.ts'
import { coreMl, coreMlProgram } from './craft-coreml.ts'
import { referencesAsSights } from './graph-sights.ts'

export const graphLinkedModel: ModelRule = {
  id: 'graph/linked-model',
  severity: 'low',
  verdict: 'suspicious',
  title: 'The model loads another model from the disk',
  source: 'https://apple.github.io/coremltools/mlmodel/Format/LinkedModel.html',
  taxonomy: ['CWE-829', 'AML.T0010.003'],
  why: 'What is loaded in the end stands in another file, which was not looked at with this one.',
  remedy: 'Scan the linked model too, and keep the two together.',
  examples: {
    fires: [
      coreMl([
        556,
        [
          [
            1,
            [
              [1, [[1, 'other.mlmodelc']]],
              [2, [[1, ':.']]],
            ],
          ],
        ],
      ]),
    ],
    silent: [coreMlProgram('@model_path/weights/weight.bin')],
  },
  check: (subject) =>
    referencesAsSights(subject, ({ role, escape: reason }) => role === 'model' && reason === undefined),
}
