import type { Value } from '../../formats/pickle/index.ts'

/**
 * Numbers, bytes or steps that one call may ask for out of a few bytes of the file. Models hold their numbers; none makes 4 Gi
 * of them out of nothing, and most machines that load one would not survive it (CWE-400, CWE-789).
 */
const MAX_MADE = 2n ** 32n
/** Exponents, factorials and widths beyond which the result has more digits than there are bytes of memory to spare. */
const MAX_EXPONENT = 2n ** 24n

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
  'builtins.pow',
  'builtins.format',
  'math.factorial',
])

/** Whether a call of this function may be one that exhausts, depending on its arguments. */
export function mayExhaust(module: string, name: string): boolean {
  const full = fullName({ kind: 'global', module, name }) ?? ''
  return MAKERS.has(full) || GROWING.has(full) || full.startsWith('itertools.')
}

/** Whether a call asks for more memory or time than any model: by a number, or by a sequence that has no end. */
export function isExhausting({ callee, args }: Call): boolean {
  const name = fullName(callee)
  if (name === undefined || args.kind !== 'tuple') return false
  const { items } = args
  if (MAKERS.has(name) && productOf(items[0]) > MAX_MADE) return true
  if (CONSUMERS.has(name) && items.some((item) => lengthOf(item) > MAX_MADE)) return true
  return isHugeNumber(name, items)
}

function isHugeNumber(name: string, items: readonly Value[]): boolean {
  const [first, second] = items.map((item) => intOf(item))
  switch (name) {
    case 'operator.mul':
    case 'operator.imul':
      // A product of two numbers is only a number; a sequence is repeated.
      return (first === undefined) !== (second === undefined) && (first ?? second ?? 0n) > MAX_MADE
    case 'operator.pow':
    case 'operator.ipow':
    case 'builtins.pow':
      return items.length === 2 && (second ?? 0n) > MAX_EXPONENT && !isSmallBase(first)
    case 'operator.lshift':
    case 'operator.ilshift':
      return (second ?? 0n) > MAX_MADE
    case 'math.factorial':
      return (first ?? 0n) > MAX_EXPONENT
    case 'builtins.format':
      return items[1]?.kind === 'str' && BigInt(/\d{1,30}/.exec(items[1].text)?.[0] ?? 0) > MAX_MADE
    default:
      return false
  }
}

/** 0, 1 and -1, and bases that are no whole numbers, stay small. */
function isSmallBase(base: bigint | undefined): boolean {
  return base === undefined || (base >= -1n && base <= 1n)
}

/** Members that an iterable gives to whoever goes through it; as far as the stream says. */
function lengthOf(value: Value): bigint {
  if (value.kind !== 'call' || value.args.kind !== 'tuple') return 1n
  const { items } = value.args
  const endless = MAX_MADE + 1n
  switch (fullName(value.callee)) {
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

function intOf(value: Value | undefined): bigint | undefined {
  return value?.kind === 'constant' ? value.int : undefined
}

/** The C twins are the same functions. */
function fullName(callee: Value): string | undefined {
  if (callee.kind !== 'global') return undefined
  const module =
    callee.module === '_operator' ? 'operator' : callee.module.replace(/^__builtin(__|s__)$/, 'builtins')
  return `${module}.${callee.name}`
}
