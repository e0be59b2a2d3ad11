import { example, type ModelRule } from '../../rule.ts'
import { describeSights } from './sights.ts'

export const extensionCode: ModelRule = {
  id: 'pickle/extension-code',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The file imports by a number that only the loading machine knows',
  source: 'https://peps.python.org/pep-0307/#the-extension-registry',
  taxonomy: ['CWE-502', 'AML.T0011.000'],
  why: 'Extension codes stand for imports registered on the machine that loads. Nobody can tell from the file what is imported, and no model library uses them.',
  remedy: 'Ask the publisher to save the model again without copyreg extensions.',
  examples: {
    fires: [example('a.pkl', '\x80\x02\x82\x07)R.')],
    silent: [example('a.pkl', '\x80\x02K\x07.')],
  },
  check: (subject) =>
    subject.kind === 'pickle' ? describeSights('uses', subject.facts.sights.extensions) : [],
}
