import type { Value } from './value.ts'

/** Characters of one expression; a longer one is cut with an ellipsis. */
const MAX_EXPRESSION = 400
/** Levels of nesting that are written out; a pickle may nest without end. */
const MAX_LEVELS = 8
const SHOWN_ITEMS = 12
const SHOWN_TEXT = 160

/** A value as the Python expression that would make it; bounded in length and depth whatever the value is. */
export function writePython(value: Value): string {
  const writer = new Writer()
  writer.write(value, 0)
  return writer.text()
}

class Writer {
  #parts: string[] = []
  #length = 0

  text(): string {
    const whole = this.#parts.join('')
    return whole.length > MAX_EXPRESSION ? `${whole.slice(0, MAX_EXPRESSION)}…`.toWellFormed() : whole
  }

  #put(text: string): void {
    if (this.#length > MAX_EXPRESSION) return
    this.#parts.push(text)
    this.#length += text.length
  }

  write(value: Value, level: number): void {
    if (this.#length > MAX_EXPRESSION) return
    if (level > MAX_LEVELS) {
      this.#put('…')
      return
    }
    switch (value.kind) {
      case 'constant':
        this.#put(value.python)
        break
      case 'str':
        this.#put(pythonText(value.text, value.cut))
        break
      case 'bytes':
        this.#put(pythonBytes(value.bytes, value.length))
        break
      case 'global':
        this.#put(value.name === '' ? value.module : `${value.module}.${value.name}`)
        break
      case 'attribute':
        this.write(value.of, level + 1)
        this.#put(`.${value.name}`)
        break
      case 'persistent':
        this.#wrap('persistent_load(', [value.id], ')', level)
        break
      case 'unknown':
        this.#put(`<${value.why}>`)
        break
      case 'call':
        this.#call(value, level)
        break
      case 'dict':
        this.#dict(value, level)
        break
      default:
        this.#sequence(value, level)
    }
  }

  #call(value: Value & { kind: 'call' }, level: number): void {
    this.write(value.callee, level + 1)
    this.#put('(')
    const args = value.args
    if (args.kind === 'tuple') this.#items(args.items, args.count, level)
    else {
      this.#put('*')
      this.write(args, level + 1)
    }
    if (value.kwargs !== undefined) {
      this.#put(', **')
      this.write(value.kwargs, level + 1)
    }
    this.#put(')')
  }

  #dict(value: Value & { kind: 'dict' }, level: number): void {
    this.#put('{')
    value.entries.slice(0, SHOWN_ITEMS).forEach(([key, item], i) => {
      if (i > 0) this.#put(', ')
      this.write(key, level + 1)
      this.#put(': ')
      this.write(item, level + 1)
    })
    if (value.count > SHOWN_ITEMS) this.#put(', …')
    this.#put('}')
  }

  #sequence(value: Value & { kind: 'tuple' | 'list' | 'set' | 'frozenset' }, level: number): void {
    const [open, close] = BRACKETS[value.kind]
    this.#put(open)
    this.#items(value.items, value.count, level)
    this.#put(value.kind === 'tuple' && value.count === 1 ? ',)' : close)
  }

  #wrap(open: string, items: readonly Value[], close: string, level: number): void {
    this.#put(open)
    this.#items(items, items.length, level)
    this.#put(close)
  }

  #items(items: readonly Value[], count: number, level: number): void {
    items.slice(0, SHOWN_ITEMS).forEach((item, i) => {
      if (i > 0) this.#put(', ')
      this.write(item, level + 1)
    })
    if (count > Math.min(items.length, SHOWN_ITEMS)) this.#put(', …')
  }
}

const BRACKETS = {
  tuple: ['(', ')'],
  list: ['[', ']'],
  set: ['{*(', ')}'],
  frozenset: ['frozenset((', '))'],
} as const

/** Text as a Python literal: printable ASCII stays, everything else is escaped, so that no terminal is fooled by it. */
function pythonText(text: string, cut: boolean): string {
  const shown = text.slice(0, SHOWN_TEXT)
  let body = ''
  for (const char of shown) body += escapeChar(char)
  return `'${body}${cut || text.length > SHOWN_TEXT ? '…' : ''}'`
}

function escapeChar(char: string): string {
  if (char === "'" || char === '\\') return `\\${char}`
  if (char === '\n') return '\\n'
  const code = char.codePointAt(0) ?? 0
  if (code >= 32 && code < 127) return char
  if (code < 256) return `\\x${code.toString(16).padStart(2, '0')}`
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`
  return `\\U${code.toString(16).padStart(8, '0')}`
}

function pythonBytes(bytes: Uint8Array, length: number): string {
  const shown = bytes.subarray(0, SHOWN_TEXT)
  let body = ''
  for (const byte of shown) body += escapeChar(String.fromCharCode(byte))
  return `b'${body}${length > shown.length ? '…' : ''}'`
}
