import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { bytesOf, call, imported, list, stream, text, tuple } from './assemble-pickle.ts'
import { assessFile } from './assess-model.ts'

const int = (value: number | bigint) => `I${value}\n`
const of = (module: string, name: string, ...args: readonly string[]) => call(imported(module, name), ...args)
const op = (name: string, ...args: readonly string[]) => of('operator', name, ...args)
/** `made`, put into the memo and given to a function twice, again and again. */
const doubled = (name: string, made: string, times: number) =>
  `${made}q\x01${`0coperator\n${name}\nh\x01h\x01\x86Rq\x01`.repeat(times)}`

const rulesOf = async (made: string) => {
  const file = await assessFile('a.pkl', sourceOfBytes(bytesOf(stream(made))))
  return file.findings.filter(({ verdict }) => verdict !== 'clean').map(({ ruleId }) => ruleId)
}

test.for([
  ['a tower of powers', op('pow', int(9), op('pow', int(9), int(9)))],
  ['a tower of powers that is higher', op('pow', int(9), op('pow', int(9), op('pow', int(9), int(9))))],
  ['a power of a power', op('pow', op('pow', int(10), int(1_000_000)), int(1_000_000))],
  ['a power whose exponent is a sum', op('pow', int(2), op('add', int(1), int(2 ** 30)))],
  ['the method behind the operator', op('__pow__', int(9), op('__pow__', int(9), int(9)))],
  ['the method of int', of('builtins', 'int.__pow__', int(9), of('builtins', 'pow', int(9), int(9)))],
  ['a shift by a shift', op('lshift', int(1), op('lshift', int(1), int(60)))],
  ['a factorial of a factorial', of('math', 'factorial', of('math', 'factorial', int(20)))],
  ['squares of squares', doubled('mul', int(3), 40)],
  ['a text that is doubled', doubled('add', text('lol'), 40)],
  ['a list that is repeated twice', op('mul', op('mul', list(int(0)), int(2 ** 20)), int(2 ** 20))],
  ['bytes of a number that is made', of('builtins', 'bytearray', op('pow', int(2), int(50)))],
  ['an array of a shape that is made', of('numpy', 'zeros', tuple(op('lshift', int(1), int(60)), int(2)))],
] as const)('%s exhausts', async ([, made]) => {
  expect(await rulesOf(made)).toContain('pickle/exhausting-call')
})

test.for([
  ['a power', op('pow', int(9), int(9))],
  ['a power of 1', op('pow', int(1), op('pow', int(9), int(9)))],
  ['nought times much', op('mul', int(0), op('lshift', int(1), int(2 ** 20)))],
  ['a power that is no whole number', op('pow', int(2), op('neg', op('pow', int(9), int(9))))],
  ['a power of nothing', op('pow', op('pow', int(9), int(9)), op('mul', int(0), int(5)))],
  ['a remainder', of('builtins', 'pow', int(9), int(2n ** 40n), int(97))],
  ['squares of squares, five of them', doubled('mul', int(3), 5)],
  ['what is not known, shared often', doubled('add', of('numpy', 'float64', int(1)), 100)],
  ['a tower of factorials that is low', of('math', 'factorial', of('math', 'factorial', int(3)))],
] as const)('%s does not', async ([, made]) => {
  expect(await rulesOf(made)).not.toContain('pickle/exhausting-call')
})
