import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readExported } from './read-exported.ts'
import { readTorchScript } from './read-torchscript.ts'

const names = (text: string): string[] => readTorchScript(text).names.map(({ name }) => name)

test.for([
  ['a call', 'torch.save(x)', ['torch.save', 'x']],
  ['a name in brackets', '(torch).save(x)', ['torch.save', 'x']],
  ['two pairs of brackets', '((ops).image).read_file("a")', ['ops.image.read_file']],
  ['getattr', 'getattr(torch, "sa\\x76e")(x)', ['getattr', 'torch.save', 'x']],
  ['nested getattr', 'getattr(getattr(ops, "image"), "read_file")', ['getattr', 'ops.image']],
  ['a name over lines', 'f(torch\n  .save)', ['torch.save', 'f']],
  ['a line that goes on', 'torch\\\n.save(x)', ['torch.save', 'x']],
  ['spaces', 'torch . save (x)', ['torch.save', 'x']],
  ['a method of an expression', '(self.conv).forward(x)', ['self.conv.forward', 'x']],
  ['a method of a call', 'f(x).save("a")', ['f', 'x', '?.save']],
  ['a method of an item', 'a[0].save("a")', ['a', '?.save']],
  ['another name', 't = torch', ['t', 'torch']],
  ['words in texts and comments', 'x = "torch.save(1)" # torch.save', ['x']],
  ['a text of three quotes', "x = '''torch.save\n'''; torch.add", ['x', 'torch.add']],
  ['a declared attribute', '  ops : Tensor', ['Tensor']],
  ['a default', 'def f(x: Tensor=torch.from_file("a")): pass', ['def', 'f', 'x', 'torch.from_file', 'pass']],
] as const)('%s', ([, text, expected]) => {
  expect(new Set(names(text))).toEqual(new Set(expected))
})

test('what is not whole says so', () => {
  expect(readTorchScript('torch.add(x').problems).toMatchObject([{ kind: 'cut' }])
  expect(readTorchScript('x = "abc').problems).toMatchObject([{ kind: 'cut', offset: 4 }])
  expect(readTorchScript('x)').problems).toMatchObject([{ kind: 'form' }])
  expect(readTorchScript('x = ^Fn()(y)').pythonCalls).toEqual([4])
})

test('an operator is found wherever it stands in a source', () => {
  const filler = fc.constantFrom(
    'x',
    '1',
    '"a"',
    '(x)',
    '[1]',
    'torch.add(x, 1)',
    '# c\n',
    '\n',
    ' ',
    'y = ',
    '{}',
    "'''z'''",
  )
  fc.assert(
    fc.property(fc.array(filler), fc.array(filler), (before, after) => {
      const text = `${before.join(' ')}\n_0 = ops.image.write_file("a", x)\n${after.join(' ')}`
      expect(names(text)).toContain('ops.image.write_file')
    }),
  )
})

test('any text is read without a throw', () => {
  const part = fc.constantFrom(
    'torch',
    '.',
    'save',
    '(',
    ')',
    '[',
    ']',
    '"',
    "'",
    '"""',
    '\\',
    '#',
    '\n',
    ',',
    'getattr',
    '^',
    ':',
    '=',
    ' ',
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 80 }), (parts) => void readTorchScript(parts.join(''))),
    { numRuns: 2000 },
  )
})

test('targets and expressions of an exported program', () => {
  const view = readExported({
    graph_module: {
      graph: { nodes: [{ target: 'torch.ops.aten.add.Tensor', inputs: [{ arg: { expr_str: 's0 + 1' } }] }] },
    },
    range_constraints: { s1: { min_val: 2 } },
    guards_code: ["L['x'].size()[0] > 1"],
  })
  expect(view?.targets).toEqual(['torch.ops.aten.add.Tensor'])
  expect(new Set(view?.expressions)).toEqual(new Set(['s0 + 1', 's1', "L['x'].size()[0] > 1"]))
  expect(readExported({ graph: 1 })).toBeUndefined()
  fc.assert(fc.property(fc.jsonValue(), (value) => void readExported({ graph_module: {}, value })))
})
