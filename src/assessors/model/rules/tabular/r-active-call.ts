import type { ModelRule } from '../../rule.ts'
import { rCall, rdsFile, rList, rSymbol, rText } from './craft-r.ts'
import { isEvaluatedPath, observeCalls } from './r-calls.ts'

export const rActiveCall: ModelRule = {
  id: 'r/active-call',
  severity: 'high',
  verdict: 'suspicious',
  title: 'A saved call would start a program or fetch code when it is evaluated',
  source: 'https://stat.ethz.ch/R-manual/R-devel/library/stats/html/update.html',
  taxonomy: ['CWE-95', 'CWE-94'],
  why: 'Models keep the call that made them, and update() and others evaluate it again. No fit of a model needs such a call.',
  remedy: 'Do not call update or eval on parts of the object before a person has read the call.',
  examples: {
    fires: [rdsFile(rList({ call: rCall('lm', rCall('system', rText('id'))) }))],
    silent: [rdsFile(rList({ call: rCall('lm', rSymbol('y'), rCall('read.csv', rText('data.csv'))) }))],
  },
  check: (subject) =>
    subject.kind === 'rdata' ? observeCalls(subject.view, (sight) => !isEvaluatedPath(sight)) : [],
}
