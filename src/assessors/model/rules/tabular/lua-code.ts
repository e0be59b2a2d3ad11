import type { LuaFunction } from '../../../../formats/torch7/index.ts'
import { example, type ModelRule } from '../../rule.ts'
import { luaFunction, luaObject, luaTable, luaTensor, luaText, torch7File } from './craft-torch7.ts'

/** Functions of Lua and LuaJIT that start programs, load code or write files, as constants of bytecode name them. */
const ACTIVE =
  /^(?:execute|popen|loadstring|loadfile|dofile|cdef|loadlib|remove|rename|tmpfile|setfenv|socket|system|getenv)$/

export const luaActiveCode: ModelRule = {
  id: 'lua/active-code',
  severity: 'critical',
  verdict: 'malicious',
  title: 'The file holds a Lua function that acts on the machine',
  source: 'https://github.com/torch/torch7/blob/master/File.lua',
  taxonomy: ['CWE-502', 'CWE-94', 'AML.T0011.000'],
  why: 'torch.load turns the bytes into a function again, and modules call such functions when they are used. This one names functions that start programs, load code or change files.',
  remedy: 'Do not load the file. Ask for the weights alone.',
  examples: {
    fires: [
      torch7File(luaTable(1, { hook: luaFunction(2, ['os', 'execute', 'id']) })),
      torch7File(luaObject(1, 'nn.Sequential', luaTable(2, { forward: luaFunction(3, ['io', 'popen']) }))),
      example('a.t7', '3\n1\n1\n2\n1\nf\n8\n2\n18\n\x1bLJ\x02\x08\x0cexecute\x07id\0\n0\n'),
    ],
    silent: [
      torch7File(luaObject(1, 'nn.Linear', luaTable(2, { weight: luaTensor(3), name: luaText('execute') }))),
      torch7File(luaTable(1, { hook: luaFunction(2, ['nn', 'size']) })),
    ],
  },
  check: (subject) =>
    subject.kind === 'torch7'
      ? subject.view.functions.flatMap((found) => {
          const words = activeWords(found)
          if (words.length === 0) return []
          const message = `${found.path || 'a function'} names ${words.join(', ')}`
          return [{ key: found.path, message, offset: found.offset, call: words.join(' ') }]
        })
      : [],
}

/** Constants of a function that name what acts on the machine. */
export function activeWords({ words }: LuaFunction): string[] {
  return [...new Set(words.filter((word) => ACTIVE.test(word)))]
}
