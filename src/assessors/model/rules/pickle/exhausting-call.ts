import { example, type ModelRule } from '../../rule.ts'
import { describeSights } from './sights.ts'

export const exhaustingCall: ModelRule = {
  id: 'pickle/exhausting-call',
  severity: 'high',
  verdict: 'suspicious',
  title: 'Loading this file asks for memory or time without end',
  source: 'https://docs.python.org/3/library/pickle.html#restricting-globals',
  taxonomy: ['CWE-400', 'CWE-789', 'AML.T0029'],
  why: 'A few bytes of this file have their loader make more than 4 Gi of numbers, or count without end. The machine that loads it stops, or the process is killed.',
  remedy:
    'Do not load the file. A model holds its numbers; it does not make billions of them out of nothing.',
  examples: {
    fires: [
      example('a.pkl', '\x80\x02cbuiltins\nbytearray\n\x8a\x06\0\0\0\0\0\x01\x85R.'),
      example('b.pkl', '\x80\x02cbuiltins\nlist\ncitertools\ncount\n)R\x85R.'),
      example('c.pkl', '\x80\x02cbuiltins\npow\nI9\nI99999999\n\x86R.'),
    ],
    silent: [
      example('a.pkl', '\x80\x02cbuiltins\nbytearray\nM\0\x01\x85R.'),
      example('b.pkl', '\x80\x02citertools\ncount\nK\x05\x85R.'),
      example('c.pkl', '\x80\x02cbuiltins\nrange\nK\0\x8a\x06\0\0\0\0\0\x01\x86R.'),
    ],
  },
  check: (subject) =>
    subject.kind === 'pickle' ? describeSights('asks for', subject.facts.sights.exhausting) : [],
}
