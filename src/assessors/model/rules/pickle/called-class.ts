import { example, type ModelRule } from '../../rule.ts'
import { describeImport, importsOf } from './describe-import.ts'

export const calledClass: ModelRule = {
  id: 'pickle/called-class',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'A known class or function is called with arguments of the file',
  source: 'https://docs.python.org/3/library/pickle.html#object.__reduce__',
  taxonomy: ['CWE-502', 'AML.T0011.000'],
  why: 'Picklers make objects of this class without running its constructor. This file runs it, with arguments it chooses; constructors may read files or evaluate text.',
  remedy: 'Check what the constructor does with these arguments, or ask for weights only.',
  examples: {
    fires: [example('a.pkl', '\x80\x02cultralytics.nn.tasks\nDetectionModel\nX\x05\x00\x00\x00a.cfg\x85R.')],
    silent: [example('a.pkl', '\x80\x02cultralytics.nn.tasks\nDetectionModel\n)\x81}b.')],
  },
  check: (subject) =>
    importsOf(subject, ({ role, isCalled }) => (role === 'class' || role === 'value') && isCalled).map(
      describeImport('uses'),
    ),
}
