import { example, type ModelRule } from '../../rule.ts'
import { describeSights } from './sights.ts'

export const actingCall: ModelRule = {
  id: 'pickle/acting-call',
  severity: 'critical',
  verdict: 'malicious',
  title: 'Loading this file calls a method that writes, reads or runs',
  source: 'https://arxiv.org/abs/2508.19774',
  taxonomy: ['CWE-502', 'CWE-470', 'AML.T0011.000'],
  why: 'The file makes a harmless object, such as a path, takes a method of it by getattr and has it called while it is loaded. Methods that write files, start programs or connect need no import of their own.',
  remedy: 'Do not load the file. No pickler writes a call of such a method.',
  examples: {
    fires: [
      example(
        'a.pkl',
        "cbuiltins\ngetattr\n(cpathlib\nPosixPath\n(S'startup.pth'\ntRS'write_text'\ntR(S'import x'\ntR.",
      ),
    ],
    silent: [
      example('a.pkl', "cpathlib\nPosixPath\n(S'startup.pth'\ntR."),
      example('b.pkl', "cbuiltins\ngetattr\n(cpathlib\nPosixPath\n(S'a'\ntRS'write_text'\ntR."),
    ],
  },
  check: (subject) =>
    subject.kind === 'pickle' ? describeSights('calls', subject.facts.sights.actingCalls) : [],
}
