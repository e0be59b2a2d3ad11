import { craftZip } from '../../craft-zip.ts'
import type { ModelRule } from '../../rule.ts'
import { observeAnomalies } from './zip-anomaly.ts'

export const zipHidden: ModelRule = {
  id: 'zip/hidden-member',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The archive holds a member that its directory does not mention',
  source: 'https://github.com/mmaitre314/picklescan/security/advisories/GHSA-7q5r-7gvp-wc82',
  taxonomy: ['CWE-436', 'AML.T0015'],
  why: 'Readers that walk the members one after another find what readers of the directory do not see. It was assessed here.',
  remedy: 'Do not load the archive.',
  examples: {
    fires: [
      craftZip([
        { name: 'h.txt', text: 'h', isHidden: true },
        { name: 'a.txt', text: 'a' },
      ]),
    ],
    silent: [craftZip([{ name: 'a.txt', text: 'a' }])],
  },
  check: (subject) => observeAnomalies(subject, ['hidden-member']),
}
