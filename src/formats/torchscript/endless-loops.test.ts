import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findEndlessLoops } from './endless-loops.ts'

const block = (indent: string, lines: readonly string[]) => lines.map((line) => `${indent}${line}\n`).join('')
const method = (name: string, lines: readonly string[]) =>
  `  def ${name}(self: __torch__.M,\n    st: Tuple[Tensor, bool]) -> NoneType:\n${block('    ', lines)}`
const loading = (...lines: readonly string[]) =>
  `class M(Module):\n  w : Tensor\n${method('__setstate__', lines)}`

test.for([
  ['as the printer writes it', ['_0 = True', 'while _0:', '  self.w = torch.add(self.w, 1.)', '  _0 = True']],
  ['as a person writes it', ['while True:', '  self.w = torch.add(self.w, 1.)']],
  ['on one line', ['while (True): self.w = st[0]']],
  ['a number', ['while 1:', '  pass']],
  ['not False', ['while not False:', '  pass']],
  ['a name for a name', ['_1 = bool(1)', '_0 = _1', 'while _0:', '  _0 = _1']],
  ['with a type', ['on : bool = True', 'while on:', '  pass']],
  ['behind a condition', ['if (st)[1]:', '  while True:', '    pass', 'else:', '  pass']],
  ['a break of another loop', ['while True:', '  for i in range(3):', '    break']],
  ['a very long range', ['for i in range(1000000000000):', '  self.w = st[0]']],
  ['a range from and to', ['for i in range(5, 1000000000000, 2):', '  pass']],
  ['a range of a name', ['_1 = 1_000_000_000_000', 'for i in range(_1):', '  pass']],
  ['ranges in ranges', ['for i in range(100000):', '  for j in range(100000):', '    pass']],
  ['brackets over lines', ['while (', 'True', '):', '  pass']],
] as const)('%s: without end', ([, lines]) => {
  expect(findEndlessLoops(loading(...lines))).toMatchObject([{ name: '__setstate__' }])
})

test.for([
  ['a condition that is worked out', ['_0 = True', 'while _0:', '  _0 = torch.lt(n, 5)']],
  ['a condition of the state', ['while (st)[1]:', '  pass']],
  ['a break', ['while True:', '  if (st)[1]:', '    break']],
  ['a return', ['while True:', '  for i in range(3):', '    return None']],
  ['an error', ['_0 = True', 'while _0:', '  ops.prim.RaiseException("x")', '  _0 = True']],
  ['never', ['while False:', '  pass']],
  ['two names set at once', ['_0, _1 = True, False', 'while _0:', '  _0, _1 = _1, _0']],
  ['a range', ['for i in range(1024):', '  for j in range(1024):', '    pass']],
  ['a range that is left', ['for i in range(9223372036854775807):', '  break']],
  ['a loop over a list', ['for x in st:', '  self.w = x']],
  ['words in a text', ['x = "while True:"']],
] as const)('%s: it ends', ([, lines]) => {
  expect(findEndlessLoops(loading(...lines))).toEqual([])
})

test('what __setstate__ calls runs at load, and other methods do not', () => {
  const endless = ['while True:', '  pass']
  const fill = method('fill', endless)
  expect(findEndlessLoops(`${loading('self.w = (st)[0]')}${fill}`)).toEqual([])
  const called = `${loading('_0 = (self).begin()')}${method('begin', ['_0 = (self).fill()'])}${fill}`
  expect(findEndlessLoops(called)).toMatchObject([{ name: 'fill' }])
})

test('any text is read without a throw', () => {
  const part = fc.constantFrom(
    'def __setstate__(',
    'while',
    'for',
    ' in',
    ' range(',
    '_0',
    ' = ',
    'True',
    ')',
    ':',
    '\n',
    '  ',
    ';',
    '9',
    ',',
  )
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 60 }),
      (parts) => void findEndlessLoops(`def __setstate__(): while\n${parts.join('')}`),
    ),
    { numRuns: 2000 },
  )
})
