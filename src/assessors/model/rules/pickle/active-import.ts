import { isActive } from '../../import-seen.ts'
import { example, type ModelRule } from '../../rule.ts'
import { describeImport, importsOf } from './describe-import.ts'

export const activeImport: ModelRule = {
  id: 'pickle/active-import',
  severity: 'critical',
  verdict: 'malicious',
  title: 'Loading this file runs code',
  source: 'https://docs.python.org/3/library/pickle.html#restricting-globals',
  taxonomy: ['CWE-502', 'AML.T0011.000', 'AML.T0018.002'],
  why: 'A pickle can name any function of Python and have it called while it is loaded. This one names a function that runs code, starts programs, or opens files or connections. No model needs that.',
  remedy:
    'Do not load the file. Ask its publisher for safetensors weights, and treat every machine that loaded it as compromised.',
  examples: {
    fires: [
      example('a.pkl', "cos\nsystem\n(S'id'\ntR."),
      example('b.pkl', '\x80\x02cos\nsystem\n.'),
      example('c.pkl', "(S'id'\nios\nsystem\n."),
    ],
    silent: [
      example('a.pkl', '\x80\x02ccollections\nOrderedDict\n)R.'),
      example('b.pkl', '\x80\x04\x8c\x09os.system\x94.'),
    ],
  },
  check: (subject) => importsOf(subject, isActive).map(describeImport('imports')),
}
