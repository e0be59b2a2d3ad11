import { example, type ModelRule } from '../../rule.ts'
import { describeImport, importsOf } from './describe-import.ts'

export const reachingImport: ModelRule = {
  id: 'pickle/reaching-import',
  severity: 'critical',
  verdict: 'malicious',
  title: 'The file reaches code through a trusted module',
  source: 'https://github.com/trailofbits/fickling/security/advisories/GHSA-5j3x-jp52-966f',
  taxonomy: ['CWE-502', 'CWE-184', 'AML.T0011.000'],
  why: 'From protocol 4 on a pickle may import an attribute path. A harmless module that itself imports `os` then hands out `os.system`, and a check of the module name alone is passed.',
  remedy: 'Do not load the file. No pickler writes such a path for a model.',
  examples: {
    fires: [
      example(
        'a.pkl',
        '\x80\x04\x8c\x05torch\x94\x8c\x17serialization.os.system\x94\x93\x94\x8c\x02id\x94\x85R.',
      ),
      example('b.pkl', '\x80\x04\x8c\x05numpy\x94\x8c\x0c__builtins__\x94\x93.'),
      example('c.pkl', '\x80\x04\x8c\x06random\x94\x8c\x0a_os.system\x94\x93.'),
    ],
    silent: [example('a.pkl', '\x80\x04\x8c\x05numpy\x94\x8c\x05dtype\x94\x93\x8c\x02f8\x85R.')],
  },
  check: (subject) => importsOf(subject, ({ role }) => role === 'reach').map(describeImport('reaches')),
}
