import { craftZip } from '../../craft-zip.ts'
import type { ModelRule } from '../../rule.ts'
import { observeAnomalies } from './zip-anomaly.ts'

export const zipEncrypted: ModelRule = {
  id: 'zip/encrypted',
  severity: 'medium',
  verdict: 'undecided',
  title: 'A member of the archive is encrypted',
  source: 'https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT',
  taxonomy: ['CWE-311', 'AML.T0015'],
  why: 'What is encrypted cannot be looked at, so nothing can be said about it.',
  remedy: 'Ask for the model without encryption.',
  examples: {
    fires: [craftZip([{ name: 'a.txt', flags: 1, text: 'a', cipher: 'twelve bytes b' }])],
    silent: [craftZip([{ name: 'a.txt', text: 'a' }]), craftZip([{ name: 'a.txt', flags: 1, text: 'a' }])],
  },
  check: (subject) => observeAnomalies(subject, ['encrypted']),
}
