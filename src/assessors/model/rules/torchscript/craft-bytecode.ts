import { type Example, example } from '../../rule.ts'

/** bytecode.pkl of the lite interpreter with one function that calls these operators, for examples. */
export function bytecode(...operators: readonly string[]): Example {
  const text = (value: string): string => `X${String.fromCharCode(value.length, 0, 0, 0)}${value}`
  const rows = operators.map((name) => `(${text(name)}${text('')}t`).join('')
  const table = `(${text('operators')}(${rows}tt`
  return example('bytecode.pkl', `\x80\x02(K\x05(${text('__torch__.M.forward')}(${table}ttt.`)
}
