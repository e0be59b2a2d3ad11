import type { ModelRule } from '../../rule.ts'
import { executorch } from './craft-flat.ts'
import { onnx, onnxExternal, onnxNode } from './craft-onnx.ts'
import { openVino } from './craft-openvino.ts'
import { faultsAsSights } from './graph-sights.ts'

export const graphDataRange: ModelRule = {
  id: 'graph/data-range',
  severity: 'high',
  verdict: 'suspicious',
  title: 'A place or size in the model leads outside of it',
  source: 'https://github.com/onnx/onnx/blob/main/docs/ExternalData.md',
  taxonomy: ['CWE-190', 'CWE-125'],
  why: 'Loaders in C++ add such numbers without a check and read or write outside of their memory. No writer makes them.',
  remedy: 'Do not load the file; export the model again from its source.',
  examples: {
    fires: [
      onnx([onnxNode('Relu'), onnxExternal('w', { offset: '-8' })]),
      onnx([onnxNode('Relu'), onnxExternal('w', { length: '99999999999999999999' })]),
      executorch(['aten::add'], [], [[0n, 1n << 40n]]),
      openVino(
        '<layer id="1" name="l" type="Const" version="opset1"><data element_type="f32" offset="-64" size="4" shape="1" /></layer>',
      ),
    ],
    silent: [
      onnx([onnxNode('Relu'), onnxExternal('w', { offset: '4096', length: '16', checksum: 'aa' })]),
      executorch(['aten::add'], [], [[0n, 16n]]),
      openVino(
        '<layer id="1" name="l" type="Const" version="opset1"><data element_type="f32" offset="0" size="4" shape="1" /></layer>',
      ),
    ],
  },
  check: (subject) => faultsAsSights(subject, 'range'),
}
