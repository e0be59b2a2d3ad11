import { craftZip } from '../../craft-zip.ts'
import type { ModelRule } from '../../rule.ts'
import { observeAnomalies } from './zip-anomaly.ts'

export const zipDuplicate: ModelRule = {
  id: 'zip/duplicate-member',
  severity: 'high',
  verdict: 'suspicious',
  title: 'A name stands twice in the archive',
  source: 'https://github.com/pytorch/pytorch/blob/main/caffe2/serialize/inline_container.cc',
  taxonomy: ['CWE-436', 'CWE-694', 'AML.T0015'],
  why: 'PyTorch finds a member by binary search in a sorted list, Python zipfile takes the last of a name, and streaming readers the first. A scanner may look at one and the loader at the other. All were assessed here.',
  remedy: 'Do not load the archive; no writer of models makes two members of one name.',
  examples: {
    fires: [
      craftZip([
        { name: 'a.txt', text: 'a' },
        { name: 'a.txt', text: 'b' },
      ]),
    ],
    silent: [craftZip([{ name: 'a.txt', text: 'a' }])],
  },
  check: (subject) => observeAnomalies(subject, ['duplicate-name']),
}
