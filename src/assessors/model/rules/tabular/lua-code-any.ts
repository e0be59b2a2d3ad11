import type { ModelRule } from '../../rule.ts'
import { luaFunction, luaObject, luaTable, luaTensor, torch7File } from './craft-torch7.ts'
import { activeWords } from './lua-code.ts'

export const luaAnyCode: ModelRule = {
  id: 'lua/code',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The file holds a compiled Lua function',
  source: 'https://github.com/torch/torch7/blob/master/File.lua',
  taxonomy: ['CWE-502', 'CWE-94'],
  why: 'Bytecode of Lua is not checked when it is loaded: a wrong one takes over the interpreter even before it is called.',
  remedy: 'Ask for the weights alone, or for the source of the function.',
  examples: {
    fires: [torch7File(luaTable(1, { hook: luaFunction(2, ['nn', 'size']) }))],
    silent: [torch7File(luaObject(1, 'nn.Linear', luaTable(2, { weight: luaTensor(3) })))],
  },
  check: (subject) =>
    subject.kind === 'torch7'
      ? subject.view.functions
          .filter((found) => activeWords(found).length === 0)
          .slice(0, 20)
          .map(({ path, offset, length }) => ({
            key: path,
            message: `${path || 'the object itself'} is a function of ${length} bytes`,
            offset,
          }))
      : [],
}
