const SIMPLE: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
}
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

/** Names of characters that identifiers are made of (Unicode NamesList). Others are kept as U+FFFD. */
function characterOf(name: string): string {
  const upper = name.toUpperCase()
  if (upper === 'LOW LINE') return '_'
  if (upper === 'FULL STOP') return '.'
  const letter = /^LATIN (SMALL|CAPITAL) LETTER ([A-Z])$/.exec(upper)
  if (letter?.[2] === undefined) return '\ufffd'
  return letter[1] === 'SMALL' ? letter[2].toLowerCase() : letter[2]
}

/**
 * Decodes the inside of a string literal as Jinja2 does: Python's `unicode-escape`. Undefined when Python would refuse it.
 * https://docs.python.org/3/reference/lexical_analysis.html#escape-sequences
 */
export function readString(raw: string): string | undefined {
  let next = raw.indexOf('\\')
  if (next < 0) return raw
  const parts: string[] = []
  let done = 0
  while (next >= 0) {
    parts.push(raw.slice(done, next))
    const escaped = readEscape(raw, next + 1)
    if (escaped === undefined) return undefined
    parts.push(escaped.text)
    done = escaped.end
    next = raw.indexOf('\\', done)
  }
  parts.push(raw.slice(done))
  return parts.join('')
}

interface Escape {
  readonly text: string
  readonly end: number
}

function readEscape(raw: string, at: number): Escape | undefined {
  const sign = raw[at] ?? ''
  const simple = SIMPLE[sign]
  if (simple !== undefined) return { text: simple, end: at + 1 }
  if (sign >= '0' && sign <= '7') {
    const digits = /^[0-7]{1,3}/.exec(raw.slice(at, at + 3))?.[0] ?? '0'
    return { text: String.fromCharCode(Number.parseInt(digits, 8)), end: at + digits.length }
  }
  const length = HEX_DIGITS[sign]
  if (length !== undefined) return readHex(raw, at + 1, length)
  if (sign === 'N') return readNamed(raw, at)
  return { text: `\\${sign}`, end: at + Math.max(1, sign.length) }
}

function readHex(raw: string, at: number, length: number): Escape | undefined {
  const digits = raw.slice(at, at + length)
  if (digits.length !== length || !/^[0-9a-fA-F]+$/.test(digits)) return undefined
  const code = Number.parseInt(digits, 16)
  return code > 0x10ffff ? undefined : { text: String.fromCodePoint(code), end: at + length }
}

function readNamed(raw: string, at: number): Escape | undefined {
  const close = raw.indexOf('}', at)
  if (raw[at + 1] !== '{' || close < 0) return undefined
  return { text: characterOf(raw.slice(at + 2, close)), end: close + 1 }
}
