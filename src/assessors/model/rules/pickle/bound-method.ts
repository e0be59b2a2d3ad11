import { example, type ModelRule } from '../../rule.ts'
import { describeSights } from './sights.ts'

export const boundMethod: ModelRule = {
  id: 'pickle/bound-method',
  severity: 'info',
  verdict: 'clean',
  title: 'The file keeps a method of an object',
  source: 'https://github.com/NatLibFi/Annif/issues/897',
  taxonomy: ['CWE-502', 'AML.T0011.000'],
  why: 'A method of an object is pickled as a call of getattr. Text models do this for their tokenizers. It is a note: only a call of the method would do anything.',
  remedy: 'Check that the method named is one of the model library.',
  examples: {
    fires: [example('a.pkl', "cbuiltins\ngetattr\n(ccollections\nOrderedDict\n)RS'keys'\ntR.")],
    silent: [example('a.pkl', "cbuiltins\ngetattr\n(cnumpy\nndarray\nS'__subclasses__'\ntR.")],
  },
  check: (subject) => (subject.kind === 'pickle' ? describeSights('uses', subject.facts.sights.methods) : []),
}
