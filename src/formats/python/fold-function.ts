import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'
import { type Arguments, argNumber, foldMethod } from './fold-method.ts'
import { charOf, foldOperator, showText } from './fold-operator.ts'
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
  textOf,
  textValue,
} from './python-value.ts'

type Fold = (given: Arguments, from: readonly string[]) => PythonValue | undefined

/** Values of one range() that are written out. */
const MAX_RANGE = 4096

const onText =
  (compute: (text: string) => string | undefined): Fold =>
  ({ args }, from) => {
    const text = textOf(args[0])
    const result = text === undefined ? undefined : compute(text)
    return result === undefined ? undefined : bytesValue(result, from)
  }

const buffer = (text: string): Buffer => Buffer.from(text, 'latin1')
const fromBase64 = onText((text) => Buffer.from(text, 'base64').toString('latin1'))
const fromHexText = onText((text) => Buffer.from(text.replace(/\s/g, ''), 'hex').toString('latin1'))

const inflate = (open: typeof inflateSync): Fold =>
  onText((text) => {
    try {
      return open(buffer(text), { maxOutputLength: MAX_FOLDED }).toString('latin1')
    } catch {
      return undefined // Information: the bytes are not what the function takes, or too many.
    }
  })

const FOLDS: Readonly<Record<string, Fold>> = {
  chr: ({ args }, from) => {
    const char = charOf(numberOf(args[0]) ?? -1)
    return char === undefined ? undefined : textValue(char, from)
  },
  ord: ({ args }, from) => {
    const point = textOf(args[0])?.codePointAt(0)
    return point === undefined ? undefined : numberValue(point, from)
  },
  str: ({ args, keywords }, from) => {
    const [value, encoding] = args
    if (value?.kind === 'bytes' && (encoding !== undefined || keywords.has('encoding')))
      return foldMethod(value, 'decode', { args: args.slice(1), keywords })
    const text = value === undefined ? '' : showText(value)
    return text === undefined ? undefined : textValue(text, from)
  },
  int: ({ args }, from) => {
    const text = textOf(args[0])
    const base = argNumber(args[1], 10)
    if (text === undefined) return numberValue(Math.trunc(numberOf(args[0]) ?? Number.NaN), from)
    return base === undefined || base > 36 || base < 2
      ? undefined
      : numberValue(Number.parseInt(text, base), from)
  },
  len: ({ args }, from) => {
    const items = textOf(args[0]) ?? itemsOf(args[0])
    return items === undefined ? undefined : numberValue(items.length, from)
  },
  bytes: bytesOf,
  bytearray: bytesOf,
  list: ({ args }, from) => asList(args[0], from),
  tuple: ({ args }, from) => asList(args[0], from),
  iter: ({ args }, from) => asList(args[0], from),
  reversed: ({ args }, from) => {
    const items = itemsOf(args[0])
    return items === undefined ? undefined : listValue(items.toReversed(), mergeFrom(from, ['reversed']))
  },
  range: ({ args }, from) =>
    rangeOf(
      args.map((arg) => numberOf(arg)),
      from,
    ),
  enumerate: ({ args }, from) => {
    const items = itemsOf(args[0])
    return items === undefined
      ? undefined
      : listValue(
          items.map((item, i) => listValue([numberValue(i), item])),
          from,
        )
  },
  zip: ({ args }, from) => {
    const lists = args.map((arg) => itemsOf(arg))
    const shortest = Math.min(...lists.map((list) => list?.length ?? 0))
    if (lists.length === 0 || lists.some((list) => list === undefined) || shortest > MAX_RANGE)
      return undefined
    const at = (i: number): PythonValue[] => lists.flatMap((list) => list?.[i] ?? [])
    return listValue(
      Array.from({ length: shortest }, (_, i) => listValue(at(i))),
      from,
    )
  },
  'bytes.fromhex': fromHexText,
  'bytearray.fromhex': fromHexText,
  'binascii.unhexlify': fromHexText,
  'binascii.a2b_hex': fromHexText,
  'binascii.a2b_base64': fromBase64,
  'base64.b64decode': fromBase64,
  'base64.standard_b64decode': fromBase64,
  'base64.urlsafe_b64decode': fromBase64,
  'base64.decodebytes': fromBase64,
  'base64.b16decode': fromHexText,
  'base64.b32decode': onText(fromBase32),
  'zlib.decompress': inflate((bytes, options) => inflateSync(bytes, options)),
  'gzip.decompress': inflate((bytes, options) => gunzipSync(bytes, options)),
  'zlib.decompressobj().decompress': inflate((bytes, options) => inflateRawSync(bytes, options)),
  'codecs.decode': codecsDecode,
  'codecs.encode': codecsDecode,
  'operator.add': ({ args: [a, b] }) => (a && b ? foldOperator(a, '+', b) : undefined),
  'operator.xor': ({ args: [a, b] }) => (a && b ? foldOperator(a, '^', b) : undefined),
  'os.path.expanduser': samePath,
  'os.path.expandvars': samePath,
  'os.path.abspath': samePath,
  'os.path.realpath': samePath,
  'os.path.normpath': samePath,
  'os.fspath': samePath,
  'os.path.join': ({ args }, from) => {
    const parts = args.map((arg) => textOf(arg))
    return parts.includes(undefined) ? undefined : textValue(parts.join('/'), from)
  },
}

/** What a function without effects gives for constants; undefined when it is none of those, or when it is not known. */
export function foldFunction(path: string, given: Arguments): PythonValue | undefined {
  if (!Object.hasOwn(FOLDS, path)) return undefined
  return FOLDS[path]?.(given, mergeFrom(...given.args.map((arg) => originsOf(arg)), [path]))
}

/** A path stays what it is, whatever folder it is seen from. */
function samePath({ args }: Arguments, from: readonly string[]): PythonValue | undefined {
  const text = textOf(args[0])
  return text === undefined ? undefined : textValue(text, from)
}

function asList(value: PythonValue | undefined, from: readonly string[]): PythonValue | undefined {
  const items = value === undefined ? [] : itemsOf(value)
  return items === undefined ? undefined : listValue(items, from)
}

function bytesOf({ args }: Arguments, from: readonly string[]): PythonValue | undefined {
  const [value] = args
  const text = textOf(value)
  if (value?.kind === 'text') return bytesValue(Buffer.from(value.value, 'utf8').toString('latin1'), from)
  if (text !== undefined) return bytesValue(text, from)
  const codes = value?.kind === 'list' ? value.items.map((item) => numberOf(item)) : undefined
  if (codes === undefined || codes.some((code) => code === undefined || code < 0 || code > 255))
    return undefined
  return bytesValue(codes.map((code) => String.fromCharCode(code ?? 0)).join(''), from)
}

function rangeOf(bounds: readonly (number | undefined)[], from: readonly string[]): PythonValue | undefined {
  if (bounds.length === 0 || bounds.includes(undefined)) return undefined
  const [first = 0, second, step = 1] = bounds
  const [start, stop] = second === undefined ? [0, first] : [first, second]
  const count = Math.ceil((stop - start) / step)
  if (!(count <= MAX_RANGE)) return undefined
  return listValue(
    Array.from({ length: Math.max(0, count) }, (_, i) => numberValue(start + i * step)),
    from,
  )
}

function codecsDecode({ args, keywords }: Arguments, from: readonly string[]): PythonValue | undefined {
  const [value, encoding] = args
  const text = textOf(value)
  const name = (textOf(encoding) ?? textOf(keywords.get('encoding')) ?? '').toLowerCase()
  if (text === undefined) return undefined
  if (/^rot_?-?13$/.test(name)) return textValue(rotated(text), from)
  if (/^hex/.test(name)) return bytesValue(Buffer.from(text, 'hex').toString('latin1'), from)
  if (/^base_?-?64/.test(name)) return bytesValue(Buffer.from(text, 'base64').toString('latin1'), from)
  return value?.kind === 'bytes' ? foldMethod(value, 'decode', { args: args.slice(1), keywords }) : undefined
}

function rotated(text: string): string {
  return text.replace(/[a-z]/gi, (char) => {
    const base = char < 'a' ? 65 : 97
    return String.fromCharCode(((char.charCodeAt(0) - base + 13) % 26) + base)
  })
}

function fromBase32(text: string): string | undefined {
  let bits = 0
  let held = 0
  let result = ''
  for (const char of text.replace(/=+$/, '')) {
    const value = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(char)
    if (value < 0) return undefined
    held = ((held << 5) | value) & 0xfff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    result += String.fromCharCode((held >> bits) & 0xff)
  }
  return result
}
