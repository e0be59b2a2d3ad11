import { JinjaBreak } from './jinja-break.ts'
import { readString } from './read-string.ts'

/** A token. `begin` and `end` enclose a tag: `{%` is `block`, `{{` is `value`. */
export interface Token {
  readonly kind: 'text' | 'begin' | 'end' | 'name' | 'string' | 'number' | 'sign'
  readonly text: string
  readonly value?: number
  readonly at: number
}

/** Characters of a template. The longest published has 30,000. */
const MAX_TEMPLATE_CHARS = 4 * 1024 * 1024
/** Tokens of a template: 40 times what the longest published needs. */
const MAX_TOKENS = 400_000

const NAME = /[\p{ID_Start}_][\p{ID_Continue}]*/uy
const FLOAT = /\d+(?:_\d+)*(?:\.\d+(?:_\d+)*(?:[eE][+-]?\d+(?:_\d+)*)?|[eE][+-]?\d+(?:_\d+)*)/y
const INTEGER = /0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[0-9a-fA-F])+|\d+(?:_\d+)*/y
const SIGN = /\/\/|\*\*|==|!=|>=|<=|[-+/*%~[\]{}()<>=.:|,;]/y
const CLOSING: ReadonlyMap<string, string> = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
])
const SPACE = /\s+/y
const RAW_TAG = /\{%[-+]?\s*raw\s*(-?)%\}/y
const END_RAW = /\{%([-+]?)\s*endraw\s*(-?)\+?%\}/g

/** Splits a template into tokens and comments. @throws JinjaBreak where Jinja2 would refuse it */
export function lexJinja(template: string): {
  readonly tokens: readonly Token[]
  readonly comments: readonly string[]
} {
  if (template.length > MAX_TEMPLATE_CHARS)
    throw new JinjaBreak('long', `the template is longer than ${MAX_TEMPLATE_CHARS} characters`, 0)
  return new Lexer(template).run()
}

class Lexer {
  readonly #text: string
  readonly #tokens: Token[] = []
  readonly #comments: string[] = []
  #at = 0
  /** The tag before asked for white space to be taken away, or ended a block (trim_blocks). */
  #trim: 'none' | 'line' | 'all' = 'none'

  constructor(text: string) {
    this.#text = text
  }

  run(): { tokens: readonly Token[]; comments: readonly string[] } {
    while (this.#at < this.#text.length) {
      const open = nextOpening(this.#text, this.#at)
      if (open < 0) {
        this.#keepText(this.#text.length, '')
        break
      }
      this.#keepText(open, this.#text[open + 2] ?? '')
      this.#at = open
      this.#readTag(this.#text[open + 1] ?? '')
    }
    return { tokens: this.#tokens, comments: this.#comments }
  }

  #keepText(end: number, mark: string): void {
    const raw = this.#text.slice(this.#at, end)
    const begun =
      this.#trim === 'all' ? raw.trimStart() : this.#trim === 'line' ? raw.replace(/^\r?\n/, '') : raw
    const text = mark === '-' ? begun.trimEnd() : begun
    if (text !== '') this.#push('text', text, this.#at)
    this.#at = end
  }

  #readTag(sign: string): void {
    RAW_TAG.lastIndex = this.#at
    const raw = sign === '%' ? RAW_TAG.exec(this.#text) : null
    if (sign === '#') this.#readComment()
    else if (raw !== null) this.#readRaw(raw[0].length, raw[1] === '-')
    else this.#readBlock(sign === '%')
  }

  #readBlock(isBlock: boolean): void {
    this.#push('begin', isBlock ? 'block' : 'value', this.#at)
    this.#at += 2
    const mark = this.#text[this.#at]
    // `{{+1}}` is lexed by Jinja2 as a mark as well.
    if (mark === '-' || mark === '+') this.#at++
    this.#readInside(isBlock ? '%}' : '}}')
    this.#push('end', isBlock ? 'block' : 'value', this.#at)
  }

  #readComment(): void {
    const close = this.#text.indexOf('#}', this.#at + 2)
    if (close < 0) throw new JinjaBreak('syntax', 'a comment is not closed', this.#at)
    this.#comments.push(this.#text.slice(this.#at + 2, close))
    this.#trim = this.#text[close - 1] === '-' ? 'all' : 'line'
    this.#at = close + 2
  }

  #readRaw(length: number, isTrimmed: boolean): void {
    const start = this.#at + length
    END_RAW.lastIndex = start
    const end = END_RAW.exec(this.#text)
    if (end === null) throw new JinjaBreak('syntax', 'a raw block is not closed', this.#at)
    this.#trim = isTrimmed ? 'all' : 'none'
    this.#at = start
    this.#keepText(end.index, end[1] ?? '')
    this.#trim = end[2] === '-' ? 'all' : 'line'
    this.#at = end.index + end[0].length
  }

  /** Tokens up to the end of the tag, which counts only outside brackets. */
  #readInside(close: string): void {
    const open: string[] = []
    for (;;) {
      SPACE.lastIndex = this.#at
      if (SPACE.test(this.#text)) this.#at = SPACE.lastIndex
      if (this.#at >= this.#text.length) throw new JinjaBreak('syntax', 'a tag is not closed', this.#at)
      if (open.length === 0 && this.#closes(close)) return
      this.#readToken(open)
    }
  }

  #closes(close: string): boolean {
    const mark = this.#text[this.#at]
    const hasMark =
      (mark === '-' || (mark === '+' && close === '%}')) && this.#text.startsWith(close, this.#at + 1)
    if (!hasMark && !this.#text.startsWith(close, this.#at)) return false
    this.#at += hasMark ? 3 : 2
    const isLine = close === '%}' && mark !== '+'
    this.#trim = hasMark && mark === '-' ? 'all' : isLine ? 'line' : 'none'
    return true
  }

  #readToken(open: string[]): void {
    const first = this.#text[this.#at]
    if (first === "'" || first === '"') this.#readString(first)
    else if (!this.#readNumber() && !this.#readName()) this.#readSign(open)
  }

  #readNumber(): boolean {
    const at = this.#at
    const last = this.#tokens.at(-1)
    const isAfterDot = last?.kind === 'sign' && last.text === '.'
    const digits = (isAfterDot ? undefined : this.#match(FLOAT)) ?? this.#match(INTEGER)
    if (digits === undefined) return false
    this.#push('number', digits, at, Number(digits.replaceAll('_', '')))
    return true
  }

  #readName(): boolean {
    const at = this.#at
    const name = this.#match(NAME)
    if (name === undefined) return false
    this.#push('name', name, at)
    return true
  }

  #readSign(open: string[]): void {
    const at = this.#at
    const sign = this.#match(SIGN)
    if (sign === undefined)
      throw new JinjaBreak('syntax', `the character ${JSON.stringify(this.#text[at] ?? '')} fits nowhere`, at)
    const closing = CLOSING.get(sign)
    if (closing !== undefined) open.push(closing)
    if ((sign === ')' || sign === ']' || sign === '}') && open.pop() !== sign)
      throw new JinjaBreak('syntax', `${sign} closes what was not opened`, at)
    this.#push('sign', sign, at)
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const text = pattern.exec(this.#text)?.[0]
    if (text !== undefined) this.#at += text.length
    return text
  }

  #readString(quote: string): void {
    const at = this.#at
    let end = at + 1
    while (end < this.#text.length && this.#text[end] !== quote) end += this.#text[end] === '\\' ? 2 : 1
    if (end >= this.#text.length) throw new JinjaBreak('syntax', 'a text is not closed', at)
    const value = readString(this.#text.slice(at + 1, end))
    if (value === undefined) throw new JinjaBreak('syntax', 'a text has an escape that Python refuses', at)
    this.#at = end + 1
    this.#push('string', value, at)
  }

  #push(kind: Token['kind'], text: string, at: number, value?: number): void {
    if (this.#tokens.length >= MAX_TOKENS)
      throw new JinjaBreak('long', `the template has more than ${MAX_TOKENS} tokens`, at)
    this.#tokens.push(value === undefined ? { kind, text, at } : { kind, text, value, at })
  }
}

/** The next `{%`, `{{` or `{#`. */
function nextOpening(text: string, from: number): number {
  let at = text.indexOf('{', from)
  while (at >= 0) {
    const next = text[at + 1]
    if (next === '%' || next === '{' || next === '#') return at
    at = text.indexOf('{', at + 1)
  }
  return -1
}
