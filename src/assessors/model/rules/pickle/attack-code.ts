import { example, type ModelRule } from '../../rule.ts'
import { describeSights } from './sights.ts'

export const attackCode: ModelRule = {
  id: 'pickle/attack-code',
  severity: 'critical',
  verdict: 'malicious',
  title: 'The file carries code that starts programs, or calls code of its own',
  source: 'https://github.com/trailofbits/fickling/security/advisories/GHSA-565g-hwwr-4pp3',
  taxonomy: ['CWE-502', 'CWE-94', 'AML.T0011.000'],
  why: 'A function in the file uses names that start programs, evaluate text or connect, or it is called while the file is loaded. Models have no need of either.',
  remedy: 'Do not load the file.',
  examples: {
    fires: [
      example(
        'a.pkl',
        "ccloudpickle.cloudpickle\n_make_function\n(ccloudpickle.cloudpickle\n_builtin_type\n(S'CodeType'\ntR(I0\nS'code'\n(S'os'\nS'system'\nttRtR.",
      ),
      example('b.pkl', 'cdill._dill\n_create_function\n(NtR)R.'),
    ],
    silent: [
      example(
        'a.pkl',
        "ccloudpickle.cloudpickle\n_make_function\n(ccloudpickle.cloudpickle\n_builtin_type\n(S'CodeType'\ntR(I0\nS'code'\n(S'numpy'\nS'mean'\nttRtR.",
      ),
    ],
  },
  check: (subject) =>
    subject.kind === 'pickle' ? describeSights('makes', subject.facts.sights.attackCode) : [],
}
