/**
 * What is known of a value without running anything. `from` names the functions and operators that made it, so that a
 * reader sees that the text given to exec came out of base64, or the bytes sent came out of os.environ.
 */
export type PythonValue =
  | { readonly kind: 'text'; readonly value: string; readonly from: readonly string[] }
  /** One character a byte. */
  | { readonly kind: 'bytes'; readonly value: string; readonly from: readonly string[] }
  | { readonly kind: 'number'; readonly value: number; readonly from: readonly string[] }
  | { readonly kind: 'constant'; readonly value: boolean | null; readonly from: readonly string[] }
  /** A list, a tuple or a set. */
  | { readonly kind: 'list'; readonly items: readonly PythonValue[]; readonly from: readonly string[] }
  | { readonly kind: 'dict'; readonly entries: readonly Entry[]; readonly from: readonly string[] }
  /** Something of a module or of Python itself: `os.system`, `requests.get().text`. `isHidden` when its name was computed. */
  | {
      readonly kind: 'name'
      readonly path: string
      readonly isHidden: boolean
      readonly isNamespace?: boolean
      /** The constant text that it was made with: the path of a Path, the key of a setting. */
      readonly seed?: string | undefined
      readonly from: readonly string[]
    }
  /** A method of a constant. */
  | {
      readonly kind: 'method'
      readonly self: PythonValue
      readonly name: string
      readonly from: readonly string[]
    }
  | { readonly kind: 'function'; readonly fn: LocalFunction; readonly from: readonly string[] }
  | { readonly kind: 'class'; readonly of: LocalClass; readonly from: readonly string[] }
  | { readonly kind: 'instance'; readonly of: LocalClass; readonly from: readonly string[] }
  /** A callable with some arguments already given: functools.partial, bound methods. */
  | {
      readonly kind: 'partial'
      readonly callee: PythonValue
      readonly args: readonly PythonValue[]
      readonly keywords: ReadonlyMap<string, PythonValue>
      readonly from: readonly string[]
    }
  /** One of several, after branches. */
  | { readonly kind: 'any'; readonly of: readonly PythonValue[]; readonly from: readonly string[] }
  /** `prefix` is how a text begins of which the rest is not known. */
  | { readonly kind: 'unknown'; readonly from: readonly string[]; readonly prefix?: string }

export type Entry = readonly [PythonValue, PythonValue]

/** A function of the text; `key` tells it apart from others. */
export interface LocalFunction {
  readonly name: string
  /** With its classes: `Acme.forward`. */
  readonly qualifiedName: string
  readonly key: number
  /** What a method gets as its first argument. */
  readonly binding: 'self' | 'class' | 'nothing'
}

/** A class of the text with what is known of its attributes. */
export interface LocalClass {
  readonly name: string
  readonly attributes: Map<string, PythonValue>
  readonly bases: readonly PythonValue[]
}

/** Names kept in `from`. More do not help a person, and the first ones tell where a value came from. */
const MAX_FROM = 12
const NONE: readonly string[] = []
/** Characters of a folded constant. Longer ones are not constants that a person wrote. */
export const MAX_FOLDED = 1024 * 1024
/** Alternatives of one value. */
const MAX_ALTERNATIVES = 6
/** Characters of a name. */
const MAX_PATH = 300

export const UNKNOWN: PythonValue = { kind: 'unknown', from: NONE }
export const NONE_VALUE: PythonValue = { kind: 'constant', value: null, from: NONE }

export function unknownFrom(from: readonly string[], prefix = ''): PythonValue {
  if (prefix !== '') return { kind: 'unknown', from, prefix: prefix.slice(0, MAX_PATH) }
  return from.length === 0 ? UNKNOWN : { kind: 'unknown', from }
}

/** How a text begins, whether the rest of it is known or not. */
export function prefixOf(value: PythonValue | undefined): string {
  return value?.kind === 'unknown' ? (value.prefix ?? '') : (textOf(value) ?? '')
}

/** A text, or something unknown when it grew too long. */
export function textValue(value: string, from: readonly string[] = NONE): PythonValue {
  return value.length > MAX_FOLDED ? unknownFrom(from) : { kind: 'text', value, from }
}

export function bytesValue(value: string, from: readonly string[] = NONE): PythonValue {
  return value.length > MAX_FOLDED ? unknownFrom(from) : { kind: 'bytes', value, from }
}

export function numberValue(value: number, from: readonly string[] = NONE): PythonValue {
  return Number.isFinite(value) ? { kind: 'number', value, from } : unknownFrom(from)
}

export function listValue(items: readonly PythonValue[], from: readonly string[] = NONE): PythonValue {
  return { kind: 'list', items, from }
}

export function nameValue(path: string, from: readonly string[] = NONE, isHidden = false): PythonValue {
  return path.length > MAX_PATH ? unknownFrom(from) : { kind: 'name', path: plainPath(path), isHidden, from }
}

/** One name for what has several: `posix.system` is `os.system`, `builtins.exec` is `exec`. */
function plainPath(path: string): string {
  const inner = path.replace(/^(?:builtins|__builtins__|__builtin__)\.(?=[^.])/, '')
  return inner
    .replace(/^(?:posix|nt)(?=\.|$)/, 'os')
    .replace(/^(?:_io|io)\.open(?=$|\()/, 'open')
    .replace(/^__builtin__$/, 'builtins')
    .replace(/^_(pickle|socket|ctypes)(?=\.)/, '$1')
}

/** All names that took part, without repeats. */
export function mergeFrom(...lists: readonly (readonly string[])[]): readonly string[] {
  let merged: readonly string[] = NONE
  for (const list of lists) {
    if (list.length === 0 || list === merged) continue
    if (merged.length === 0) merged = list
    else merged = [...new Set([...merged, ...list])].slice(0, MAX_FROM)
  }
  return merged
}

/** Where a value came from, itself included when it is a name, and its parts. */
export function originsOf(value: PythonValue, depth = 3): readonly string[] {
  if (value.kind === 'name') return mergeFrom(value.from, [value.path])
  if (depth <= 0) return value.from
  const deeper = (parts: readonly PythonValue[]): readonly string[] =>
    mergeFrom(value.from, ...parts.slice(0, 50).map((part) => originsOf(part, depth - 1)))
  if (value.kind === 'list') return deeper(value.items)
  if (value.kind === 'any') return deeper(value.of)
  if (value.kind === 'dict') return deeper(value.entries.flat())
  if (value.kind === 'method') return originsOf(value.self, depth - 1)
  if (value.kind === 'partial') return deeper([value.callee, ...value.args])
  return value.from
}

/** Either of two values, after a branch. */
export function eitherValue(a: PythonValue, b: PythonValue): PythonValue {
  if (a === b || sameValue(a, b) || b === UNKNOWN) return a
  if (a === UNKNOWN) return b
  const of = [...(a.kind === 'any' ? a.of : [a])]
  for (const value of b.kind === 'any' ? b.of : [b])
    if (!of.some((known) => sameValue(known, value))) of.push(value)
  return of.length > MAX_ALTERNATIVES
    ? { kind: 'any', of: of.slice(-MAX_ALTERNATIVES), from: mergeFrom(a.from, b.from) }
    : { kind: 'any', of, from: NONE }
}

function sameValue(a: PythonValue, b: PythonValue): boolean {
  if (a.kind !== b.kind) return false
  if (a.kind === 'name' && b.kind === 'name') return a.path === b.path
  if (a.kind === 'function' && b.kind === 'function') return a.fn === b.fn
  if (a.kind === 'instance' && b.kind === 'instance') return a.of === b.of
  if (a.kind === 'unknown' && b.kind === 'unknown') return a.from.join() === b.from.join()
  return 'value' in a && 'value' in b && a.value === b.value
}

/** The text of a constant text or of constant bytes. */
export function textOf(value: PythonValue | undefined): string | undefined {
  return value?.kind === 'text' || value?.kind === 'bytes' ? value.value : undefined
}

export function numberOf(value: PythonValue | undefined): number | undefined {
  if (value?.kind === 'number') return value.value
  return value?.kind === 'constant' && value.value !== null ? Number(value.value) : undefined
}

/** The single values of a list, a text or bytes; undefined when they are not known. */
export function itemsOf(value: PythonValue | undefined): readonly PythonValue[] | undefined {
  if (value?.kind === 'list') return value.items
  if (value?.kind === 'text') return [...value.value].map((char) => textValue(char, value.from))
  if (value?.kind === 'bytes')
    return Array.from(value.value, (char) => numberValue(char.charCodeAt(0), value.from))
  return value?.kind === 'dict' ? value.entries.map(([key]) => key) : undefined
}
