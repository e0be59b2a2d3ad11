import { foldAccess, noteFormat, noteRewriting } from './fold-filter.ts'
import { formatText } from './fold-format.ts'
import { callMethod } from './fold-text.ts'
import type { Fold, FoldedArguments, Folding, Macro } from './folding.ts'
import {
  combine,
  either,
  type Guess,
  isDict,
  isList,
  known,
  leastOf,
  listOf,
  open,
  type Plain,
  unfollowed,
} from './guess.ts'
import type { Arguments, Expression } from './jinja-ast.ts'
import { triggersOf, wordsOf } from './triggers.ts'

type Call = Extract<Expression, { kind: 'call' }>
type FoldArguments = (args: Arguments) => FoldedArguments

/** Numbers of a range; more make no message. */
const HUGE_RANGE = 1_000_000
/** Numbers of a range that are followed. */
const FOLLOWED_RANGE = 300

/** What a call gives; what is called is noted. */
export function foldCall(folding: Folding, node: Call, fold: Fold, foldArgs: FoldArguments): Guess {
  const callee = node.of
  if (callee.kind === 'name') {
    // What raise_exception says is read by people, not by the model.
    const args =
      callee.name === 'raise_exception' ? folding.ask(() => foldArgs(node.args)) : foldArgs(node.args)
    return foldNamed(folding, { name: callee.name, args, at: node.at, fold })
  }
  if (callee.kind === 'attribute') {
    const of = fold(callee.of)
    const args = COMPARING.has(callee.name) ? folding.ask(() => foldArgs(node.args)) : foldArgs(node.args)
    foldAccess(folding, { of, index: known(callee.name), how: 'dot', isPlain: true, at: callee.at })
    return foldMethod(folding, { of, name: callee.name, args, at: node.at })
  }
  const of = fold(callee)
  const args = foldArgs(node.args)
  folding.see({ kind: 'call', of: of.path, words: wordsOf(args.positional[0] ?? open('')), at: node.at })
  return open(`${of.path}()`)
}

/** Methods that compare a text with another. */
const COMPARING = new Set([
  'startswith',
  'endswith',
  'find',
  'rfind',
  'index',
  'rindex',
  'count',
  'split',
  'rsplit',
  'partition',
])

interface MethodCall {
  readonly of: Guess
  readonly name: string
  readonly args: FoldedArguments
  readonly at: number
}

function foldMethod(folding: Folding, { of, name, args, at }: MethodCall): Guess {
  const path = `${of.path}.${name}()`
  folding.see({ kind: 'call', of: `${of.path}.${name}`, words: wordsOf(args.positional[0] ?? open('')), at })
  if (name === 'format' || name === 'format_map') return foldFormat(folding, of, args, at)
  if (name === 'replace') noteRewriting(folding, of, args.positional, at)
  if (changesValue(folding, of, name, args)) return known(null)
  if (name === 'get') {
    const [index = open(''), fallback] = args.positional
    const got = foldAccess(folding, { of, index, how: 'item', isPlain: args.isPlain, at })
    return fallback === undefined ? got : either(got, fallback)
  }
  const parts = [of, ...args.positional]
  if (!folding.affords(parts)) return unfollowed(parts, path)
  const result = combine(parts, ([value, ...rest]) =>
    value === undefined ? undefined : callMethod(value, name, rest),
  )
  if (!COMPARING.has(name)) return { ...result, path: of.path === '' ? '' : path }
  const triggers = triggersOf(of, args.positional[0] ?? open(''))
  return { ...result, isBuilt: of.isBuilt, triggers: [...of.triggers, ...triggers], path }
}

/** `append`, `update` and the like, of lists and dictionaries of the template. */
function changesValue(folding: Folding, of: Guess, name: string, args: FoldedArguments): boolean {
  const [value] = of.values
  if (!isDict(value) || name !== 'update') return false
  for (const [key, guess] of args.named) folding.assignInto(value.entries, key, guess)
  const [other] = args.positional[0]?.values ?? []
  if (isDict(other)) for (const [key, guess] of other.entries) folding.assignInto(value.entries, key, guess)
  return true
}

function foldFormat(folding: Folding, of: Guess, args: FoldedArguments, at: number): Guess {
  noteFormat(folding, of, at)
  const names = [...args.named.keys()]
  const parts = [of, ...args.positional, ...args.named.values()]
  return combine(parts, ([text, ...values]) => {
    if (typeof text !== 'string') return undefined
    const positional = values.slice(0, args.positional.length)
    const named = new Map<string, Plain>()
    for (const [i, name] of names.entries()) {
      const value = values[args.positional.length + i]
      if (value !== undefined) named.set(name, value)
    }
    return formatText(text, positional, named)
  })
}

interface NamedCall {
  readonly name: string
  readonly args: FoldedArguments
  readonly at: number
  readonly fold: Fold
}

function foldNamed(folding: Folding, { name, args, at, fold }: NamedCall): Guess {
  const macro = folding.macros.get(name)
  if (macro !== undefined) return foldMacro(folding, macro, args, fold)
  if (folding.lookUp(name) !== undefined) return open(`${name}()`)
  if (name === 'namespace' || name === 'dict') return foldDictionary(args)
  if (name === 'range') return foldRange(folding, args, at)
  folding.see({ kind: 'call', of: name, words: wordsOf(args.positional[0] ?? open('')), at })
  return open(`${name}()`, { isDate: name === 'strftime_now' || name === 'now' })
}

function foldDictionary(args: FoldedArguments): Guess {
  const entries = new Map<string, Guess>()
  for (const { values } of args.positional)
    for (const value of values)
      if (isDict(value)) for (const [key, guess] of value.entries) entries.set(key, guess)
  for (const [key, guess] of args.named) entries.set(key, guess)
  return known({ kind: 'dict', entries })
}

function foldRange(folding: Folding, args: FoldedArguments, at: number): Guess {
  const numbers = args.positional.map(({ values }) => values[0])
  if (!numbers.every((number) => typeof number === 'number')) return open('range()')
  const [from, to, step] =
    numbers.length === 1 ? [0, numbers[0] ?? 0, 1] : [numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 1]
  const count = step === 0 ? 0 : Math.ceil((to - from) / step)
  if (count > HUGE_RANGE) folding.see({ kind: 'huge', message: `it makes a range of ${count} numbers`, at })
  if (!(count >= 0 && count <= FOLLOWED_RANGE)) return open('range()', leastOf(count))
  return known(listOf(Array.from({ length: count }, (_, i) => from + i * step)))
}

function foldMacro(folding: Folding, macro: Macro, args: FoldedArguments, fold: Fold): Guess {
  const isKnown = [...args.positional, ...args.named.values()].every(({ isOpen }) => !isOpen)
  const written = folding.call(macro.name, isKnown, () => {
    for (const [i, { name, fallback }] of macro.parameters.entries()) {
      const given = args.named.get(name) ?? args.positional[i]
      folding.assign(name, given ?? (fallback === undefined ? open(name) : fold(fallback)))
    }
    folding.assign('varargs', known({ kind: 'list', items: args.positional.slice(macro.parameters.length) }))
    return folding.render(macro.body)
  })
  return written ?? open(`${macro.name}()`)
}

/** The items of a known list, a text, or the keys of a dictionary, for a loop. */
export function itemsOf(guess: Guess): readonly Guess[] | undefined {
  const [value] = guess.values
  if (guess.isOpen || guess.values.length !== 1) return undefined
  if (isList(value)) return value.items
  if (typeof value === 'string') return [...value].map(known)
  return isDict(value) ? [...value.entries.keys()].map(known) : undefined
}
