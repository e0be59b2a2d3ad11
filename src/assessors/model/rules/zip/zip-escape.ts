import { craftZip } from '../../craft-zip.ts'
import type { ModelRule } from '../../rule.ts'
import { observeAnomalies } from './zip-anomaly.ts'

export const zipEscape: ModelRule = {
  id: 'zip/escaping-name',
  severity: 'high',
  verdict: 'malicious',
  title: 'A member of the archive is written outside of it',
  source: 'https://security.snyk.io/research/zip-slip-vulnerability',
  taxonomy: ['CWE-22', 'AML.T0011'],
  why: 'A name with ".." or an absolute one makes a careless unpacker overwrite files of the machine.',
  remedy: 'Do not unpack the archive.',
  examples: {
    fires: [craftZip([{ name: '../../a.txt', text: 'a' }]), craftZip([{ name: '/etc/a.txt', text: 'a' }])],
    silent: [craftZip([{ name: 'a..b/c.txt', text: 'a' }])],
  },
  check: (subject) => observeAnomalies(subject, ['escaping-name']),
}
