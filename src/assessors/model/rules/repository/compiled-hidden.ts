import type { ModelRule } from '../../rule.ts'
import { compiledExample } from './craft-compiled.ts'

const DECODERS = [
  'b64decode',
  'b32decode',
  'b85decode',
  'a85decode',
  'decompress',
  'unhexlify',
  'fromhex',
  'urlopen',
  'Fernet',
]

export const compiledHidden: ModelRule = {
  id: 'repository/compiled-hidden',
  severity: 'critical',
  verdict: 'malicious',
  title: 'Compiled Python runs code that it decodes or downloads',
  source:
    'https://www.reversinglabs.com/blog/when-python-bytecode-bites-back-who-checks-the-contents-of-compiled-python-files',
  taxonomy: ['CWE-506', 'CWE-94', 'AML.T0011.000'],
  why: 'It calls exec and something that decodes or fetches: code is hidden in a file that is itself hidden from reading.',
  remedy: 'Do not use this artifact, and report it where it came from.',
  examples: { fires: [compiledExample('hidden')], silent: [compiledExample('layer')] },
  check: (subject) => {
    if (subject.kind !== 'compiled-python' || !subject.names.has('exec')) return []
    const decoder = DECODERS.find((name) => subject.names.has(name))
    return decoder === undefined
      ? []
      : [{ key: decoder, message: `calls exec and ${decoder}`, call: `exec(${decoder}(…))` }]
  },
}
