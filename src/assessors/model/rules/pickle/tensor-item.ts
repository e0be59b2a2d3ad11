import { example, type ModelRule } from '../../rule.ts'
import { describeSights } from './sights.ts'

const STORAGE = '(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuK\x01tQ'
const TENSOR = `ctorch._utils\n_rebuild_tensor_v2\n(${STORAGE}K\0K\x01\x85K\x01\x85\x89ccollections\nOrderedDict\n)RtR`

export const tensorItem: ModelRule = {
  id: 'pickle/tensor-item',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The file sets items on a tensor while it is loaded',
  source: 'https://nvd.nist.gov/vuln/detail/CVE-2026-24747',
  taxonomy: ['CWE-502', 'CWE-787', 'CVE-2026-24747', 'AML.T0011.000'],
  why: 'Picklers set items on dicts only. On a tensor they write into its memory at an index of the file, which the unpickler of torch.load with weights_only took before PyTorch 2.10.',
  remedy: 'Do not load the file. Ask the publisher for the weights as safetensors.',
  examples: {
    fires: [example('a.pkl', `\x80\x02${TENSOR}K\0K\x01s.`)],
    silent: [
      example('a.pkl', `\x80\x02}X\x01\0\0\0w${TENSOR}s.`),
      example('b.pkl', `\x80\x02ccollections\nOrderedDict\n)RX\x01\0\0\0w${TENSOR}s.`),
    ],
  },
  check: (subject) =>
    subject.kind === 'pickle'
      ? describeSights('sets items on a tensor:', subject.facts.sights.tensorItems)
      : [],
}
