import { JinjaBreak } from './jinja-break.ts'
import type { Token } from './lex-jinja.ts'

/** Expressions in expressions, statements in statements. Python's own parser stops near this depth too. */
const MAX_DEPTH = 150

/** Walks over tokens; every step forward consumes one. */
export class TokenCursor {
  readonly #tokens: readonly Token[]
  #next = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get token(): Token | undefined {
    return this.#tokens[this.#next]
  }

  get at(): number {
    return this.token?.at ?? this.#tokens.at(-1)?.at ?? 0
  }

  peek(ahead = 1): Token | undefined {
    return this.#tokens[this.#next + ahead]
  }

  take(): Token {
    const token = this.token
    if (token === undefined) throw this.broken('the template ends too early')
    this.#next++
    return token
  }

  is(kind: Token['kind'], text?: string): boolean {
    const token = this.token
    return token !== undefined && token.kind === kind && (text === undefined || token.text === text)
  }

  /** Takes the token if it is the one named. */
  skip(kind: Token['kind'], text: string): boolean {
    if (!this.is(kind, text)) return false
    this.#next++
    return true
  }

  expect(kind: Token['kind'], text?: string): Token {
    if (!this.is(kind, text))
      throw this.broken(`${text ?? kind} is expected, not ${this.token?.text ?? 'the end'}`)
    return this.take()
  }

  broken(message: string): JinjaBreak {
    return new JinjaBreak('syntax', message.slice(0, 200), this.at)
  }

  /** Runs something one level deeper. @throws JinjaBreak below {@link MAX_DEPTH} levels */
  nest<T>(run: () => T): T {
    if (++this.#depth > MAX_DEPTH)
      throw new JinjaBreak('deep', `expressions or blocks are nested deeper than ${MAX_DEPTH}`, this.at)
    const result = run()
    this.#depth--
    return result
  }
}
