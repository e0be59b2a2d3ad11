/** A value of Python, as far as the header of an array may hold one. */
export type Literal =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'number'; readonly value: bigint }
  | { readonly kind: 'constant'; readonly value: boolean | null }
  | { readonly kind: 'list' | 'tuple'; readonly items: readonly Literal[] }
  | { readonly kind: 'dict'; readonly entries: readonly (readonly [Literal, Literal])[] }

/** Levels of brackets: structured types nest a few. */
const MAX_DEPTH = 64
const MAX_DIGITS = 40

class NotALiteral extends Error {}

/** Reads a Python literal: texts, whole numbers, True, False, None and their containers. Undefined for anything else, calls above all. */
export function readLiteral(source: string): Literal | undefined {
  const reader = new LiteralReader(source)
  try {
    return reader.whole()
  } catch (error) {
    if (error instanceof NotALiteral) return undefined // Information: the caller says what it means.
    throw error
  }
}

class LiteralReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  whole(): Literal {
    const value = this.#value(0)
    this.#space()
    if (this.#at < this.#text.length) throw new NotALiteral()
    return value
  }

  #value(depth: number): Literal {
    if (depth > MAX_DEPTH) throw new NotALiteral()
    this.#space()
    const char = this.#text.charAt(this.#at)
    if (char === '{') return this.#dict(depth)
    if (char === '[') return { kind: 'list', items: this.#items(']', depth).items }
    if (char === '(') {
      const { items, hasComma } = this.#items(')', depth)
      const [first] = items
      return items.length === 1 && !hasComma && first !== undefined ? first : { kind: 'tuple', items }
    }
    return this.#scalar()
  }

  #items(close: string, depth: number): { items: Literal[]; hasComma: boolean } {
    this.#at++
    const items: Literal[] = []
    let hasComma = false
    for (;;) {
      this.#space()
      if (this.#eat(close)) return { items, hasComma }
      if (items.length > 0 && !hasComma) throw new NotALiteral()
      items.push(this.#value(depth + 1))
      this.#space()
      hasComma = this.#eat(',')
    }
  }

  #dict(depth: number): Literal {
    this.#at++
    const entries: [Literal, Literal][] = []
    let hasComma = true
    for (;;) {
      this.#space()
      if (this.#eat('}')) return { kind: 'dict', entries }
      if (!hasComma) throw new NotALiteral()
      const key = this.#value(depth + 1)
      this.#space()
      if (!this.#eat(':')) throw new NotALiteral()
      entries.push([key, this.#value(depth + 1)])
      this.#space()
      hasComma = this.#eat(',')
    }
  }

  #scalar(): Literal {
    const rest = this.#text.slice(this.#at, this.#at + 64)
    const quote = /^[bBuU]?(['"])/.exec(rest)
    if (quote !== null) {
      this.#at += quote[0].length
      return { kind: 'text', value: this.#textUntil(quote[1] ?? "'") }
    }
    const number = /^(-?\d+)[lL]?(?![\w.])/.exec(rest)
    if (number?.[1] !== undefined && number[1].length <= MAX_DIGITS) {
      this.#at += number[0].length
      return { kind: 'number', value: BigInt(number[1]) }
    }
    const word = /^(?:True|False|None)(?!\w)/.exec(rest)?.[0]
    if (word === undefined) throw new NotALiteral()
    this.#at += word.length
    return { kind: 'constant', value: word === 'None' ? null : word === 'True' }
  }

  #textUntil(quote: string): string {
    let value = ''
    while (this.#at < this.#text.length) {
      const char = this.#text.charAt(this.#at++)
      if (char === quote) return value
      if (char === '\\') value += this.#text.charAt(this.#at++)
      else value += char
    }
    throw new NotALiteral()
  }

  #space(): void {
    while (this.#at < this.#text.length && ' \t\r\n\f'.includes(this.#text.charAt(this.#at))) this.#at++
  }

  #eat(char: string): boolean {
    if (this.#text.charAt(this.#at) !== char) return false
    this.#at++
    return true
  }
}
