import { formatText, percentFormat } from './fold-format.ts'
import { isDict, isList, known, listOf, type Plain, type PlainDict, plainItems, textOf } from './guess.ts'

/** Characters of a text that folding makes; beyond it a value is not followed. */
export const MAX_FOLDED_CHARS = 16_384

type TextOperation = (text: string, args: readonly Plain[]) => Plain | undefined

const textArg = (args: readonly Plain[], i: number): string | undefined =>
  typeof args[i] === 'string' ? (args[i] as string) : undefined

function capitalize(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase()
}

function swapCase(text: string): string {
  return text.replace(/\p{L}/gu, (char) =>
    char === char.toUpperCase() ? char.toLowerCase() : char.toUpperCase(),
  )
}

function replaceAll(text: string, args: readonly Plain[]): string | undefined {
  const from = textArg(args, 0)
  const to = textArg(args, 1)
  if (from === undefined || to === undefined) return undefined
  // An empty text to look for stands between all characters.
  if ((text.length + 1) * to.length > MAX_FOLDED_CHARS) return undefined
  if (args[2] === 1 && from !== '') return text.replace(from, () => to)
  return text.replaceAll(from, () => to)
}

function strip(text: string, args: readonly Plain[], side: 'both' | 'left' | 'right'): string {
  const set = textArg(args, 0)
  const isCut = (char: string | undefined): boolean =>
    char !== undefined && (set === undefined ? /\s/.test(char) : set.includes(char))
  let start = 0
  let end = text.length
  if (side !== 'right') while (start < end && isCut(text[start])) start++
  if (side !== 'left') while (end > start && isCut(text[end - 1])) end--
  return text.slice(start, end)
}

function split(text: string, args: readonly Plain[]): Plain {
  const by = textArg(args, 0)
  return listOf(
    by === undefined || by === '' ? text.split(/\s+/).filter((part) => part !== '') : text.split(by),
  )
}

function pad(
  text: string,
  width: Plain | undefined,
  place: (text: string, width: number) => string,
): Plain | undefined {
  return typeof width === 'number' && width <= MAX_FOLDED_CHARS ? place(text, width) : undefined
}

function joinItems(glue: string, list: Plain | undefined): Plain | undefined {
  const items = plainItems(list)?.map(textOf)
  if (items === undefined || items.some((item) => item === undefined)) return undefined
  return items.join(glue)
}

/** Methods of Python's str that give a value. https://docs.python.org/3/library/stdtypes.html#string-methods */
const TEXT_METHODS: ReadonlyMap<string, TextOperation> = new Map<string, TextOperation>([
  ['lower', (text) => text.toLowerCase()],
  ['casefold', (text) => text.toLowerCase()],
  ['upper', (text) => text.toUpperCase()],
  ['capitalize', capitalize],
  ['title', (text) => text.replace(/\p{L}+/gu, capitalize)],
  ['swapcase', swapCase],
  ['replace', replaceAll],
  ['strip', (text, args) => strip(text, args, 'both')],
  ['lstrip', (text, args) => strip(text, args, 'left')],
  ['rstrip', (text, args) => strip(text, args, 'right')],
  ['split', split],
  ['rsplit', split],
  ['splitlines', (text) => listOf(text.split(/\r?\n/))],
  ['partition', (text, args) => partition(text, textArg(args, 0))],
  ['join', (text, args) => joinItems(text, args[0])],
  ['format', (text, args) => formatText(text, args, new Map())],
  ['zfill', (text, args) => pad(text, args[0], (t, width) => t.padStart(width, '0'))],
  ['ljust', (text, args) => pad(text, args[0], (t, width) => t.padEnd(width, textArg(args, 1) ?? ' '))],
  ['rjust', (text, args) => pad(text, args[0], (t, width) => t.padStart(width, textArg(args, 1) ?? ' '))],
  ['center', (text, args) => pad(text, args[0], (t, width) => centred(t, width, textArg(args, 1) ?? ' '))],
  ['startswith', (text, args) => text.startsWith(textArg(args, 0) ?? '\0')],
  ['endswith', (text, args) => text.endsWith(textArg(args, 0) ?? '\0')],
  [
    'removeprefix',
    (text, args) => (text.startsWith(textArg(args, 0) ?? '\0') ? text.slice(textArg(args, 0)?.length) : text),
  ],
  ['removesuffix', (text, args) => withoutEnd(text, textArg(args, 0) ?? '')],
  ['find', (text, args) => text.indexOf(textArg(args, 0) ?? '\0')],
  ['index', (text, args) => text.indexOf(textArg(args, 0) ?? '\0')],
  ['count', (text, args) => text.split(textArg(args, 0) ?? '\0').length - 1],
])

function centred(text: string, width: number, by: string): string {
  return text.padStart(text.length + Math.max(0, Math.floor((width - text.length) / 2)), by).padEnd(width, by)
}

function withoutEnd(text: string, end: string): string {
  return end !== '' && text.endsWith(end) ? text.slice(0, -end.length) : text
}

function partition(text: string, by: string | undefined): Plain {
  const at = by === undefined ? -1 : text.indexOf(by)
  if (by === undefined || at < 0) return listOf([text, '', ''])
  return listOf([text.slice(0, at), by, text.slice(at + by.length)])
}

/** A method of a known value. Undefined when it is not followed. */
export function callMethod(of: Plain, name: string, args: readonly Plain[]): Plain | undefined {
  if (typeof of === 'string') return bounded(TEXT_METHODS.get(name)?.(of, args))
  return isDict(of) ? dictMethod(of, name) : undefined
}

function dictMethod({ entries }: PlainDict, name: string): Plain | undefined {
  if (name === 'keys') return listOf([...entries.keys()])
  if (name === 'values') return { kind: 'list', items: [...entries.values()] }
  if (name !== 'items') return undefined
  const pairs = [...entries].map(([key, value]) => known({ kind: 'list', items: [known(key), value] }))
  return { kind: 'list', items: pairs }
}

/** Filters of Jinja2 that give a value. https://jinja.palletsprojects.com/en/stable/templates/#builtin-filters */
const FILTERS: ReadonlyMap<string, (value: Plain, args: readonly Plain[]) => Plain | undefined> = new Map([
  ['join', (value, args) => joinItems(textArg(args, 0) ?? '', value)],
  ['list', (value) => toList(value)],
  ['items', (value) => (isDict(value) ? dictMethod(value, 'items') : undefined)],
  ['dictsort', (value) => (isDict(value) ? dictMethod(value, 'items') : undefined)],
  ['string', (value) => textOf(value)],
  ['safe', (value) => textOf(value)],
  ['escape', (value) => textOf(value)],
  ['e', (value) => textOf(value)],
  ['forceescape', (value) => textOf(value)],
  ['reverse', (value) => reversed(value)],
  ['first', (value) => plainItems(value)?.[0]],
  ['last', (value) => plainItems(value)?.at(-1)],
  ['int', (value) => (Number.isFinite(Number(textOf(value))) ? Math.trunc(Number(textOf(value))) : 0)],
  ['length', (value) => sizeOf(value)],
  ['count', (value) => sizeOf(value)],
  ['abs', (value) => (typeof value === 'number' ? Math.abs(value) : undefined)],
  ['format', (value, args) => (typeof value === 'string' ? percentFormat(value, args) : undefined)],
  ['sort', (value) => sorted(value)],
  ['unique', (value) => uniqueItems(value)],
  ['sum', (value, args) => joinItems(textArg(args, 1) ?? '', value)],
  ['trim', (value, args) => (typeof value === 'string' ? strip(value, args, 'both') : undefined)],
])

/** Filters that are methods of texts under another door. */
const TEXT_FILTERS = new Set(['lower', 'upper', 'capitalize', 'title', 'replace', 'center'])

/** A filter over a known value. Undefined when it is not followed. */
export function callFilter(value: Plain, name: string, args: readonly Plain[]): Plain | undefined {
  if (TEXT_FILTERS.has(name)) return callMethod(textOf(value) ?? value, name, args)
  return bounded(FILTERS.get(name)?.(value, args))
}

function toList(value: Plain): Plain | undefined {
  const items = plainItems(value)
  return isList(value) ? value : items === undefined ? undefined : listOf(items)
}

function reversed(value: Plain): Plain | undefined {
  if (typeof value === 'string') return [...value].reverse().join('')
  return isList(value) ? { kind: 'list', items: value.items.toReversed() } : undefined
}

function sorted(value: Plain): Plain | undefined {
  const items = plainItems(value)
  if (items === undefined || !items.every((item) => typeof item === 'string')) return undefined
  return listOf(items.toSorted())
}

function uniqueItems(value: Plain): Plain | undefined {
  const items = plainItems(value)
  return items === undefined ? undefined : listOf([...new Set(items)])
}

function sizeOf(value: Plain): number | undefined {
  if (typeof value === 'string') return [...value].length
  if (isList(value)) return value.items.length
  return isDict(value) ? value.entries.size : undefined
}

function bounded(value: Plain | undefined): Plain | undefined {
  return typeof value === 'string' && value.length > MAX_FOLDED_CHARS ? undefined : value
}

/** The part of a text or a list between two places, as Python cuts it. */
export function sliceOf(value: Plain, bounds: readonly (number | undefined)[]): Plain | undefined {
  if (typeof value === 'string') {
    const chars = [...value]
    return placesOf(chars.length, bounds)
      ?.map((at) => chars[at])
      .join('')
  }
  if (!isList(value)) return undefined
  const places = placesOf(value.items.length, bounds)
  if (places === undefined) return undefined
  return { kind: 'list', items: places.map((at) => value.items[at]).filter((item) => item !== undefined) }
}

/** The places that `[from:to:step]` takes out of so many. */
function placesOf(
  count: number,
  [from, to, step = 1]: readonly (number | undefined)[],
): number[] | undefined {
  if (!Number.isInteger(step) || step === 0) return undefined
  const isForth = step > 0
  const least = isForth ? 0 : -1
  const most = isForth ? count : count - 1
  const clamp = (at: number): number => Math.max(least, Math.min(most, at < 0 ? at + count : at))
  const start = from === undefined ? (isForth ? 0 : count - 1) : clamp(from)
  const end = to === undefined ? (isForth ? count : -1) : clamp(to)
  const places: number[] = []
  for (let at = start; isForth ? at < end : at > end; at += step) places.push(at)
  return places
}

/** An operator between two known values. */
export function operate(operator: string, left: Plain, right: Plain): Plain | undefined {
  if (operator === '~') return bounded(joinTexts(textOf(left), textOf(right)))
  if (operator === '+') return add(left, right)
  if (operator === '*') return multiply(left, right)
  if (operator === '%' && typeof left === 'string')
    return bounded(percentFormat(left, isList(right) ? (plainItems(right) ?? []) : [right]))
  if (operator === '==') return sameness(left, right)
  if (operator === '!=') return sameness(left, right) === undefined ? undefined : !sameness(left, right)
  if (typeof left === 'number' && typeof right === 'number') return calculate(operator, left, right)
  return undefined
}

function joinTexts(left: string | undefined, right: string | undefined): string | undefined {
  return left === undefined || right === undefined ? undefined : left + right
}

function add(left: Plain, right: Plain): Plain | undefined {
  if (typeof left === 'string' && typeof right === 'string') return bounded(left + right)
  if (isList(left) && isList(right) && left.items.length + right.items.length < 10_000)
    return { kind: 'list', items: [...left.items, ...right.items] }
  return typeof left === 'number' && typeof right === 'number' ? left + right : undefined
}

function multiply(left: Plain, right: Plain): Plain | undefined {
  if (typeof left === 'number' && typeof right === 'number') return left * right
  const [text, times] = typeof left === 'string' ? [left, right] : [right, left]
  if (typeof text !== 'string' || typeof times !== 'number') return undefined
  return text.length * times <= MAX_FOLDED_CHARS ? text.repeat(Math.max(0, Math.trunc(times))) : undefined
}

function sameness(left: Plain, right: Plain): boolean | undefined {
  return isList(left) || isList(right) || isDict(left) || isDict(right) ? undefined : left === right
}

function calculate(operator: string, left: number, right: number): Plain | undefined {
  if (operator === '-') return left - right
  if (operator === '/') return right === 0 ? undefined : left / right
  if (operator === '//') return right === 0 ? undefined : Math.floor(left / right)
  if (operator === '%') return right === 0 ? undefined : ((left % right) + right) % right
  if (operator === '**') return left ** right
  if (operator === '<') return left < right
  if (operator === '>') return left > right
  if (operator === '<=') return left <= right
  return operator === '>=' ? left >= right : undefined
}
