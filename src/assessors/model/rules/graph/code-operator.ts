import { example, type ModelRule } from '../../rule.ts'
import { cntk } from './craft-cntk.ts'
import { exported } from './craft-exported.ts'
import { onnx, onnxNode } from './craft-onnx.ts'
import { paddle } from './craft-paddle.ts'
import { symbol } from './craft-symbol.ts'
import { operatorsAsSights } from './graph-sights.ts'

export const graphCodeOperator: ModelRule = {
  id: 'graph/code-operator',
  severity: 'critical',
  verdict: 'malicious',
  title: 'An operator of the graph runs code or reaches an address',
  source: 'https://github.com/microsoft/onnxruntime-extensions/blob/main/docs/development.md',
  taxonomy: ['CWE-94', 'AML.T0011.000'],
  why: 'Some operators are no arithmetic: they call a function of Python, or send the input to an address that the model names.',
  remedy: 'Do not load the model. Ask for an export without such operators.',
  examples: {
    fires: [
      onnx([onnxNode('PyOp', 'ai.onnx.contrib')]),
      onnx([onnxNode('PyReverse', 'ai.onnx.contrib')]),
      onnx([onnxNode('PythonOp', 'com.microsoft')]),
      paddle(['py_func', 'handle', '0']),
      paddle(['send', 'endpoint', 'h:1']),
      symbol('_Native', { info: '0x7f0000000000' }),
      example(
        'a.prototxt',
        'layer { name: "l" type: "Python" python_param { module: "os" layer: "system" param_str: "id" } }',
      ),
      exported('torch.serialization.os.system'),
      exported('torch.ops.aten.add.Tensor', '__import__("os").system("id")'),
      cntk('UserDefinedFunction', { module: 'evil', class: 'Layer' }),
    ],
    silent: [
      onnx([onnxNode('BertTokenizer', 'ai.onnx.contrib')]),
      onnx([onnxNode('FusedConv', 'com.microsoft')]),
      exported('torch.ops.aten.add.Tensor', 'Max(2, s0*FloorDiv(s1, 4))'),
      cntk('PrimitiveFunction', { name: 'UserDefinedFunction' }),
    ],
  },
  check: (subject) => operatorsAsSights(subject, ['code']),
}
