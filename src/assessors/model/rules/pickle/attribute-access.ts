import { example, type ModelRule } from '../../rule.ts'
import { describeSights } from './sights.ts'

export const attributeAccess: ModelRule = {
  id: 'pickle/attribute-access',
  severity: 'critical',
  verdict: 'malicious',
  title: 'Loading this file reads attributes to reach code',
  source: 'https://github.com/mmaitre314/picklescan/security/advisories/GHSA-vvpj-8cmc-gx39',
  taxonomy: ['CWE-502', 'CWE-470', 'AML.T0011.000'],
  why: 'getattr on a module, on a class or with a name made at run time is a way to any function of Python without naming it.',
  remedy: 'Do not load the file.',
  examples: {
    fires: [
      example('a.pkl', "cbuiltins\ngetattr\n(cnumpy\nndarray\nS'__subclasses__'\ntR."),
      example('b.pkl', "c__builtin__\ngetattr\n(ccollections\nOrderedDict\nS'mro'\ntR."),
    ],
    silent: [
      example('a.pkl', "cbuiltins\ngetattr\n(ccollections\nOrderedDict\n)RS'keys'\ntR."),
      example('b.pkl', "cbuiltins\ngetattr\n(cuuid\nSafeUUID\nS'safe'\ntR."),
    ],
  },
  check: (subject) =>
    subject.kind === 'pickle' ? describeSights('calls', subject.facts.sights.attributes) : [],
}
