import { PLAIN_PICKLE } from '../../craft-container.ts'
import { example, type ModelRule } from '../../rule.ts'
import { observeSights } from './container-sights.ts'

export const containerWrongFormat: ModelRule = {
  id: 'container/wrong-format',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The content of the file is not what its name says',
  source: 'https://github.com/mmaitre314/picklescan/security/advisories/GHSA-jgw4-cr84-mqxg',
  taxonomy: ['CWE-434', 'CWE-646', 'AML.T0015', 'CVE-2025-10155', 'CVE-2025-1889'],
  why: 'Tools choose how to look by the name, loaders often by the content. A pickle called safetensors or json is not looked at, and runs all the same.',
  remedy: 'Find out who named the file; load it only as what it really is.',
  examples: {
    fires: [
      example('a.safetensors', PLAIN_PICKLE),
      example('a.json', PLAIN_PICKLE),
      example('a.npy', PLAIN_PICKLE),
    ],
    silent: [example('a.bin', PLAIN_PICKLE), example('a.ckpt', PLAIN_PICKLE)],
  },
  check: (subject) => observeSights(subject, 'wrong-format'),
}
