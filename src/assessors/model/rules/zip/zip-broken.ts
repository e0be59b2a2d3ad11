import { craftZip } from '../../craft-zip.ts'
import type { ModelRule } from '../../rule.ts'
import { observeAnomalies } from './zip-anomaly.ts'

export const zipBroken: ModelRule = {
  id: 'zip/broken',
  severity: 'medium',
  verdict: 'undecided',
  title: 'The archive is damaged',
  source: 'https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT',
  taxonomy: ['CWE-20'],
  why: 'The directory cannot be read to its end, or points at nothing, so members may be missing from this look.',
  remedy: 'Fetch the file again and compare its digest with the one of the publisher.',
  examples: {
    fires: [craftZip([{ name: 'a.txt', text: 'a' }], { entries: 9 })],
    silent: [craftZip([{ name: 'a.txt', text: 'a' }])],
  },
  check: (subject) => observeAnomalies(subject, ['directory-broken', 'no-local-header', 'too-many-members']),
}
