import { example, type ModelRule } from '../../rule.ts'
import { describeSights } from './sights.ts'

export const changedImport: ModelRule = {
  id: 'pickle/changed-import',
  severity: 'critical',
  verdict: 'malicious',
  title: 'Loading this file changes something imported',
  source: 'https://github.com/protectai/modelscan/issues/85',
  taxonomy: ['CWE-502', 'CWE-915', 'AML.T0011.000'],
  why: 'The file sets attributes or members on an imported module, class or function instead of on an object of its own. That plants code in names that other programs trust.',
  remedy: 'Do not load the file.',
  examples: {
    fires: [
      example('a.pkl', "cnumpy\nndarray\n(dS'x'\nS'y'\nsb."),
      example('b.pkl', "cacme\nregistry\nS'x'\nS'y'\ns."),
    ],
    silent: [example('a.pkl', "ccollections\nOrderedDict\n)R(dS'x'\nS'y'\nsb.")],
  },
  check: (subject) =>
    subject.kind === 'pickle' ? describeSights('changes', subject.facts.sights.changes) : [],
}
