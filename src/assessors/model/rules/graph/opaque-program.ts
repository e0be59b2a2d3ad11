import type { ModelRule } from '../../rule.ts'
import { onnx, onnxNode } from './craft-onnx.ts'
import { operatorsAsSights } from './graph-sights.ts'

export const graphOpaqueProgram: ModelRule = {
  id: 'graph/opaque-program',
  severity: 'info',
  verdict: 'clean',
  title: 'The model holds a compiled program for one device',
  source: 'https://onnxruntime.ai/docs/execution-providers/EP-Context-Design.html',
  taxonomy: ['CWE-829', 'AML.T0010.001'],
  why: 'A compiled engine or context is machine code of a device. No scanner can say what it does, and its loaders trust it.',
  remedy: 'Build the engine yourself from a model in an open format.',
  examples: {
    fires: [onnx([onnxNode('EPContext', 'com.microsoft')])],
    silent: [onnx([onnxNode('Relu')])],
  },
  check: (subject) => operatorsAsSights(subject, ['opaque']),
}
