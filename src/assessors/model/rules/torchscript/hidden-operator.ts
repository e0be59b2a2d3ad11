import type { ModelRule } from '../../rule.ts'
import { moduleOf, torchScript } from './craft-torchscript.ts'
import { usesAsSights } from './uses-as-sights.ts'

export const torchScriptHiddenOperator: ModelRule = {
  id: 'torchscript/hidden-operator',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The compiled code hides which operators it calls',
  source: 'https://github.com/pytorch/pytorch/blob/main/torch/csrc/jit/serialization/python_print.cpp',
  taxonomy: ['CWE-913', 'AML.T0011.000'],
  why: 'PyTorch writes every operator with its full name. Code that gives a namespace another name, calls file operators as methods, or calls back into Python was written by hand.',
  remedy: 'Do not load the file until a person has read its code.',
  examples: {
    fires: [
      torchScript(moduleOf('t = torch', '_0 = t.save(x, "f")')),
      torchScript(moduleOf('_0 = x.save("f")')),
      torchScript(moduleOf('o = ops.image')),
      torchScript(moduleOf('x = ^Fn()(x)')),
    ],
    silent: [
      torchScript(moduleOf('x = torch.add(x, x)')),
      torchScript(
        'class M(Module):\n  ops : Tensor\n  def save(self: __torch__.m.M) -> int:\n    return 1\n  def f(self: __torch__.m.M) -> int:\n    return (self).save()\n',
      ),
    ],
  },
  check: (subject) =>
    usesAsSights(
      subject,
      ['alias', 'python'],
      ({ operator }) => `${operator} is used in a way that PyTorch does not write`,
    ),
}
