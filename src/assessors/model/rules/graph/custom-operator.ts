import { example, type ModelRule } from '../../rule.ts'
import { coreMl } from './craft-coreml.ts'
import { exported } from './craft-exported.ts'
import { executorch, ort } from './craft-flat.ts'
import { onnx, onnxNode } from './craft-onnx.ts'
import { openVino } from './craft-openvino.ts'
import { symbol } from './craft-symbol.ts'
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
    fires: [
      onnx([onnxNode('Run', 'evil.domain')]),
      onnx([onnxNode('Unheard', 'ai.onnx.contrib')]),
      coreMl([555, [[10, 'EvilModel']]]),
      coreMl([
        202,
        [
          [
            1,
            [
              [1, 5],
              [
                500,
                [
                  [
                    1,
                    [
                      [1, 'l'],
                      [500, [[10, 'EvilLayer']]],
                    ],
                  ],
                ],
              ],
            ],
          ],
        ],
      ]),
      executorch(['evil::run']),
      executorch(['aten::add'], ['EvilBackend']),
      ort('Run', 'evil.domain'),
      openVino('<layer id="1" name="l" type="Evil" version="extension" />'),
      symbol('Custom', { op_type: 'evil' }),
      example('a.prototxt', 'layer { name: "l" type: "Python" python_param { module: "mine" layer: "L" } }'),
      exported('torch.ops.evil.run.default'),
    ],
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
      coreMl([
        500,
        [
          [
            1,
            [
              [1, 'l'],
              [2, 'x'],
              [140, [[10, 1]]],
            ],
          ],
        ],
      ]),
      ort('Relu'),
      openVino('<layer id="1" name="l" type="Relu" version="opset1" />'),
      symbol('Convolution', { kernel: '(3, 3)' }),
      example(
        'b.prototxt',
        'name: "n"\ninput: "data"\nlayer { name: "c" type: "Convolution" bottom: "data" top: "c" convolution_param { num_output: 4 } }',
      ),
      exported('torch.ops.torchvision.nms.default'),
      exported('_operator.add'),
    ],
  },
  check: (subject) => operatorsAsSights(subject, ['custom']),
}
