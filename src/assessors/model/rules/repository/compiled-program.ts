import type { ModelRule } from '../../rule.ts'
import { compiledExample } from './craft-compiled.ts'

/** Names that together start programs or load native code. */
const STARTS: readonly (readonly string[])[] = [
  ['os', 'system'],
  ['os', 'popen'],
  ['posix', 'system'],
  ['subprocess', 'Popen'],
  ['subprocess', 'run'],
  ['subprocess', 'call'],
  ['subprocess', 'check_call'],
  ['subprocess', 'check_output'],
  ['pty', 'spawn'],
  ['ctypes', 'CDLL'],
  ['socket', 'connect'],
  ['os', 'execve'],
]

export const compiledProgram: ModelRule = {
  id: 'repository/compiled-program',
  severity: 'high',
  verdict: 'suspicious',
  title: 'Compiled Python starts programs or connects',
  source:
    'https://www.reversinglabs.com/blog/when-python-bytecode-bites-back-who-checks-the-contents-of-compiled-python-files',
  taxonomy: ['CWE-506', 'CWE-829', 'AML.T0011.000'],
  why: 'Nobody reads compiled files, so that is where programs are hidden. Its names say that it starts programs, loads native code or connects.',
  remedy: 'Remove the compiled files; Python makes them again from the source.',
  examples: { fires: [compiledExample('system')], silent: [compiledExample('layer')] },
  check: (subject) =>
    subject.kind !== 'compiled-python'
      ? []
      : STARTS.filter((names) => names.every((name) => subject.names.has(name)))
          .slice(0, 1)
          .map((names) => ({
            key: names.join('.'),
            message: `uses ${names.join('.')}`,
            call: names.join('.'),
          })),
}
