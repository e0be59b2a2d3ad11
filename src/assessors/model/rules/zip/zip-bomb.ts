import { craftZip } from '../../craft-zip.ts'
import type { ModelRule } from '../../rule.ts'

export const zipBomb: ModelRule = {
  id: 'zip/bomb',
  severity: 'high',
  verdict: 'suspicious',
  title: 'A member of the archive inflates without end',
  source: 'https://cwe.mitre.org/data/definitions/409.html',
  taxonomy: ['CWE-409', 'AML.T0029'],
  why: 'A few bytes that become gigabytes exhaust the memory or the disk of whoever opens them, scanners first.',
  remedy: 'Do not unpack the archive.',
  examples: {
    fires: [craftZip([{ name: 'a.txt', text: 'a'.repeat(100_000), isDeflated: true, claimedBytes: 10 }])],
    silent: [craftZip([{ name: 'a.txt', text: 'a'.repeat(1000), isDeflated: true }])],
  },
  check: (subject) => {
    if (subject.kind !== 'zip') return []
    return subject.bombs.map(({ member, message }) => ({
      key: member,
      message: `${JSON.stringify(member)}: ${message}`,
    }))
  },
}
