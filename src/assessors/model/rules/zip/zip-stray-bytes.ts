import { craftZip } from '../../craft-zip.ts'
import type { ModelRule } from '../../rule.ts'
import { observeAnomalies } from './zip-anomaly.ts'

export const zipStrayBytes: ModelRule = {
  id: 'zip/stray-bytes',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The archive holds bytes that belong to nothing',
  source: 'https://arxiv.org/abs/2508.19774',
  taxonomy: ['CWE-436', 'AML.T0015'],
  why: 'Bytes before, between or after the members, or members that share bytes, let one file be two things to two readers.',
  remedy: 'Ask for an archive written by an ordinary tool.',
  examples: {
    fires: [
      craftZip([{ name: 'a.txt', text: 'a' }], { prefix: 'MZ this is a program' }),
      craftZip([{ name: 'a.txt', text: 'a' }], { trailer: 'and more' }),
    ],
    silent: [craftZip([{ name: 'a.txt', text: 'a' }])],
  },
  check: (subject) =>
    observeAnomalies(subject, ['overlap', 'gap', 'prefix', 'trailer', 'several-directories']),
}
