import type { ModelRule } from '../../rule.ts'
import { rCall, rdsFile, rList, rSymbol, rTerms, rText } from './craft-r.ts'
import { isEvaluatedPath, observeCalls } from './r-calls.ts'

export const rModelFormula: ModelRule = {
  id: 'r/model-formula',
  severity: 'critical',
  verdict: 'malicious',
  title: 'The formula of the model acts on the machine when the model is used',
  source: 'https://stat.ethz.ch/R-manual/R-devel/library/stats/html/terms.object.html',
  taxonomy: ['CWE-95', 'CWE-94', 'AML.T0018'],
  why: 'predict() and model.frame() evaluate the variables of the formula. This one calls a function that starts programs or fetches code.',
  remedy: 'Do not call predict, update or print on the model; fit it again from its data.',
  examples: {
    fires: [
      rdsFile(
        rList(
          { terms: rTerms({ predvars: rCall('list', rCall('system', rText('id'))) }, '~', rSymbol('y')) },
          'lm',
        ),
      ),
      rdsFile(rList({ formula: rCall('~', rSymbol('y'), rCall('pipe', rText('id'))) })),
    ],
    silent: [
      rdsFile(
        rList(
          { terms: rTerms({ predvars: rCall('list', rCall('log', rSymbol('x'))) }, '~', rSymbol('y')) },
          'lm',
        ),
      ),
      rdsFile(rList({ call: rCall('lm', rSymbol('y'), rCall('read.csv', rText('data.csv'))) })),
    ],
  },
  check: (subject) => (subject.kind === 'rdata' ? observeCalls(subject.view, isEvaluatedPath) : []),
}
