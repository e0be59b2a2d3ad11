import type { Value } from '../../formats/pickle/index.ts'
import { functionName } from './function-name.ts'
import { sizeOfResult } from './size-of-result.ts'

/**
 * Numbers, bytes or steps that one call may ask for out of a few bytes of the file. Models hold their numbers; none makes 4 Gi
 * of them out of nothing, and most machines that load one would not survive it (CWE-400, CWE-789).
 */
const MAX_MADE = 2n ** 32n
/** Bits of a power or product, and numbers whose factorial is asked for, beyond which working it out takes minutes. */
const MAX_BITS = 2 ** 24
/** Stands for every number that is longer. */
const LONG_NUMBER = 2n ** 1000n

type Call = Value & { kind: 'call' }

/** Makers that fill memory with as many members as their first argument says, or as the product of its members. */
const MAKERS = new Set([
  ...['bytes', 'bytearray', 'memoryview'].map((name) => `builtins.${name}`),
  ...['numpy', 'torch'].flatMap((module) =>
    ['zeros', 'ones', 'empty', 'full', 'arange'].map((name) => `${module}.${name}`),
  ),
])
/** Functions that go through all members of what they are given. */
const CONSUMERS = new Set([
  ...['list', 'tuple', 'set', 'frozenset', 'sorted', 'sum', 'max', 'min', 'all', 'any', 'dict', 'bytes'].map(
    (name) => `builtins.${name}`,
  ),
  ...['deque', 'Counter', 'OrderedDict'].map((name) => `collections.${name}`),
  'functools.reduce',
  'numpy.array',
])

/** Functions of which the result may be far larger than what they are given. */
const GROWING = new Set([
  ...['mul', 'imul', 'pow', 'ipow', 'lshift', 'ilshift'].map((name) => `operator.${name}`),
  ...['add', 'iadd', 'concat', 'iconcat'].map((name) => `operator.${name}`),
  'builtins.pow',
  'builtins.format',
  'math.factorial',
])

/** Whether a call of this function may be one that exhausts, depending on its arguments. */
export function mayExhaust(module: string, name: string): boolean {
  const full = functionName({ kind: 'global', module, name }) ?? ''
  return MAKERS.has(full) || GROWING.has(full) || full.startsWith('itertools.')
}

/** Whether a call asks for more memory or time than any model: by a number, or by a sequence that has no end. */
export function isExhausting(call: Call): boolean {
  const { callee, args } = call
  const name = functionName(callee)
  if (name === undefined || args.kind !== 'tuple') return false
  const { items } = args
  if (MAKERS.has(name) && productOf(items[0]) > MAX_MADE) return true
  if (CONSUMERS.has(name) && items.some((item) => lengthOf(item) > MAX_MADE)) return true
  return GROWING.has(name) && isHugeResult(name, call)
}

function isHugeResult(name: string, call: Call): boolean {
  const { items } = call.args.kind === 'tuple' ? call.args : { items: [] }
  const [first, second] = items.map((item) => intOf(item))
  const made = sizeOfResult(call)
  if (made?.kind === 'sequence') return made.length > Number(MAX_MADE)
  switch (name) {
    case 'operator.mul':
    case 'operator.imul':
      if (made !== undefined) return made.bits > MAX_BITS
      // Something that is no number is repeated.
      return (first === undefined) !== (second === undefined) && (first ?? second ?? 0n) > MAX_MADE
    case 'operator.pow':
    case 'operator.ipow':
    case 'builtins.pow':
      return (made?.bits ?? 0) > MAX_BITS
    case 'operator.lshift':
    case 'operator.ilshift':
      return made === undefined ? (second ?? 0n) > MAX_MADE : made.bits > Number(MAX_MADE)
    case 'math.factorial':
      return (first ?? 0n) > MAX_BITS
    case 'builtins.format':
      return items[1]?.kind === 'str' && BigInt(/\d{1,30}/.exec(items[1].text)?.[0] ?? 0) > MAX_MADE
    default:
      return false
  }
}

/** Members that an iterable gives to whoever goes through it; as far as the stream says. */
function lengthOf(value: Value): bigint {
  if (value.kind !== 'call' || value.args.kind !== 'tuple') return 1n
  const { items } = value.args
  const endless = MAX_MADE + 1n
  switch (functionName(value.callee)) {
    case 'itertools.count':
    case 'itertools.cycle':
      return endless
    case 'itertools.repeat':
      return items.length < 2 ? endless : (intOf(items[1]) ?? 1n)
    case 'itertools.product':
    case 'itertools.permutations':
      return items.reduce((product, item) => product * lengthOf(item), 1n)
    case 'itertools.chain':
    case 'builtins.enumerate':
    case 'builtins.reversed':
    case 'builtins.iter':
      return items.reduce((sum, item) => sum + lengthOf(item), 0n)
    case 'builtins.range':
      return rangeLength(items.map((item) => intOf(item) ?? 0n))
    default:
      return 1n
  }
}

function rangeLength([first = 0n, second, step = 1n]: readonly bigint[]): bigint {
  const [from, to] = second === undefined ? [0n, first] : [first, second]
  return step === 0n ? 0n : (to - from) / step
}

function productOf(value: Value | undefined): bigint {
  if (value?.kind !== 'tuple' && value?.kind !== 'list') return intOf(value) ?? 0n
  return value.items.reduce((product, item) => product * (intOf(item) ?? 1n), 1n)
}

/** A whole number, also one that calls make; of one that is too long to be told, a long one. */
function intOf(value: Value | undefined): bigint | undefined {
  const size = sizeOfResult(value)
  if (size?.kind !== 'number') return undefined
  return size.int ?? LONG_NUMBER
}
