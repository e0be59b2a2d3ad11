import { craftBomb, craftGzip } from '../../craft-container.ts'
import type { ModelRule } from '../../rule.ts'
import { observeSights } from './container-sights.ts'

export const containerBomb: ModelRule = {
  id: 'container/bomb',
  severity: 'high',
  verdict: 'malicious',
  title: 'The file unpacks without end',
  source: 'https://cwe.mitre.org/data/definitions/409.html',
  taxonomy: ['CWE-409', 'AML.T0029'],
  why: 'A few bytes that become gigabytes exhaust the memory or the disk of whoever opens them, scanners first. They have no other use.',
  remedy: 'Do not unpack the file.',
  examples: {
    fires: [craftBomb()],
    silent: [craftGzip('a'.repeat(100_000))],
  },
  check: (subject) => observeSights(subject, 'bomb'),
}
