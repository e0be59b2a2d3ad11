import type { ModelRule } from '../../rule.ts'
import { torchScript } from './craft-torchscript.ts'

/** A source whose `__setstate__` has these lines. */
const loading = (...lines: readonly string[]) =>
  torchScript(
    [
      'class M(Module):',
      '  __parameters__ = []',
      '  n : int',
      '  def __setstate__(self: __torch__.m.M, st: Tuple[int, bool]) -> NoneType:',
      '    self.n = (st)[0]',
      ...lines.map((line) => `    ${line}`),
      '    return None',
      '',
    ].join('\n'),
  )

export const torchScriptEndlessLoad: ModelRule = {
  id: 'torchscript/endless-load',
  severity: 'high',
  verdict: 'suspicious',
  title: 'Loading this program never ends',
  source: 'https://docs.pytorch.org/docs/stable/jit_language_reference.html',
  taxonomy: ['CWE-835', 'CWE-400', 'AML.T0029'],
  why: 'torch.jit.load runs the method __setstate__ of the program. Here it goes through a loop that has no way out, or that takes longer than anybody waits: the process that loads it hangs.',
  remedy: 'Do not load the file. A model restores its weights; it does not count without end.',
  examples: {
    fires: [
      loading('_0 = True', 'while _0:', '  self.n = torch.add(self.n, 1)', '  _0 = True'),
      loading('for i in range(9223372036854775807):', '  self.n = i'),
    ],
    silent: [
      loading('_0 = True', 'while _0:', '  self.n = torch.add(self.n, 1)', '  _0 = torch.lt(self.n, 9)'),
      loading('for i in range(64):', '  self.n = i'),
    ],
  },
  check: (subject) =>
    subject.kind === 'torchscript'
      ? subject.loops.slice(0, 20).map(({ name, head, offset }) => ({
          key: `${name}:${offset}`,
          message: `${name} does not come out of ${head}`,
          offset,
        }))
      : [],
}
