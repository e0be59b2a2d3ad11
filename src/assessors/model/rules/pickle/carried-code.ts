import { example, type ModelRule } from '../../rule.ts'
import { describeSights } from './sights.ts'

export const carriedCode: ModelRule = {
  id: 'pickle/carried-code',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The file carries functions or classes of its own',
  source: 'https://github.com/cloudpipe/cloudpickle#security-concerns',
  taxonomy: ['CWE-502', 'CWE-94', 'AML.T0011.000'],
  why: 'dill and cloudpickle write the code of functions and classes into the file. Loading makes them again, and whoever uses the model runs code that nobody reviewed.',
  remedy:
    'Ask the publisher for a model without lambdas and classes of its own script, or read the code in a disassembler and approve it with a waiver.',
  examples: {
    fires: [
      example('a.pkl', "ccloudpickle.cloudpickle\n_make_skeleton_class\n(cbuiltins\ntype\nS'Net'\ntR."),
      example('b.pkl', "cbuiltins\ntype\n(S'Net'\n(cbuiltins\nobject\nt(dtR."),
    ],
    silent: [
      example('a.pkl', 'cbuiltins\ntype\n(NtR.'),
      example('b.pkl', "cdill._dill\n_load_type\n(S'int'\ntR."),
    ],
  },
  check: (subject) =>
    // Code that attacks is one finding, not two.
    subject.kind === 'pickle' && subject.facts.sights.attackCode.length === 0
      ? describeSights('makes', subject.facts.sights.code).slice(0, 1)
      : [],
}
