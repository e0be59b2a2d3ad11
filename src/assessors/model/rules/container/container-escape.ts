import { tarExample } from '../../craft-container.ts'
import type { ModelRule } from '../../rule.ts'
import { observeSights } from './container-sights.ts'

export const containerEscape: ModelRule = {
  id: 'container/escaping-member',
  severity: 'critical',
  verdict: 'malicious',
  title: 'Unpacking the archive writes outside its folder',
  source: 'https://cwe.mitre.org/data/definitions/22.html',
  taxonomy: ['CWE-22', 'CWE-59', 'AML.T0011'],
  why: 'A member is named so, or reached through a link so, that it lands elsewhere: a start-up script, a library, a key.',
  remedy: 'Do not unpack the archive.',
  examples: {
    fires: [
      tarExample([{ name: '../../.bashrc', text: 'x' }]),
      tarExample([{ name: '/etc/cron.d/x', text: 'x' }]),
      tarExample([
        { name: 'd', type: '2', link: '/tmp' },
        { name: 'd/x', text: 'x' },
      ]),
    ],
    silent: [tarExample([{ name: 'a/..b/c', text: 'x' }])],
  },
  check: (subject) => observeSights(subject, 'escape'),
}
