import { tarExample } from '../../craft-container.ts'
import { craftTar } from '../../craft-tar.ts'
import type { ModelRule } from '../../rule.ts'
import { observeSights } from './container-sights.ts'

export const containerDisagreement: ModelRule = {
  id: 'container/disagreement',
  severity: 'high',
  verdict: 'suspicious',
  title: 'Two readers of the archive see different files',
  source: 'https://www.usenix.org/conference/usenixsecurity25/presentation/you',
  taxonomy: ['CWE-436', 'AML.T0015'],
  why: 'Names or sizes are given twice, or stand where only some readers look. A scanner may then see another file than the loader.',
  remedy: 'Ask for an archive written by an ordinary tool.',
  examples: {
    fires: [
      tarExample(
        [{ name: 'a.json', text: '{}' }],
        Buffer.from(craftTar([{ name: 'b.json', text: '{}' }])).toString('latin1'),
      ),
    ],
    silent: [tarExample([{ name: 'a.json', text: '{}' }])],
  },
  check: (subject) => observeSights(subject, 'disagreement'),
}
