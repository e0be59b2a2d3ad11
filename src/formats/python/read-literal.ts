import type { PythonNode } from './python-node.ts'
import { bytesValue, numberValue, type PythonValue, textValue, UNKNOWN } from './python-value.ts'

const SIMPLE: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\n': '',
}

/** A string as Python's "String and Bytes literals" has it (Language Reference 2.5.1). */
export function readString(source: string): PythonValue {
  const { prefix, body } = partsOf(source)
  const isBytes = prefix.includes('b')
  const value = prefix.includes('r') ? body : resolveEscapes(body, isBytes)
  return isBytes ? bytesValue(value) : textValue(value)
}

/** Length of what stands before the content of a string: prefix and quotes. */
function quoteOf(source: string): { readonly prefix: string; readonly quote: string } {
  const prefix = /^[a-z]{0,3}/i.exec(source)?.[0] ?? ''
  const rest = source.slice(prefix.length)
  const quote = rest.startsWith('"""') || rest.startsWith("'''") ? rest.slice(0, 3) : rest.slice(0, 1)
  return { prefix: prefix.toLowerCase(), quote }
}

function partsOf(source: string): { readonly prefix: string; readonly body: string } {
  const { prefix, quote } = quoteOf(source)
  const body = source.slice(prefix.length + quote.length)
  return { prefix, body: body.endsWith(quote) ? body.slice(0, body.length - quote.length) : body }
}

/** Resolves the escapes of a string that is not raw. */
function resolveEscapes(body: string, isBytes: boolean): string {
  if (!body.includes('\\')) return body
  return body.replace(
    /\\(x[0-9a-f]{2}|[0-7]{1,3}|u[0-9a-f]{4}|U[0-9a-f]{8}|N\{[^}]{1,100}\}|\r\n|[\s\S])/gi,
    (all, code: string) => {
      if (/^x[0-9a-f]{2}$/i.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16))
      if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8))
      if (!isBytes && /^u[0-9a-f]{4}$/i.test(code)) return fromPoint(Number.parseInt(code.slice(1), 16), all)
      return SIMPLE[code] ?? (code === '\r\n' ? '' : /^['"\\]$/.test(code) ? code : all)
    },
  )
}

function fromPoint(point: number, all: string): string {
  return point <= 0x10ffff ? String.fromCodePoint(point) : all
}

/** A number; complex ones and those beyond doubles stay unknown. */
export function readNumber(source: string): PythonValue {
  const text = source.replaceAll('_', '').toLowerCase()
  if (text.endsWith('j')) return UNKNOWN
  return numberValue(Number(text))
}

/** The pieces of an f-string in order: literal texts, and the expressions to be put in. */
export function piecesOfFormat(node: PythonNode, source: string): readonly (string | PythonNode)[] {
  const own = source.slice(node.from, node.to)
  const { prefix, quote } = quoteOf(own)
  const isRaw = prefix.includes('r')
  const pieces: (string | PythonNode)[] = []
  const literal = (from: number, to: number): void => {
    const text = source.slice(from, to).replaceAll('{{', '{').replaceAll('}}', '}')
    if (text !== '') pieces.push(isRaw ? text : resolveEscapes(text, false))
  }
  let at = node.from + prefix.length + quote.length
  const end = own.endsWith(quote) ? node.to - quote.length : node.to
  for (const child of node.children) {
    if (child.name !== 'FormatReplacement') continue
    literal(at, child.from)
    pieces.push(child)
    at = child.to
  }
  literal(at, end)
  return pieces
}
