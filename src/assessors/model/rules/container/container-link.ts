import { tarExample } from '../../craft-container.ts'
import type { ModelRule } from '../../rule.ts'
import { observeSights } from './container-sights.ts'

export const containerLink: ModelRule = {
  id: 'container/link',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The archive holds a link that leads out of it',
  source: 'https://cwe.mitre.org/data/definitions/61.html',
  taxonomy: ['CWE-61'],
  why: 'A link to a place outside lets the unpacked model read, or later members write, files of the machine.',
  remedy: 'Ask for an archive without such links.',
  examples: {
    fires: [
      tarExample([{ name: 'd/weights', type: '2', link: '../../../etc/passwd' }]),
      tarExample([{ name: 'k', type: '1', link: '/etc/shadow' }]),
    ],
    silent: [
      tarExample([
        { name: 'd/a', text: 'x' },
        { name: 'd/b', type: '2', link: 'a' },
        { name: 'd/c', type: '1', link: 'd/a' },
      ]),
    ],
  },
  check: (subject) => observeSights(subject, 'link'),
}
