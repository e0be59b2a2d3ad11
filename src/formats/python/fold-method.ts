import { showText } from './fold-operator.ts'
import {
  bytesValue,
  itemsOf,
  listValue,
  mergeFrom,
  numberOf,
  originsOf,
  type PythonValue,
  textOf,
  textValue,
} from './python-value.ts'

/** Arguments of a call. */
export interface Arguments {
  readonly args: readonly PythonValue[]
  readonly keywords: ReadonlyMap<string, PythonValue>
}

type Method = (text: string, given: Arguments) => string | readonly string[] | undefined

const METHODS: Readonly<Record<string, Method>> = {
  lower: (text) => text.toLowerCase(),
  upper: (text) => text.toUpperCase(),
  casefold: (text) => text.toLowerCase(),
  swapcase: (text) => text.replace(/[a-z]|[A-Z]/g, (c) => (c < 'a' ? c.toLowerCase() : c.toUpperCase())),
  strip: (text, { args }) => strip(text, textOf(args[0]), true, true),
  lstrip: (text, { args }) => strip(text, textOf(args[0]), true, false),
  rstrip: (text, { args }) => strip(text, textOf(args[0]), false, true),
  replace: (text, { args }) => {
    const [old, fresh] = [textOf(args[0]), textOf(args[1])]
    return old === undefined || fresh === undefined ? undefined : text.replaceAll(old, () => fresh)
  },
  removeprefix: (text, { args }) => {
    const prefix = textOf(args[0]) ?? ''
    return text.startsWith(prefix) ? text.slice(prefix.length) : text
  },
  split: (text, { args }) => {
    const by = textOf(args[0])
    return by === undefined || by === '' ? text.trim().split(/\s+/) : text.split(by)
  },
  splitlines: (text) => text.split(/\r\n|\n|\r/),
}

function strip(text: string, chars: string | undefined, atStart: boolean, atEnd: boolean): string {
  const isCut = (char: string | undefined): boolean =>
    char !== undefined && (chars === undefined ? /\s/.test(char) : chars.includes(char))
  let start = 0
  let end = text.length
  while (atStart && start < end && isCut(text[start])) start++
  while (atEnd && end > start && isCut(text[end - 1])) end--
  return text.slice(start, end)
}

/** A method of a constant, computed; undefined when it is not known what it gives. */
export function foldMethod(self: PythonValue, name: string, given: Arguments): PythonValue | undefined {
  const from = mergeFrom(originsOf(self), ...given.args.map((arg) => originsOf(arg)), [`.${name}`])
  const text = textOf(self)
  if (text === undefined) return foldListMethod(self, name)
  if (name === 'join') return foldJoin(self, given.args[0], from)
  if (name === 'encode' && self.kind === 'text') return encoded(text, given, from)
  if (name === 'decode' && self.kind === 'bytes') return decoded(text, given, from)
  if (name === 'format') return foldFormat(text, given, from)
  if (name === 'hex' && self.kind === 'bytes')
    return textValue(Buffer.from(text, 'latin1').toString('hex'), from)
  const make = (value: string): PythonValue =>
    self.kind === 'bytes' ? bytesValue(value, from) : textValue(value, from)
  const result = Object.hasOwn(METHODS, name) ? METHODS[name]?.(text, given) : undefined
  if (result === undefined) return undefined
  return typeof result === 'string' ? make(result) : listValue(result.slice(0, 100_000).map(make), from)
}

function foldListMethod(self: PythonValue, name: string): PythonValue | undefined {
  if (self.kind === 'dict' && name === 'values') return listValue(self.entries.map(([, value]) => value))
  if (self.kind === 'dict' && name === 'keys') return listValue(self.entries.map(([key]) => key))
  if (self.kind === 'dict' && name === 'items') return listValue(self.entries.map((pair) => listValue(pair)))
  return name === 'copy' ? self : undefined
}

function foldJoin(
  self: PythonValue,
  items: PythonValue | undefined,
  from: readonly string[],
): PythonValue | undefined {
  const parts = itemsOf(items)
  if (parts === undefined) return undefined
  const texts: string[] = []
  for (const part of parts) {
    const text = textOf(part)
    if (text === undefined) return undefined
    texts.push(text)
  }
  const value = texts.join(textOf(self))
  return self.kind === 'bytes' ? bytesValue(value, from) : textValue(value, from)
}

function encodingOf(given: Arguments): string {
  const name = textOf(given.args[0]) ?? textOf(given.keywords.get('encoding')) ?? 'utf-8'
  return name.toLowerCase().replaceAll('_', '-')
}

function encoded(text: string, given: Arguments, from: readonly string[]): PythonValue | undefined {
  const encoding = encodingOf(given)
  const buffer = /^utf-?16/.test(encoding) ? Buffer.from(text, 'utf16le') : Buffer.from(text, 'utf8')
  return bytesValue(/^(latin|iso-8859-1)/.test(encoding) ? text : buffer.toString('latin1'), from)
}

function decoded(bytes: string, given: Arguments, from: readonly string[]): PythonValue | undefined {
  const encoding = encodingOf(given)
  if (/^(latin|iso-8859-1|ascii)/.test(encoding)) return textValue(bytes, from)
  const buffer = Buffer.from(bytes, 'latin1')
  if (/^utf-?16/.test(encoding)) return textValue(buffer.toString('utf16le').replace(/^\ufeff/, ''), from)
  return /^utf-?8/.test(encoding) ? textValue(buffer.toString('utf8'), from) : undefined
}

function foldFormat(text: string, given: Arguments, from: readonly string[]): PythonValue | undefined {
  let next = 0
  let isKnown = true
  const value = text.replace(/\{\{|\}\}|\{(\w{0,40})(?:![rsa])?(?::[^{}]{0,20})?\}/g, (all, key: string) => {
    if (all === '{{' || all === '}}') return all.slice(1)
    const item = key === '' ? given.args[next++] : (given.keywords.get(key) ?? given.args[Number(key)])
    const shown = item === undefined ? undefined : showText(item)
    if (shown === undefined) isKnown = false
    return shown ?? all
  })
  return isKnown ? textValue(value, from) : undefined
}

/** Number of a constant argument, or what stands for it when it was not given. */
export function argNumber(value: PythonValue | undefined, otherwise: number): number | undefined {
  return value === undefined ? otherwise : numberOf(value)
}
