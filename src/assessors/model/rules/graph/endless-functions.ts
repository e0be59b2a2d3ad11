import type { WirePart } from '../../craft-wire.ts'
import type { ModelRule } from '../../rule.ts'
import { onnx, onnxNode } from './craft-onnx.ts'
import { faultsAsSights } from './graph-sights.ts'

export const onnxEndlessFunctions: ModelRule = {
  id: 'onnx/endless-functions',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The functions of the model never end when they are inlined',
  source: 'https://onnx.ai/onnx/repo-docs/IR.html#functions',
  taxonomy: ['CWE-674', 'CWE-776', 'AML.T0029'],
  why: 'Loaders replace each call of a function by its nodes. Functions that call themselves, or each other many times over, take all memory or the stack of the process. The format forbids the first, and no exporter makes the second.',
  remedy: 'Do not load the file; export the model again from its source.',
  examples: {
    fires: [
      onnx([onnxNode('A', 'f')], [body('A', ['A'])]),
      onnx([onnxNode('A', 'f')], [body('A', ['B']), body('B', ['C']), body('C', ['A'])]),
      onnx(
        [onnxNode('F0', 'f')],
        [...Array(12).keys()].map((i) => body(`F${i}`, Array(8).fill(`F${i + 1}`))),
      ),
    ],
    silent: [
      onnx([onnxNode('A', 'f')], [body('A', ['B', 'B']), body('B', ['C']), body('C', [])]),
      onnx([onnxNode('A', 'f')], [body('A', ['A', 'A'], 'inner'), body('A', [], undefined, 'inner')]),
    ],
  },
  check: (subject) => faultsAsSights(subject, 'expansion'),
}

/** A FunctionProto that calls others, of one overload each (IR version 10). */
function body(name: string, calls: readonly string[], calledOverload = '', overload = ''): WirePart {
  const nodes = calls.map((call) => onnxNode(call, 'f', [[8, calledOverload]]))
  return [25, [[1, name], ...nodes.map(([, node]) => [7, node] as const), [10, 'f'], [13, overload]]]
}
