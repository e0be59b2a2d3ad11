import { type Token, Tokenizer } from './tokens.ts'
import type {
  TorchScriptName,
  TorchScriptProblem,
  TorchScriptTypeComment,
  TorchScriptView,
} from './torchscript-view.ts'

/** Different names of one source. The largest detector has some hundred. */
const MAX_NAMES = 100_000
const MAX_COMMENTS = 1000
/** Characters of a call that are shown. */
const MAX_CALL = 200

/**
 * Reads a source of TorchScript as PyTorch writes it below `code/`: every dotted name and what it is called with. The language is
 * compiled when the archive is loaded, so a name is all that is needed to reach an operator.
 */
export function readTorchScript(text: string): TorchScriptView {
  const reader = new SourceReader(text)
  reader.read()
  return reader
}

interface Bracket {
  /** The bracket of a call or an index, and not of a mere expression. */
  readonly isCall: boolean
  /** The one dotted name that stands in it so far; empty when there is more. */
  inner: string | undefined
}

class SourceReader implements TorchScriptView {
  readonly #text: string
  readonly #names = new Map<string, TorchScriptName>()
  readonly defines = new Set<string>()
  readonly typeComments: TorchScriptTypeComment[] = []
  readonly pythonCalls: number[] = []
  readonly problems: TorchScriptProblem[] = []
  readonly #brackets: Bracket[] = []
  #last: Token | undefined
  /** The dotted name that ends at the last token. */
  #chain: { name: string; offset: number } | undefined
  #isLineStart = true
  /** `getattr(` was opened, and the name in it. */
  #getattr: { depth: number; name: string } | undefined

  constructor(text: string) {
    this.#text = text
  }

  get names(): readonly TorchScriptName[] {
    return [...this.#names.values()]
  }

  read(): void {
    const tokens = new Tokenizer(this.#text)
    for (let token = tokens.next(); token !== undefined; token = tokens.next()) this.#take(token)
    this.#endChain(undefined)
    if (tokens.broken !== undefined)
      this.problems.push({ kind: 'cut', message: 'a text does not end', offset: tokens.broken })
    else if (this.#brackets.length > 0)
      this.problems.push({ kind: 'cut', message: 'a bracket is not closed', offset: this.#text.length })
  }

  #take(token: Token): void {
    if (token.kind === 'comment') {
      this.#comment(token)
      return
    }
    if (token.kind === 'line') {
      if (this.#brackets.length > 0) return
      this.#endChain(token)
      this.#isLineStart = true
    } else if (token.kind === 'name') this.#name(token)
    else if (token.kind === 'mark') this.#mark(token)
    else this.#value(token)
    this.#last = token
    if (token.kind !== 'line' && this.#chain === undefined) this.#isLineStart = false
  }

  #comment({ text, offset }: Token): void {
    if (/^#\s{0,100}type:/.test(text) && this.typeComments.length < MAX_COMMENTS)
      this.typeComments.push({ text: text.slice(0, 1000), offset })
  }

  #name(token: Token): void {
    if (this.#last?.kind === 'name' && this.#last.text === 'def') this.defines.add(token.text)
    if (isMark(this.#last, '.')) {
      const before = this.#chain
      this.#chain = {
        name: `${before?.name ?? '?'}.${token.text}`,
        offset: before?.offset ?? token.offset,
      }
      return
    }
    this.#endChain(token)
    this.#chain = { name: token.text, offset: token.offset }
  }

  #mark(token: Token): void {
    if (token.text === '.') return
    if (token.text === '(' || token.text === '[' || token.text === '{') this.#open(token)
    else if (token.text === ')' || token.text === ']' || token.text === '}') this.#close(token)
    else {
      if (token.text === '^' && this.pythonCalls.length < MAX_COMMENTS) this.pythonCalls.push(token.offset)
      this.#value(token)
    }
  }

  /** Anything that is no name: the name before it ends, and brackets hold more than a name. */
  #value(token: Token): void {
    this.#endChain(token)
    const bracket = this.#brackets.at(-1)
    if (token.kind === 'string') this.#attribute(token)
    if (bracket !== undefined) bracket.inner = ''
  }

  #open(token: Token): void {
    const chain = this.#chain
    const isCall = chain !== undefined || isMark(this.#last, ')') || isMark(this.#last, ']')
    this.#endChain(token)
    const outer = this.#brackets.at(-1)
    if (outer !== undefined && isCall) outer.inner = ''
    this.#brackets.push({ isCall: isCall || token.text !== '(', inner: undefined })
    if (chain?.name === 'getattr') this.#getattr = { depth: this.#brackets.length, name: '' }
  }

  #close(token: Token): void {
    const chain = this.#chain
    this.#endChain(token)
    const bracket = this.#brackets.pop()
    if (bracket === undefined) {
      if (this.problems.length === 0)
        this.problems.push({
          kind: 'form',
          message: 'a bracket is closed that is not open',
          offset: token.offset,
        })
      return
    }
    if (this.#getattr !== undefined && this.#brackets.length < this.#getattr.depth) this.#getattr = undefined
    // `(torch).save` is `torch.save`.
    if (bracket.isCall || bracket.inner === undefined || bracket.inner === '') return
    this.#chain = { name: bracket.inner, offset: chain?.offset ?? token.offset }
  }

  /** `getattr(torch, "save")` is `torch.save`. */
  #attribute(token: Token): void {
    const getattr = this.#getattr
    if (getattr === undefined || getattr.name === '' || this.#brackets.length !== getattr.depth) return
    this.#keep({ name: `${getattr.name}.${token.text}`, offset: token.offset }, true)
    this.#getattr = undefined
  }

  /** A dotted name is over; `next` tells whether it is called. */
  #endChain(next: Token | undefined): void {
    const chain = this.#chain
    if (chain === undefined) return
    this.#chain = undefined
    const bracket = this.#brackets.at(-1)
    if (bracket !== undefined) bracket.inner = bracket.inner === undefined ? chain.name : ''
    if (this.#getattr !== undefined && this.#getattr.depth === this.#brackets.length && isMark(next, ','))
      this.#getattr.name ||= chain.name
    // `ops : Tensor` declares an attribute, and `f(ops=1)` names an argument.
    const isDeclared = this.#isLineStart && isMark(next, ':')
    const isArgument = bracket !== undefined && isMark(next, '=') && !chain.name.includes('.')
    this.#isLineStart = false
    if (!isDeclared && !isArgument && !this.#goesOn(chain.name, next)) this.#keep(chain, isMark(next, '('))
  }

  /** `(torch)` and `getattr(torch,` are the first part of a longer name, which is kept when it is whole. */
  #goesOn(name: string, next: Token | undefined): boolean {
    const bracket = this.#brackets.at(-1)
    if (bracket === undefined) return false
    if (isMark(next, ')')) return !bracket.isCall && bracket.inner === name
    const isObject = this.#getattr?.depth === this.#brackets.length && this.#getattr.name === name
    return isObject && isMark(next, ',')
  }

  #keep(chain: { readonly name: string; readonly offset: number }, isCalled: boolean): void {
    const known = this.#names.get(chain.name)
    if (known?.isCalled === true || (known !== undefined && !isCalled)) return
    if (this.#names.size >= MAX_NAMES) {
      if (!this.problems.some(({ kind }) => kind === 'cut'))
        this.problems.push({ kind: 'cut', message: 'there are too many names', offset: chain.offset })
      return
    }
    this.#names.set(chain.name, { ...chain, isCalled, callText: this.#callText(chain.offset) })
  }

  #callText(offset: number): string {
    const line = this.#text.slice(offset, offset + MAX_CALL)
    const end = line.indexOf('\n')
    return end < 0 ? line : line.slice(0, end)
  }
}

function isMark(token: Token | undefined, text: string): boolean {
  return token?.kind === 'mark' && token.text === text
}
