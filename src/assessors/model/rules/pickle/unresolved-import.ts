import { example, type ModelRule } from '../../rule.ts'
import { describeSights } from './sights.ts'

export const unresolvedImport: ModelRule = {
  id: 'pickle/unresolved-import',
  severity: 'critical',
  verdict: 'malicious',
  title: 'The file makes the name of an import while it is loaded',
  source: 'https://arxiv.org/abs/2508.19774',
  taxonomy: ['CWE-502', 'AML.T0011.000', 'AML.T0015'],
  why: 'The name of what is imported is the result of a call, so that nobody who reads the file sees it. No pickler writes that; it is made to pass scanners.',
  remedy: 'Do not load the file.',
  examples: {
    fires: [example('a.pkl', '\x80\x04\x8c\x05uuid.\x8c\x04acme\x8c\x04name\x93)R\x8c\x06system\x93.')],
    silent: [example('a.pkl', '\x80\x04\x8c\x0bcollections\x8c\x0bOrderedDict\x93)R.')],
  },
  check: (subject) =>
    subject.kind === 'pickle'
      ? describeSights('imports the name made by', subject.facts.sights.unresolved)
      : [],
}
