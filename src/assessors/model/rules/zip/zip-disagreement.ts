import { craftZip } from '../../craft-zip.ts'
import type { ModelRule } from '../../rule.ts'
import { observeAnomalies } from './zip-anomaly.ts'

export const zipDisagreement: ModelRule = {
  id: 'zip/disagreement',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The archive says two things about one member',
  source: 'https://github.com/mmaitre314/picklescan/security/advisories/GHSA-7q5r-7gvp-wc82',
  taxonomy: ['CWE-436', 'AML.T0015', 'CVE-2025-1944', 'CVE-2025-1945', 'CVE-2025-10156'],
  why: 'The header in front of a member and the directory at the end differ in name, size, method, flags or checksum, or they call data encrypted that are not. A scanner and a loader may then see two different files.',
  remedy: 'Do not load the archive; ask for one written by an ordinary tool.',
  examples: {
    fires: [
      craftZip([{ name: 'a.txt', localName: 'b.txt', text: 'a' }]),
      craftZip([{ name: 'a.txt', localFlags: 1, text: 'a' }]),
      craftZip([{ name: 'a.txt', localCrc: 7, text: 'a' }]),
      craftZip([{ name: 'a.txt', flags: 1, text: 'a' }]),
    ],
    silent: [craftZip([{ name: 'a.txt', text: 'a' }])],
  },
  check: (subject) =>
    observeAnomalies(subject, [
      'name-differs',
      'size-differs',
      'method-differs',
      'flags-differ',
      'crc-differs',
      'data-crc',
      'false-encryption',
    ]),
}
