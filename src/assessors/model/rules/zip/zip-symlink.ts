import { craftZip } from '../../craft-zip.ts'
import type { ModelRule } from '../../rule.ts'
import { observeAnomalies } from './zip-anomaly.ts'

export const zipSymlink: ModelRule = {
  id: 'zip/symlink',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The archive holds a symbolic link',
  source: 'https://cwe.mitre.org/data/definitions/61.html',
  taxonomy: ['CWE-61'],
  why: 'A link inside an archive lets a later member be written, or read, somewhere else on the machine.',
  remedy: 'Ask for an archive without links.',
  examples: {
    fires: [craftZip([{ name: 'a.txt', text: '/etc/passwd', mode: 0xa1ff }])],
    silent: [craftZip([{ name: 'a.txt', text: 'a', mode: 0x81a4 }])],
  },
  check: (subject) => observeAnomalies(subject, ['symlink']),
}
