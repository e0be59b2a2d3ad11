import type { WirePart } from '../../craft-wire.ts'
import type { ModelRule } from '../../rule.ts'
import { onnx } from './craft-onnx.ts'
import { faultsAsSights } from './graph-sights.ts'

const TEBI = 2n ** 40n

export const onnxExhaustingOperator: ModelRule = {
  id: 'onnx/exhausting-operator',
  severity: 'high',
  verdict: 'suspicious',
  title: 'An operator makes more numbers than memory can hold',
  source: 'https://onnxruntime.ai/docs/performance/model-optimizations/graph-optimizations.html',
  taxonomy: ['CWE-400', 'CWE-789', 'AML.T0029'],
  why: 'A few constants in the file ask for a tensor of billions of members. Sessions compute what depends on constants alone while they load, so that loading the model takes the machine down.',
  remedy: 'Do not load the file; export the model again from its source.',
  examples: {
    fires: [
      onnx([node('ConstantOfShape', ['s']), integers('s', [2n ** 20n, 2n ** 20n])]),
      onnx([constant('s', [TEBI]), node('Expand', ['x', 's'])]),
      onnx([integers('s', [TEBI]), node('Identity', ['s'], 't'), node('Tile', ['x', 't'])]),
      onnx([node('Range', ['a', 'b', 'c']), integers('a', [0n]), integers('b', [TEBI]), integers('c', [1n])]),
      onnx([node('Pad', ['x', 's']), integers('s', [0n, 0n, TEBI, 0n])]),
    ],
    silent: [
      onnx([node('ConstantOfShape', ['s']), integers('s', [1n, 4096n, 4096n])]),
      onnx([constant('s', [-1n, 1n, 4096n]), node('Expand', ['x', 's'])]),
      onnx([node('Range', ['a', 'b', 'c']), integers('a', [0n]), integers('b', [512n]), integers('c', [1n])]),
      onnx([node('Slice', ['x', 's']), integers('s', [2n ** 63n - 1n])]),
    ],
  },
  check: (subject) => faultsAsSights(subject, 'result'),
}

function node(operator: string, inputs: readonly string[], output = 'y'): WirePart {
  return [1, [...inputs.map((name) => [1, name] as const), [2, output], [4, operator]]]
}

/** A TensorProto of INT64. */
function integers(name: string, numbers: readonly bigint[]): WirePart {
  return [5, [[1, numbers.length], [2, 7], ...numbers.map((number) => [7, number] as const), [8, name]]]
}

function constant(output: string, numbers: readonly bigint[]): WirePart {
  const [, tensor] = integers('', numbers)
  const value = [
    5,
    [
      [1, 'value'],
      [5, tensor],
      [20, 4],
    ],
  ] as const
  return [1, [[2, output], [4, 'Constant'], value]]
}
