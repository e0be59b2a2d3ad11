import { example, type ModelRule } from '../../rule.ts'
import { describeSights } from './sights.ts'

export const dynamicCall: ModelRule = {
  id: 'pickle/dynamic-call',
  severity: 'high',
  verdict: 'suspicious',
  title: 'Loading this file calls something that it made itself',
  source: 'https://arxiv.org/abs/2508.19774',
  taxonomy: ['CWE-502', 'AML.T0011.000'],
  why: 'What is called is not a name but the result of another call, so it cannot be looked up. Chains of calls like this are how harmless names are joined into an attack.',
  remedy: 'Do not load the file before someone has read the call.',
  examples: {
    fires: [example('a.pkl', "cacme\nmaker\n)R(S'1'\ntR.")],
    silent: [
      example('a.pkl', "cbuiltins\nint\n(S'1'\ntR."),
      example('b.pkl', "cfunctools\npartial\n(cbuiltins\nint\ntR(S'1'\ntR."),
    ],
  },
  check: (subject) =>
    subject.kind === 'pickle' ? describeSights('calls', subject.facts.sights.dynamicCalls) : [],
}
