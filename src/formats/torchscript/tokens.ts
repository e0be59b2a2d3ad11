/** A token of TorchScript, whose words are those of Python. */
export interface Token {
  readonly kind: 'name' | 'string' | 'number' | 'mark' | 'comment' | 'line'
  /** For a string: its value, as far as it can be told. */
  readonly text: string
  readonly offset: number
}

const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy
const NUMBER = /[0-9][0-9a-zA-Z_.]*/y

/** Cuts a source into tokens, one after another. `broken` is set when a string does not end. */
export class Tokenizer {
  readonly #text: string
  #at = 0
  broken: number | undefined

  constructor(text: string) {
    this.#text = text
  }

  next(): Token | undefined {
    this.#skipBlanks()
    const offset = this.#at
    const char = this.#text[offset]
    if (char === undefined || this.broken !== undefined) return undefined
    if (char === '\n') return this.#mark('line', 1)
    if (char === '#') return this.#comment()
    const prefix = /[rRbBuUfF]{0,2}(?=["'])/y
    prefix.lastIndex = offset
    const found = prefix.exec(this.#text)
    if (found !== null) return this.#string(found[0])
    return this.#match(NAME, 'name') ?? this.#match(NUMBER, 'number') ?? this.#mark('mark', 1)
  }

  #skipBlanks(): void {
    for (;;) {
      const char = this.#text[this.#at]
      if (char === ' ' || char === '\t' || char === '\r' || char === '\f') this.#at++
      else if (char === '\\' && /^\\\r?\n/.test(this.#text.slice(this.#at, this.#at + 3))) this.#at += 2
      else return
    }
  }

  #match(pattern: RegExp, kind: 'name' | 'number'): Token | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    return found === null ? undefined : this.#mark(kind, found[0].length)
  }

  #mark(kind: Token['kind'], length: number): Token {
    const offset = this.#at
    this.#at += length
    return { kind, text: this.#text.slice(offset, this.#at), offset }
  }

  #comment(): Token {
    const end = this.#text.indexOf('\n', this.#at)
    return this.#mark('comment', (end < 0 ? this.#text.length : end) - this.#at)
  }

  #string(prefix: string): Token {
    const offset = this.#at
    const start = offset + prefix.length
    const quote = this.#text.charAt(start)
    const fence = this.#text.startsWith(quote.repeat(3), start) ? quote.repeat(3) : quote
    let at = start + fence.length
    while (at < this.#text.length && !this.#text.startsWith(fence, at)) {
      if (fence.length === 1 && this.#text[at] === '\n') break
      at += this.#text[at] === '\\' ? 2 : 1
    }
    if (!this.#text.startsWith(fence, at)) this.broken = offset
    this.#at = Math.min(this.#text.length, at + fence.length)
    return { kind: 'string', text: resolveEscapes(this.#text.slice(start + fence.length, at)), offset }
  }
}

/** Resolves the escapes by which a name could be hidden. */
function resolveEscapes(raw: string): string {
  if (!raw.includes('\\')) return raw
  return raw.replace(/\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[0-7]{1,3}|.)/gsu, (mark) => {
    if (/^\\[xu]./.test(mark)) return String.fromCharCode(Number.parseInt(mark.slice(2), 16))
    return /^\\[0-7]/.test(mark) ? String.fromCharCode(Number.parseInt(mark.slice(1), 8)) : mark.slice(1)
  })
}
