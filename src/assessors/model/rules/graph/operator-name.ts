import type { ModelRule } from '../../rule.ts'
import { symbol } from './craft-symbol.ts'
import { faultsAsSights } from './graph-sights.ts'

export const mxnetOperatorName: ModelRule = {
  id: 'mxnet/operator-name',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'A name in the graph is long enough to hang its loader',
  source: 'https://nvd.nist.gov/vuln/detail/CVE-2022-24294',
  taxonomy: ['CWE-1333', 'CVE-2022-24294'],
  why: 'MXNet before 1.9.1 matches names of operators with a regular expression that takes exponential time on a crafted one.',
  remedy: 'Do not load the file with MXNet before 1.9.1.',
  examples: {
    fires: [symbol('a'.repeat(5000))],
    silent: [symbol('FullyConnected', { num_hidden: '10' })],
  },
  check: (subject) => faultsAsSights(subject, 'layout'),
}
