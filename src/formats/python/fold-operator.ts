import {
  bytesValue,
  itemsOf,
  listValue,
  MAX_FOLDED,
  mergeFrom,
  numberOf,
  numberValue,
  originsOf,
  type PythonValue,
  prefixOf,
  textOf,
  textValue,
  unknownFrom,
} from './python-value.ts'

type Arithmetic = (a: number, b: number) => number

const WHOLE = (compute: (a: bigint, b: bigint) => bigint): Arithmetic => {
  return (a, b) =>
    Number.isSafeInteger(a) && Number.isSafeInteger(b) ? Number(compute(BigInt(a), BigInt(b))) : Number.NaN
}

const ARITHMETIC: Readonly<Record<string, Arithmetic>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '//': (a, b) => Math.floor(a / b),
  '%': (a, b) => a - b * Math.floor(a / b),
  '**': (a, b) => a ** b,
  '^': WHOLE((a, b) => a ^ b),
  '&': WHOLE((a, b) => a & b),
  '|': WHOLE((a, b) => a | b),
  '<<': (a, b) => (b >= 0 && b < 64 ? a * 2 ** b : Number.NaN),
  '>>': (a, b) => (b >= 0 && b < 64 ? Math.floor(a / 2 ** b) : Number.NaN),
}

/** `a operator b` where both are known well enough; otherwise something unknown that came from both. */
export function foldOperator(a: PythonValue, operator: string, b: PythonValue): PythonValue {
  const from = mergeFrom(originsOf(a), originsOf(b))
  if (operator === '%' && (a.kind === 'text' || a.kind === 'bytes')) return foldPercent(a, b, from)
  const x = numberOf(a)
  const y = numberOf(b)
  const compute = ARITHMETIC[operator]
  if (x !== undefined && y !== undefined && compute !== undefined) return numberValue(compute(x, y), from)
  if (operator === '+') return foldPlus(a, b, from)
  // pathlib: a path and what is under it.
  if (operator === '/' && a.kind === 'name' && b.kind === 'text')
    return { ...a, seed: `${a.seed ?? ''}/${b.value}` }
  if (operator === '*') return y === undefined ? foldTimes(b, x, from) : foldTimes(a, y, from)
  return unknownFrom(from)
}

function foldPlus(a: PythonValue, b: PythonValue, from: readonly string[]): PythonValue {
  const joined = mergeFrom(from, ['+'])
  if (a.kind === 'text' && b.kind === 'text') return textValue(a.value + b.value, joined)
  if (a.kind === 'bytes' && b.kind === 'bytes') return bytesValue(a.value + b.value, joined)
  if (a.kind === 'list' && b.kind === 'list' && a.items.length + b.items.length <= 100_000)
    return listValue([...a.items, ...b.items], from)
  return unknownFrom(joined, prefixOf(a))
}

function foldTimes(a: PythonValue, count: number | undefined, from: readonly string[]): PythonValue {
  if (count === undefined) return unknownFrom(from)
  const times = Math.max(0, Math.trunc(count))
  const text = textOf(a)
  if (text !== undefined && text.length * times <= MAX_FOLDED)
    return a.kind === 'bytes' ? bytesValue(text.repeat(times), from) : textValue(text.repeat(times), from)
  if (a.kind === 'list' && a.items.length * times <= 10_000)
    return listValue(Array.from({ length: times }, () => a.items).flat(), from)
  return unknownFrom(from)
}

function foldPercent(a: PythonValue, b: PythonValue, from: readonly string[]): PythonValue {
  const items = b.kind === 'list' ? b.items : [b]
  let next = 0
  let isKnown = true
  const value = (textOf(a) ?? '').replace(
    /%(?:\((\w{1,40})\))?[-#0 +]*\d{0,6}(?:\.\d{1,6})?([sdriuxXcf%])/g,
    (all, key, type) => {
      if (type === '%') return '%'
      const item = typeof key === 'string' ? entryOf(b, key) : items[next++]
      const text = item === undefined ? undefined : shownText(item, type)
      if (text === undefined) isKnown = false
      return text ?? all
    },
  )
  const joined = mergeFrom(from, ['%'])
  return isKnown ? textValue(value, joined) : unknownFrom(joined, (textOf(a) ?? '').split('%', 1)[0])
}

/** The value under a text key. */
function entryOf(value: PythonValue, key: string): PythonValue | undefined {
  return value.kind === 'dict' ? value.entries.findLast(([k]) => textOf(k) === key)?.[1] : undefined
}

function shownText(value: PythonValue, type: string): string | undefined {
  const number = numberOf(value)
  if (number !== undefined && type === 'c') return charOf(number)
  if (number !== undefined && (type === 'x' || type === 'X')) return number.toString(16)
  return showText(value)
}

export function charOf(code: number): string | undefined {
  return Number.isInteger(code) && code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined
}

/** What `str(value)` gives, for constants. */
export function showText(value: PythonValue): string | undefined {
  if (value.kind === 'text') return value.value
  if (value.kind === 'number') return String(value.value)
  if (value.kind !== 'constant') return undefined
  return value.value === null ? 'None' : value.value ? 'True' : 'False'
}

/** `value[index]` of constants. */
export function foldIndex(value: PythonValue, index: PythonValue): PythonValue | undefined {
  if (value.kind === 'dict') {
    const wanted = 'value' in index ? index.value : undefined
    return value.entries.findLast(([key]) => 'value' in key && key.value === wanted)?.[1]
  }
  const at = numberOf(index)
  const items = value.kind === 'text' ? undefined : itemsOf(value)
  if (at === undefined || !Number.isInteger(at)) return undefined
  if (value.kind === 'text') {
    const char = value.value.at(at)
    return char === undefined ? undefined : textValue(char, mergeFrom(value.from, ['[]']))
  }
  return items?.at(at)
}

/** `value[start:stop:step]` of constants. */
export function foldSlice(
  value: PythonValue,
  bounds: readonly (number | undefined)[],
): PythonValue | undefined {
  const [start, stop, step = 1] = bounds
  if (step === 0 || !Number.isInteger(step)) return undefined
  const text = textOf(value)
  const from = mergeFrom(value.from, ['[:]'])
  if (text !== undefined) {
    const cut = step === 1 ? text.slice(start, stop) : stepped([...text], start, stop, step).join('')
    return value.kind === 'bytes' ? bytesValue(cut, from) : textValue(cut, from)
  }
  return value.kind === 'list' ? listValue(stepped(value.items, start, stop, step), value.from) : undefined
}

function stepped<T>(
  all: readonly T[],
  start: number | undefined,
  stop: number | undefined,
  step: number,
): T[] {
  const { length } = all
  const clip = (at: number): number =>
    Math.max(step < 0 ? -1 : 0, Math.min(length, at < 0 ? at + length : at))
  const first =
    start === undefined ? (step < 0 ? length - 1 : 0) : Math.min(clip(start), length - (step < 0 ? 1 : 0))
  const end = stop === undefined ? (step < 0 ? -1 : length) : clip(stop)
  const taken: T[] = []
  for (let i = first; step < 0 ? i > end : i < end; i += step) {
    const item = all[i]
    if (item !== undefined) taken.push(item)
  }
  return taken
}
