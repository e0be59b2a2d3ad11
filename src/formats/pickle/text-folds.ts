import { allItems, type BytesValue, sequenceValue, strValue, type Value } from './value.ts'

/** Characters of a text that is put together; a longer one is no name, and grows without end in an attack (CWE-400). */
const MAX_TEXT = 64 * 1024

/** The value of a call from its arguments, or undefined when it is not known. Text methods get the text first. */
export type TextFold = (args: readonly Value[]) => Value | undefined

function textOf(value: Value | undefined): string | undefined {
  return value?.kind === 'str' && !value.cut ? value.text : undefined
}

function bytesOf(value: Value | undefined): Uint8Array | undefined {
  return value?.kind === 'bytes' && value.bytes.length === value.length ? value.bytes : undefined
}

function madeText(text: string | undefined): Value | undefined {
  return text === undefined || text.length > MAX_TEXT ? undefined : strValue(text)
}

function madeBytes(bytes: Uint8Array): BytesValue {
  return { kind: 'bytes', bytes, offset: -1, length: bytes.length }
}

function encode([text, encoding]: readonly Value[]): Value | undefined {
  const name = (textOf(encoding) ?? 'utf-8').toLowerCase()
  const isLatin = name === 'latin1' || name === 'latin-1'
  if (isLatin && text?.kind === 'str' && text.cut)
    return { ...madeBytes(new Uint8Array(0)), length: text.length, stored: text.stored }
  const known = textOf(text)
  if (known === undefined) return undefined
  if (isLatin) return madeBytes(Buffer.from(known, 'latin1'))
  if (name === 'utf-8' || name === 'utf8' || name === 'ascii') return madeBytes(Buffer.from(known, 'utf8'))
  return name === 'rot13' || name === 'rot_13' ? madeText(rot13(known)) : undefined
}

function decode(args: readonly Value[]): Value | undefined {
  const [value, encoding] = args
  const name = (textOf(encoding) ?? 'utf-8').toLowerCase().replaceAll('-', '_')
  if (value?.kind === 'str') return name.startsWith('rot') ? encode(args) : value
  const bytes = bytesOf(value)
  if (bytes === undefined) return undefined
  const text = Buffer.from(bytes).toString('latin1')
  if (name.startsWith('hex')) return madeBytes(Buffer.from(text, 'hex'))
  if (name.startsWith('base64')) return madeBytes(Buffer.from(text, 'base64'))
  return strValue(text)
}

function rot13(text: string): string {
  return text.replace(/[a-z]/gi, (char) => {
    const base = char <= 'Z' ? 65 : 97
    return String.fromCharCode(((char.charCodeAt(0) - base + 13) % 26) + base)
  })
}

function makeBytes(args: readonly Value[]): Value | undefined {
  const [first] = args
  if (args.length === 0) return madeBytes(new Uint8Array(0))
  if (first?.kind === 'bytes') return first
  const codes = allItems(first)?.map((item) => (item.kind === 'constant' ? Number(item.int ?? -1n) : -1))
  if (codes !== undefined)
    return codes.every((code) => code >= 0 && code < 256) ? madeBytes(Uint8Array.from(codes)) : undefined
  return encode(args)
}

function join([separator, parts]: readonly Value[]): Value | undefined {
  const between = separator?.kind === 'bytes' ? '' : textOf(separator)
  const items = allItems(parts)
  if (between === undefined || items === undefined) return parts?.kind === 'str' ? parts : undefined
  const texts = items.map((item) => textOf(item))
  return texts.includes(undefined) ? undefined : madeText(texts.join(between))
}

function concat([left, right]: readonly Value[]): Value | undefined {
  const [a, b] = [textOf(left), textOf(right)]
  if (a !== undefined && b !== undefined) return madeText(a + b)
  const [first, second] = [bytesOf(left), bytesOf(right)]
  if (first !== undefined && second !== undefined && first.length + second.length <= MAX_TEXT)
    return madeBytes(Buffer.concat([first, second]))
  const [head, tail] = [allItems(left), allItems(right)]
  if (head === undefined || tail === undefined || left?.kind !== right?.kind) return undefined
  return sequenceValue(left?.kind === 'list' ? 'list' : 'tuple', [...head, ...tail])
}

function replace([text, from, to]: readonly Value[]): Value | undefined {
  const [whole, old, fresh] = [textOf(text), textOf(from), textOf(to)]
  if (whole === undefined || old === undefined || fresh === undefined) return undefined
  // As many pieces as there are characters, each as long as the new text.
  return whole.length * (fresh.length + 1) > MAX_TEXT
    ? undefined
    : madeText(whole.replaceAll(old, () => fresh))
}

function changed(change: (text: string) => string): TextFold {
  return ([text]) => {
    const known = textOf(text)
    return known === undefined ? undefined : madeText(change(known))
  }
}

function chr([code]: readonly Value[]): Value | undefined {
  const point = code?.kind === 'constant' ? Number(code.int ?? -1n) : -1
  return point >= 0 && point <= 0x10ffff ? strValue(String.fromCodePoint(point)) : undefined
}

function reversed([value]: readonly Value[]): Value | undefined {
  const text = textOf(value)
  if (text !== undefined)
    return text.length > 256
      ? undefined
      : sequenceValue(
          'list',
          [...text].reverse().map((char) => strValue(char)),
        )
  const items = allItems(value)
  return items === undefined ? undefined : sequenceValue('list', [...items].reverse())
}

function decoder(encoding: 'hex' | 'base64'): TextFold {
  return ([value]) => {
    const known = bytesOf(value)
    const text = textOf(value) ?? (known === undefined ? undefined : Buffer.from(known).toString('latin1'))
    return text === undefined ? undefined : madeBytes(Buffer.from(text, encoding))
  }
}

/** Methods of str and bytes, by name. */
export const TEXT_METHODS: ReadonlyMap<string, TextFold> = new Map<string, TextFold>([
  ['join', join],
  ['replace', replace],
  ['lower', changed((text) => text.toLowerCase())],
  ['upper', changed((text) => text.toUpperCase())],
  ['casefold', changed((text) => text.toLowerCase())],
  ['strip', changed((text) => text.trim())],
  ['rstrip', changed((text) => text.trimEnd())],
  ['lstrip', changed((text) => text.trimStart())],
  ['encode', encode],
  ['decode', decode],
  ['__add__', concat],
])

const methodsOf = (type: string): [string, TextFold][] =>
  [...TEXT_METHODS].map(([name, fold]) => [`builtins.${type}.${name}`, fold])

/** Functions that only make text, bytes or lists from constants, by full name. */
export const TEXT_FOLDS: ReadonlyMap<string, TextFold> = new Map<string, TextFold>([
  ...methodsOf('str'),
  ...methodsOf('bytes'),
  ['codecs.encode', encode],
  ['codecs.decode', decode],
  ['builtins.str', decode],
  ['builtins.bytes', makeBytes],
  ['builtins.bytearray', makeBytes],
  ['builtins.bytes.fromhex', decoder('hex')],
  ['builtins.chr', chr],
  ['builtins.reversed', reversed],
  ['operator.concat', concat],
  ['operator.iconcat', concat],
  ['operator.add', concat],
  ['operator.iadd', concat],
  ['operator.__add__', concat],
  ['operator.__concat__', concat],
  ['base64.b64decode', decoder('base64')],
  ['base64.standard_b64decode', decoder('base64')],
  ['base64.decodebytes', decoder('base64')],
  ['base64.b16decode', decoder('hex')],
  ['binascii.a2b_base64', decoder('base64')],
  ['binascii.unhexlify', decoder('hex')],
  ['binascii.a2b_hex', decoder('hex')],
])
