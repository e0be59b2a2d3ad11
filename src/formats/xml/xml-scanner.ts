import { isSpace, MarkupCursor, parseAttributes, parseDoctype, resolveText } from './parse-markup.ts'
import type {
  XmlAttribute,
  XmlDoctype,
  XmlEvent,
  XmlInclude,
  XmlInstruction,
  XmlProblem,
  XmlScript,
} from './xml-view.ts'

/** Characters of one tag, DOCTYPE or instruction. A real one is far below; a longer one is an attack (CWE-770). */
const MAX_MARKUP = 4 * 1024 * 1024
/** Open elements. PMML trees, the deepest that are written, nest by the depth of a tree: some hundred. */
const MAX_DEPTH = 10_000
const MAX_KEPT = 1000

type Skipping = 'comment' | 'cdata' | undefined

/** Takes a document piece by piece and tells what it meets. Never throws, whatever the text. */
export class XmlScanner {
  readonly #sink: (event: XmlEvent) => void
  readonly #decode: (raw: string) => string
  readonly #bytesPerChar: number
  #text = ''
  #at = 0
  /** Byte offset of the first character of the buffer. */
  #base: number
  #skipping: Skipping
  readonly #open: string[] = []
  #hasRootClosed = false
  root: { readonly name: string; readonly attributes: readonly XmlAttribute[] } | undefined
  doctype: XmlDoctype | undefined
  readonly instructions: XmlInstruction[] = []
  readonly includes: XmlInclude[] = []
  readonly scripts: XmlScript[] = []
  readonly references = new Set<string>()
  readonly problems: XmlProblem[] = []
  elementCount = 0

  constructor(options: {
    readonly sink: (event: XmlEvent) => void
    /** Makes text of what stands between marks. */
    readonly decode: (raw: string) => string
    readonly bytesPerChar: number
    readonly start: number
  }) {
    this.#sink = options.sink
    this.#decode = options.decode
    this.#bytesPerChar = options.bytesPerChar
    this.#base = options.start
  }

  /** Whether going on makes sense: nothing after a fault of form would be read by any parser. */
  get isOver(): boolean {
    return this.problems.length > 0
  }

  /** More text; `isLast` when the document ends after it. */
  feed(text: string, isLast: boolean): void {
    this.#base += this.#at * this.#bytesPerChar
    this.#text = this.#text.slice(this.#at) + text
    this.#at = 0
    while (!this.isOver && this.#at < this.#text.length && this.#step(isLast));
    if (this.isOver) return
    if (this.#text.length - this.#at > MAX_MARKUP)
      this.#complain('cut', `a mark is longer than ${MAX_MARKUP} characters`)
    else if (isLast) this.#finish()
  }

  #finish(): void {
    if (this.#skipping !== undefined || this.#at < this.#text.length)
      this.#complain('cut', 'the document ends inside a mark')
    else if (this.#open.length > 0)
      this.#complain('cut', `${this.#open.length} elements are not closed at the end`)
    else if (this.root === undefined) this.#complain('form', 'there is no element')
  }

  #complain(kind: XmlProblem['kind'], message: string): void {
    this.problems.push({ kind, message, offset: this.#offset() })
  }

  #offset(): number {
    return this.#base + this.#at * this.#bytesPerChar
  }

  /** One mark or piece of text; false when more of the document is needed. */
  #step(isLast: boolean): boolean {
    if (this.#skipping === 'comment') return this.#skipTo('-->', false)
    if (this.#skipping === 'cdata') return this.#skipTo(']]>', true)
    if (this.#text.charCodeAt(this.#at) !== 0x3c) return this.#characters(isLast)
    const left = this.#text.length - this.#at
    if (left < 9 && !isLast) return false
    if (this.#text.startsWith('<!--', this.#at)) return this.#begin('comment', 4)
    if (this.#text.startsWith('<![CDATA[', this.#at)) return this.#begin('cdata', 9)
    if (this.#text.startsWith('<?', this.#at)) return this.#instruction()
    if (this.#text.startsWith('<!', this.#at)) return this.#declaration()
    return this.#tag()
  }

  #begin(what: 'comment' | 'cdata', length: number): boolean {
    this.#skipping = what
    this.#at += length
    return true
  }

  #skipTo(end: string, isText: boolean): boolean {
    const found = this.#text.indexOf(end, this.#at)
    // The last two characters may begin the mark that ends it.
    const stop = found < 0 ? Math.max(this.#at, this.#text.length - 2) : found
    if (isText && stop > this.#at) this.#emitText(this.#decode(this.#text.slice(this.#at, stop)))
    this.#at = found < 0 ? stop : found + end.length
    if (found >= 0) this.#skipping = undefined
    return found >= 0
  }

  #emitText(text: string): void {
    this.#sink({ kind: 'text', text, offset: this.#offset() })
  }

  #characters(isLast: boolean): boolean {
    const found = this.#text.indexOf('<', this.#at)
    let stop = found < 0 ? this.#text.length : found
    if (found < 0 && !isLast) {
      // A reference may be cut: keep it for the next piece.
      const reference = this.#text.lastIndexOf('&', stop - 1)
      if (reference >= this.#at && stop - reference < 140) stop = reference
    }
    if (stop === this.#at) return false
    const raw = this.#text.slice(this.#at, stop)
    if (this.#open.length === 0) {
      if (raw.trim() !== '') this.#complain('form', 'there is text outside of the root element')
    } else if (/\S/.test(raw)) this.#emitText(resolveText(this.#decode(raw), this.references))
    this.#at = stop
    return true
  }

  #instruction(): boolean {
    const end = this.#text.indexOf('?>', this.#at + 2)
    if (end < 0) return false
    const cursor = new MarkupCursor(this.#text.slice(this.#at + 2, end), 0)
    const target = cursor.word('')
    const text = this.#decode(cursor.text.slice(cursor.at).trim()).slice(0, MAX_KEPT)
    if (target.toLowerCase() !== 'xml' && this.instructions.length < MAX_KEPT)
      this.instructions.push({ target, text, offset: this.#offset() })
    this.#at = end + 2
    return true
  }

  /** `<!DOCTYPE …>`: its end is the first `>` outside of quotes, comments and the inner brackets. */
  #declaration(): boolean {
    if (!this.#text.startsWith('<!DOCTYPE', this.#at) || this.root !== undefined) {
      this.#complain('form', 'there is a declaration where none may stand')
      return true
    }
    const end = endOfDoctype(this.#text, this.#at + 9)
    if (end < 0) return false
    const inner = this.#decode(this.#text.slice(this.#at + 9, end))
    this.doctype ??= parseDoctype(inner, this.#offset() + 9 * this.#bytesPerChar, this.#bytesPerChar)
    this.#at = end + 1
    return true
  }

  #tag(): boolean {
    const end = endOfTag(this.#text, this.#at + 1)
    if (end < 0) return false
    const inner = this.#text.slice(this.#at + 1, end)
    if (inner.startsWith('/')) this.#close(this.#decode(inner.slice(1).trim()))
    else this.#openTag(inner)
    this.#at = end + 1
    return true
  }

  #openTag(inner: string): void {
    const isEmpty = inner.endsWith('/')
    const cursor = new MarkupCursor(isEmpty ? inner.slice(0, -1) : inner, 0)
    const name = this.#decode(cursor.word(''))
    const decode = (raw: string): string => resolveText(this.#decode(raw), this.references)
    const { attributes, ok } = parseAttributes(cursor, decode)
    if (!ok || !/^[\p{L}_:][^<&"'=]*$/u.test(name)) this.#complain('form', 'a tag is not well-formed')
    else if (this.#hasRootClosed) this.#complain('form', 'there is a second root element')
    else if (this.#open.length >= MAX_DEPTH)
      this.#complain('cut', `elements are nested deeper than ${MAX_DEPTH}`)
    else this.#enter(name, attributes, isEmpty)
  }

  #enter(name: string, attributes: readonly XmlAttribute[], isEmpty: boolean): void {
    this.root ??= { name, attributes }
    this.elementCount++
    this.#notice(name, attributes)
    this.#sink({ kind: 'open', name, attributes, offset: this.#offset(), depth: this.#open.length })
    this.#open.push(name)
    if (isEmpty) this.#close(name)
  }

  #close(name: string): void {
    const opened = this.#open.pop()
    if (opened !== name) {
      this.#complain('form', 'an element is closed that is not open')
      return
    }
    this.#sink({ kind: 'close', name, offset: this.#offset(), depth: this.#open.length })
    if (this.#open.length === 0) this.#hasRootClosed = true
  }

  #notice(element: string, attributes: readonly XmlAttribute[]): void {
    const local = element.slice(element.indexOf(':') + 1)
    if (local === 'include' || local === 'import') {
      const href = attributes.find(({ name }) => name === 'href' || name === 'schemaLocation')
      if (href !== undefined && this.includes.length < MAX_KEPT)
        this.includes.push({ element, href: href.value, offset: this.#offset() })
    }
    const prefix = element.slice(0, element.length - local.length - 1)
    if (local === 'script' && prefix !== '' && prefix !== 'svg' && this.scripts.length < MAX_KEPT)
      this.scripts.push({ element, offset: this.#offset() })
  }
}

/** Where a tag ends: the first `>` outside of quotes; -1 when it is not there yet. */
function endOfTag(text: string, start: number): number {
  let at = start
  for (;;) {
    const end = text.indexOf('>', at)
    if (end < 0) return -1
    const quote = firstQuote(text, at, end)
    if (quote < 0) return end
    const close = text.indexOf(text.charAt(quote), quote + 1)
    if (close < 0) return -1
    at = close + 1
  }
}

function firstQuote(text: string, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22 || code === 0x27) return at
  }
  return -1
}

/** Where a DOCTYPE ends: the first `>` outside of quotes, comments and inner declarations; -1 when it is not there yet. */
function endOfDoctype(text: string, start: number): number {
  let depth = 0
  let at = start
  while (at >= 0 && at < text.length) {
    const char = text.charAt(at)
    if (char === '>' && depth <= 0) return at
    if (char === '[' || char === '<') depth++
    if (char === ']' || char === '>') depth--
    at = afterPiece(text, at, char)
    // A negative place would be taken for the start of the text.
    if (at >= 0 && text.startsWith('<!--', at)) at = after(text, '-->', at + 4)
  }
  return -1
}

function afterPiece(text: string, at: number, char: string): number {
  return char === '"' || char === "'" ? after(text, char, at + 1) : at + 1
}

function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from)
  return found < 0 ? -1 : found + mark.length
}

/** Whether the bytes after white space begin as XML does. */
export function beginsWithTag(text: string): boolean {
  let at = 0
  while (at < text.length && isSpace(text.charCodeAt(at))) at++
  return text.charAt(at) === '<' && /[?!A-Za-z_]/.test(text.charAt(at + 1))
}
