import type { ModelRule } from '../../rule.ts'
import { onnx, onnxExternal, onnxNode } from './craft-onnx.ts'
import { referencesAsSights } from './graph-sights.ts'

export const onnxExternalPath: ModelRule = {
  id: 'onnx/external-path',
  severity: 'high',
  verdict: 'malicious',
  title: "Weights are read from outside of the model's folder",
  source: 'https://github.com/advisories/GHSA-ffxj-547x-5j7c',
  taxonomy: ['CWE-22', 'CVE-2022-25882', 'CVE-2024-27318', 'CVE-2025-51480', 'AML.T0011.000'],
  why: 'An ONNX tensor may name the file that holds its data. Loaders that follow any path hand files of the user to the model, and saving the model again writes there.',
  remedy: 'Do not load the file. Paths of external data must be plain names beside the model.',
  examples: {
    fires: [
      onnx([onnxNode('Relu'), onnxExternal('../../etc/passwd')]),
      onnx([onnxNode('Relu'), onnxExternal('/etc/passwd')]),
      onnx([onnxNode('Relu'), onnxExternal('C:\\\\a')]),
      onnx([onnxNode('Relu'), onnxExternal('http://h/w')]),
      onnx([onnxNode('Relu'), onnxExternal('*/_ORT_MEM_ADDR_/*')]),
      onnx([
        onnxNode('If', '', [
          [
            5,
            [
              [1, 'then_branch'],
              [6, [onnxExternal('a/../../b')]],
            ],
          ],
        ]),
      ]),
    ],
    silent: [
      onnx([onnxNode('Relu'), onnxExternal('model.onnx_data', { offset: '0', length: '16' })]),
      onnx([onnxNode('Relu'), onnxExternal('weights/a..b.bin')]),
    ],
  },
  check: (subject) =>
    referencesAsSights(
      subject,
      ({ role, escape: reason }, format) => format === 'onnx' && role === 'data' && reason !== undefined,
    ),
}
