import type { ModelRule } from '../../rule.ts'
import { onnx, onnxExternal, onnxNode } from './craft-onnx.ts'
import { faultsAsSights } from './graph-sights.ts'

export const onnxReservedKey: ModelRule = {
  id: 'onnx/reserved-key',
  severity: 'high',
  verdict: 'suspicious',
  title: 'A key of the model names an attribute of the loader itself',
  source: 'https://github.com/onnx/onnx/security/advisories/GHSA-538c-55jv-c5g9',
  taxonomy: ['CWE-915', 'CVE-2026-34445'],
  why: 'The onnx package sets the keys of external data as attributes of an object of its own. Names with underscores change how that object behaves, and no exporter writes them.',
  remedy: 'Do not load the file; export the model again from its source.',
  examples: {
    fires: [onnx([onnxNode('Relu'), onnxExternal('w.bin', { __class__: 'x' })])],
    silent: [
      onnx([onnxNode('Relu'), onnxExternal('w.bin', { checksum: 'aa', basepath: '', prepacked_0: 'k|0' })]),
    ],
  },
  check: (subject) => faultsAsSights(subject, 'attribute'),
}
