import { example, type ModelRule } from '../../rule.ts'
import { observeSights } from './container-sights.ts'

export const containerStartFile: ModelRule = {
  id: 'container/start-file',
  severity: 'high',
  verdict: 'suspicious',
  title: 'There is a file that runs when somebody opens it',
  source: 'https://attack.mitre.org/techniques/T1204/002/',
  taxonomy: ['CWE-434', 'AML.T0011.000'],
  why: 'Shortcuts, script hosts and installers run at a double click. No model needs one.',
  remedy: 'Delete the file.',
  examples: {
    fires: [example('readme.lnk', 'L\0\0\0\x01\x14\x02\0')],
    silent: [example('start.txt', 'no')],
  },
  check: (subject) => observeSights(subject, 'start-file'),
}
