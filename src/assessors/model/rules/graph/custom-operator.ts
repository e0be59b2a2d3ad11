import type { ModelRule } from '../../rule.ts'
import { onnx, onnxNode } from './craft-onnx.ts'
import { operatorsAsSights } from './graph-sights.ts'

export const graphCustomOperator: ModelRule = {
  id: 'graph/custom-operator',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The graph uses operators that are not known',
  source: 'https://onnxruntime.ai/docs/reference/operators/add-custom-op.html',
  taxonomy: ['CWE-829', 'AML.T0010.001'],
  why: 'An operator that no framework brings is native code or Python that must be installed beside the model. What it does cannot be told from the model.',
  remedy:
    'Find out which library implements the operator, and load the model only with a build of it that you trust.',
  examples: {
    fires: [onnx([onnxNode('Run', 'evil.domain')]), onnx([onnxNode('Unheard', 'ai.onnx.contrib')])],
    silent: [
      onnx([onnxNode('TreeEnsembleClassifier', 'ai.onnx.ml')]),
      onnx(
        [onnxNode('Mine', 'my.functions')],
        [
          [
            25,
            [
              [1, 'Mine'],
              [7, [[4, 'Relu']]],
              [10, 'my.functions'],
            ],
          ],
        ],
      ),
    ],
  },
  check: (subject) => operatorsAsSights(subject, ['custom']),
}
