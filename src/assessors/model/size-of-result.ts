import type { Value } from '../../formats/pickle/index.ts'
import { functionName } from './function-name.ts'

/** What a value is known to be like, without it being made. */
export type Size =
  /** A whole number of `bits` bits or a little less: the logarithm of it to base 2. `int` where it is short enough to be told. */
  | { readonly kind: 'number'; readonly bits: number; readonly int?: bigint }
  /** A text, bytes, a list or a tuple of so many members. */
  | { readonly kind: 'sequence'; readonly length: number }

/** Bits up to which a result is worked out; of longer ones only the size is followed, which saturates at Infinity. */
const MAX_TOLD_BITS = 1000
/** Calls within calls. The inner ones are known by then where they were met before: this bounds the stack. */
const MAX_DEPTH = 200

/** Calls do not change once they are made, and a stream shares them by its memo. */
const known = new WeakMap<Value, Size | undefined>()

/** The size of a number or sequence, followed through calls of `operator` and `math`; undefined where it is not known. */
export function sizeOfResult(value: Value | undefined, depth = 0): Size | undefined {
  switch (value?.kind) {
    case 'constant':
      return value.int === undefined ? undefined : numberOf(value.int)
    case 'str':
    case 'bytes':
      return { kind: 'sequence', length: value.length }
    case 'list':
    case 'tuple':
      return { kind: 'sequence', length: value.count }
    case 'call':
      break
    default:
      return undefined
  }
  if (known.has(value)) return known.get(value)
  if (depth > MAX_DEPTH || value.args.kind !== 'tuple') return undefined
  const items = value.args.items.slice(0, 3).map((item) => sizeOfResult(item, depth + 1))
  const size = sizeOfCall(functionName(value.callee) ?? '', items)
  // Also where it is not known: what is shared would be gone through anew by every way that leads to it.
  known.set(value, size)
  return size
}

/** A number as one of the machine's own: Infinity where it is too long for that. */
function magnitudeOf(size: Size | undefined): number | undefined {
  if (size?.kind !== 'number') return undefined
  return size.int === undefined ? 2 ** size.bits : Number(size.int)
}

function sizeOfCall(name: string, items: readonly (Size | undefined)[]): Size | undefined {
  const [first, second] = items
  switch (name) {
    case 'operator.mul':
    case 'operator.imul':
      return product(first, second)
    case 'operator.add':
    case 'operator.iadd':
    case 'operator.concat':
    case 'operator.iconcat':
      return sum(first, second)
    case 'operator.pow':
    case 'operator.ipow':
    case 'builtins.pow':
      return items.length === 2 ? power(first, second) : undefined
    case 'operator.lshift':
    case 'operator.ilshift':
      return shifted(first, second)
    case 'math.factorial':
      return factorial(first)
    case 'operator.neg':
    case 'operator.pos':
    case 'operator.abs':
    case 'operator.index':
    case 'builtins.abs':
    case 'builtins.int':
      return items.length === 1 ? unsigned(name, first) : undefined
    default:
      return undefined
  }
}

function product(first: Size | undefined, second: Size | undefined): Size | undefined {
  if (first?.kind === 'number' && second?.kind === 'number')
    return first.int === 0n || second.int === 0n
      ? numberOf(0n)
      : ofBits(first.bits + second.bits, () => times(first.int, second.int))
  const [sequence, count] = first?.kind === 'sequence' ? [first, second] : [second, first]
  const repeats = magnitudeOf(count)
  if (sequence?.kind !== 'sequence' || repeats === undefined) return undefined
  return { kind: 'sequence', length: sequence.length === 0 ? 0 : sequence.length * Math.max(0, repeats) }
}

function sum(first: Size | undefined, second: Size | undefined): Size | undefined {
  if (first?.kind === 'sequence' && second?.kind === 'sequence')
    return { kind: 'sequence', length: first.length + second.length }
  if (first?.kind !== 'number' || second?.kind !== 'number') return undefined
  const [a, b] = [first.int, second.int]
  if (a !== undefined && b !== undefined) return numberOf(a + b)
  // Two long ones may cancel each other out; a short one beside a long one does not.
  return a === undefined && b === undefined
    ? undefined
    : { kind: 'number', bits: Math.max(first.bits, second.bits) }
}

function power(first: Size | undefined, second: Size | undefined): Size | undefined {
  const exponent = magnitudeOf(second)
  if (first?.kind !== 'number' || exponent === undefined || exponent < 0) return undefined
  if (exponent === 0) return numberOf(1n)
  // 0 and 1 stay what they are, and -1 changes its sign.
  if (first.bits === 0) return first
  return ofBits(first.bits * exponent, () => raised(first.int, exponent))
}

function shifted(first: Size | undefined, second: Size | undefined): Size | undefined {
  const width = magnitudeOf(second)
  if (first?.kind !== 'number' || width === undefined || width < 0) return undefined
  if (first.int === 0n) return first
  return ofBits(first.bits + width, () => (first.int === undefined ? undefined : first.int << BigInt(width)))
}

/** Stirling's formula. */
function factorial(first: Size | undefined): Size | undefined {
  const count = magnitudeOf(first)
  if (count === undefined || count < 0) return undefined
  const bits = count * Math.max(1, Math.log2(count / Math.E))
  return ofBits(bits, () => {
    let made = 1n
    for (let factor = 2; factor <= count; factor++) made *= BigInt(factor)
    return made
  })
}

function unsigned(name: string, first: Size | undefined): Size | undefined {
  if (first?.kind !== 'number') return undefined
  // Of the sign of a long number nothing is kept.
  if (first.int === undefined) return name === 'operator.neg' ? undefined : first
  if (name === 'operator.neg') return numberOf(-first.int)
  return name.endsWith('abs') && first.int < 0n ? numberOf(-first.int) : first
}

function numberOf(int: bigint): Size {
  const short = int < 0n ? -int : int
  const digits = short.toString(16)
  const bits = short === 0n ? 0 : 4 * (digits.length - 1) + Math.log2(Number.parseInt(digits[0] ?? '1', 16))
  return bits > MAX_TOLD_BITS ? { kind: 'number', bits } : { kind: 'number', bits, int }
}

/** A result of so many bits: worked out where it is short. */
function ofBits(bits: number, work: () => bigint | undefined): Size {
  const int = bits > MAX_TOLD_BITS ? undefined : work()
  return int === undefined ? { kind: 'number', bits } : numberOf(int)
}

function times(first: bigint | undefined, second: bigint | undefined): bigint | undefined {
  return first === undefined || second === undefined ? undefined : first * second
}

function raised(base: bigint | undefined, exponent: number): bigint | undefined {
  return base === undefined || !Number.isSafeInteger(exponent) ? undefined : base ** BigInt(exponent)
}
