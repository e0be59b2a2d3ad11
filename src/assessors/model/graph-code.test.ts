import { expect, test } from 'vitest'
import type { Value } from '../../formats/pickle/index.ts'
import { graphCodeOf } from './graph-code.ts'
import { STANDARD_POLICY } from './standard-policy.ts'

const str = (text: string): Value => ({ kind: 'str', text, length: text.length, cut: false })

/** As torch.fx writes it in front of every graph. */
const IMPORTS = `from math import inf
import torch
NoneType = type(None)
import torch.fx._pytree as fx_pytree
from builtins import float as float
from torch import device
from torchvision.ops.stochastic_depth import stochastic_depth as torchvision_ops_stochastic_depth`

function judge(code: string, imports = IMPORTS, extra: readonly (readonly [Value, Value])[] = []) {
  const entries: [Value, Value][] = [
    [str('_code'), str(code)],
    ...extra.map(([k, v]): [Value, Value] => [k, v]),
  ]
  const body: Value = { kind: 'dict', entries, count: entries.length }
  return graphCodeOf(STANDARD_POLICY, {
    kind: 'call',
    callee: { kind: 'global', module: 'torch.fx.graph_module', name: 'reduce_graph_module' },
    args: { kind: 'tuple', items: [body, str(imports)], count: 2 },
  })
}

const forward = (line: string): string =>
  `\n\n\ndef forward(self, x : torch.Tensor, scale : float = 2.0) -> torch.Tensor:\n    ${line}\n    return x\n    `

test.for([
  ['getattr(getattr(self.layer1, "0"), "conv")(x);  x = None'],
  ['a = b = x + scale;  scale = None'],
  ["y = torch.nn.functional.interpolate(x, size = None, mode = 'nearest')"],
  ['y = x[(slice(None, None, None), Ellipsis)].view(1, -1)'],
  ["y = torchvision_ops_stochastic_depth(x, 0.5, 'row', True)"],
  ['a, = fx_pytree.tree_flatten_spec([x], self._in_spec)'],
  ['y = torch.ops.aten.add.Tensor(x, 1)'],
] as const)('a graph with %s is ordinary', ([line]) => {
  expect(judge(forward(line))).toBe('ordinary')
})

test.for([
  ['a call before the function', `__import__('os').system('id')\n${forward('pass_ = x')}`],
  ['a call in the function', forward('y = eval("1")')],
  ['a special name', forward('y = self.forward.__globals__')],
  ['a name in a string', forward('y = getattr(x, "__class__")')],
] as const)('%s acts', ([, code]) => {
  expect(judge(code)).toBe('acting')
})

test.for([
  ['a decorator of its own', `@x\n${forward('y = x')}`],
  ['what the loader does not import', forward('y = helper(x)')],
  ['an operator library that is loaded', forward('y = torch.ops.load_library(x)')],
  ['a loader', forward('y = torch.load(x)')],
  ['a module under another name', forward('y = torch.utils')],
  ['a text for a member', forward('y = self.fetch("http://a")')],
  ['a changed module', forward('torch.relu = x')],
  ['a local with the name of a function', forward('len = self.read;  y = len("a")')],
  ['a parameter that only looks like a local', forward('y = self.a(helper = 1);  z = helper(x)')],
  ['a string with a prefix', forward('y = f"{x}"')],
  ['a comment', forward('y = x  # coding')],
] as const)('%s is of its own', ([, code]) => {
  expect(judge(code)).toBe('own')
})

test('an import of what is not known to compute is of its own, and so is a function among the members', () => {
  expect(judge(forward('y = x'), `${IMPORTS}\nfrom helper import go as go`)).toBe('own')
  expect(
    judge(forward('y = x'), IMPORTS, [[str('fn'), { kind: 'global', module: 'numpy', name: 'fromfile' }]]),
  ).toBe('own')
  expect(judge(forward('y = x'), `${IMPORTS}\nimport os`)).toBe('acting')
})
