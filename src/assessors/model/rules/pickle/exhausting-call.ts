import { example, type ModelRule } from '../../rule.ts'
import { describeSights } from './sights.ts'

export const exhaustingCall: ModelRule = {
  id: 'pickle/exhausting-call',
  severity: 'high',
  verdict: 'suspicious',
  title: 'Loading this file asks for memory or time without end',
  source: 'https://docs.python.org/3/library/pickle.html#restricting-globals',
  taxonomy: ['CWE-400', 'CWE-789', 'AML.T0029'],
  why: 'A few bytes of this file have their loader make more than 4 Gi of numbers, count without end, or go through values whose parts are shared so often that it never is done. The machine that loads it stops, or the process is killed.',
  remedy:
    'Do not load the file. A model holds its numbers; it does not make billions of them out of nothing.',
  examples: {
    fires: [
      example('a.pkl', '\x80\x02cbuiltins\nbytearray\n\x8a\x06\0\0\0\0\0\x01\x85R.'),
      example('b.pkl', '\x80\x02cbuiltins\nlist\ncitertools\ncount\n)R\x85R.'),
      example('c.pkl', '\x80\x02cbuiltins\npow\nI9\nI99999999\n\x86R.'),
      example('tower.pkl', '\x80\x02coperator\npow\nK\tcoperator\npow\nK\tK\t\x86R\x86R.'),
      example('key.pkl', `\x80\x02}))\x86${'q\0h\0\x86'.repeat(40)}Ns.`),
      example('laughs.pkl', `\x80\x02]${'q\0](h\0h\0e'.repeat(40)}.`),
      example('memo.pkl', '\x80\x02]r\xff\xff\xff\x7f.'),
    ],
    silent: [
      example('a.pkl', '\x80\x02cbuiltins\nbytearray\nM\0\x01\x85R.'),
      example('b.pkl', '\x80\x02citertools\ncount\nK\x05\x85R.'),
      example('c.pkl', '\x80\x02cbuiltins\nrange\nK\0\x8a\x06\0\0\0\0\0\x01\x86R.'),
      example('key.pkl', `\x80\x02}))\x86${'q\0h\0\x86'.repeat(9)}Ns.`),
      example('laughs.pkl', `\x80\x02]${'q\0](h\0h\0e'.repeat(9)}.`),
    ],
  },
  check(subject) {
    if (subject.kind !== 'pickle') return []
    const { exhausting, costly } = subject.facts.sights
    // A value is no call: there is nothing that it would run.
    const values = describeSights('holds', costly).map(({ call: _value, ...observation }) => observation)
    return [...describeSights('asks for', exhausting), ...values]
  },
}
