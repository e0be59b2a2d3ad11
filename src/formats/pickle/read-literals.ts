/** Bytes as text, one character a byte. */
export function latin1Text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

const INT = /^[ \t\v\f\r]*([+-]?)(0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|[0-9][0-9_]*)[ \t\v\f\r]*$/

/** An integer as Python reads it with base 0: `0x10`, `0o7`, `1_000`, `-5`. Undefined when it is none. */
export function readBaseZero(text: string): bigint | undefined {
  // A C string ends at its first NUL.
  const found = INT.exec(text.split('\0', 1)[0] ?? '')
  if (found === null) return undefined
  let digits = (found[2] ?? '').replaceAll('_', '')
  // strtol, which CPython tries first, reads a leading zero as octal.
  if (/^0[0-7]+$/.test(digits)) digits = `0o${digits.slice(1)}`
  if (digits.length > 4300 || /^0[xXoObB]$/.test(digits)) return undefined
  try {
    return found[1] === '-' ? -BigInt(digits) : BigInt(digits)
  } catch {
    return undefined // Not a number: the caller breaks the stream with the reason.
  }
}

/** A little-endian two's complement integer of any length (decode_long in pickle.py). */
export function readLong(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n
  const hex = Buffer.from(bytes).reverse().toString('hex')
  const value = BigInt(`0x${hex}`)
  return (bytes[bytes.length - 1] ?? 0) & 0x80 ? value - (1n << BigInt(8 * bytes.length)) : value
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  "'": "'",
  '"': '"',
  '\\': '\\',
  '\n': '',
}
const ESCAPE = /\\(x[0-9a-fA-F]{2}|[0-7]{1,3}|[\s\S])/g

/** The text of STRING's quoted repr, or undefined when the quotes are not a pair. */
export function readQuoted(line: Uint8Array): string | undefined {
  const text = latin1Text(line).replace(/[ \t\n\r\v\f]+$/, '')
  const quote = text[0]
  if (text.length < 2 || (quote !== "'" && quote !== '"') || text.at(-1) !== quote) return undefined
  return text.slice(1, -1).replace(ESCAPE, (whole, body: string) => {
    if (/^x/.test(body) && body.length === 3) return String.fromCharCode(Number.parseInt(body.slice(1), 16))
    if (/^[0-7]/.test(body)) return String.fromCharCode(Number.parseInt(body, 8) & 0xff)
    return ESCAPES[body] ?? whole
  })
}

/** The bytes that `_codecs.encode(text, 'latin1')` makes of a text as it stands in a stream. */
export function readStoredText(bytes: Uint8Array, isLine: boolean): Uint8Array {
  const text = isLine
    ? readRawUnicode(bytes)
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
  return Buffer.from(text, 'latin1')
}

/** The text of UNICODE's raw-unicode-escape line: only `\uXXXX` and `\UXXXXXXXX` are escapes. */
export function readRawUnicode(line: Uint8Array): string {
  return latin1Text(line).replace(
    /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/g,
    (whole, short?: string, long?: string) => {
      const code = Number.parseInt(short ?? long ?? '', 16)
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole
    },
  )
}
