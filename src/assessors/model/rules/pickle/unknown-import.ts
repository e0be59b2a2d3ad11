import { example, type ModelRule } from '../../rule.ts'
import { describeImport, importsOf } from './describe-import.ts'

export const unknownImport: ModelRule = {
  id: 'pickle/unknown-import',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The file imports something we do not know',
  source: 'https://docs.python.org/3/library/pickle.html#restricting-globals',
  taxonomy: ['CWE-502', 'AML.T0011.000'],
  why: 'Loading imports this name, and may call it. It is not known to be harmful, and not known to be harmless either: a list of known attacks never ends, so what is unknown is never called clean.',
  remedy:
    'Read the code of the imported name, in the version that will load it. Approve the model with a waiver naming it, or ask for safetensors weights.',
  examples: {
    fires: [example('a.pkl', '\x80\x02cacme.nets\nBlock\n)R.')],
    silent: [
      example('a.pkl', '\x80\x02ctorch._utils\n_rebuild_tensor_v2\n.'),
      example('b.pkl', "cos\nsystem\n(S'id'\ntR."),
    ],
  },
  check: (subject) => importsOf(subject, ({ role }) => role === 'unknown').map(describeImport('imports')),
}
