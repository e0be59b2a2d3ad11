/** A JSON value as text says it: nothing is merged, so that every reading of doubled keys can be judged. */
export type JsonNode =
  | { readonly kind: 'object'; readonly entries: readonly JsonEntry[]; readonly offset: number }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[]; readonly offset: number }
  | { readonly kind: 'string'; readonly text: string; readonly offset: number }
  | { readonly kind: 'other'; readonly text: string; readonly offset: number }

export interface JsonEntry {
  readonly key: string
  readonly value: JsonNode
}

/** Something that two readers of JSON take differently. */
export interface JsonProblem {
  readonly kind: 'duplicate-key' | 'comment'
  readonly message: string
  readonly offset: number
}

export interface JsonDocument {
  readonly root: JsonNode
  readonly problems: readonly JsonProblem[]
}

/** Values of one text. The largest published configuration has some 400,000. */
const MAX_NODES = 5_000_000
/** Levels. Python's reader gives up at about a thousand. */
const MAX_DEPTH = 10_000
const MAX_PROBLEMS = 50

type Open =
  | { kind: 'object'; offset: number; entries: JsonEntry[]; keys: Set<string>; key: string }
  | { kind: 'array'; offset: number; items: JsonNode[] }

/**
 * Reads JSON as Python's `json` does: NaN and Infinity are values, and of doubled keys none is dropped. Comments are
 * passed over and noted, since some readers allow them. Undefined when the text is something else. Never recursive.
 */
export function readPythonJson(text: string): JsonDocument | undefined {
  const reader = new Reader(text)
  const root = reader.read()
  return root === undefined ? undefined : { root, problems: reader.problems }
}

const OTHER = /(?:-?(?:\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|Infinity)|NaN|true|false|null)/y
const SPACE = new Set([' ', '\t', '\n', '\r'])
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

class Reader {
  readonly #text: string
  #at = 0
  #nodes = 0
  readonly #open: Open[] = []
  readonly problems: JsonProblem[] = []

  constructor(text: string) {
    this.#text = text
  }

  read(): JsonNode | undefined {
    if (this.#text.startsWith('\ufeff')) this.#at = 1
    for (;;) {
      this.#skipSpace()
      const value = this.#readValue()
      if (value === undefined) return undefined
      if (value === 'opened') continue
      const root = this.#place(value)
      if (root === 'broken') return undefined
      if (root !== 'placed') return root
    }
  }

  /** Puts a finished value where it belongs, closing what ends behind it. */
  #place(first: JsonNode): JsonNode | 'placed' | 'broken' {
    let value = first
    for (;;) {
      const open = this.#open.at(-1)
      this.#skipSpace()
      if (open === undefined) return this.#at === this.#text.length ? value : 'broken'
      if (open.kind === 'array') open.items.push(value)
      else open.entries.push({ key: open.key, value })
      const next = this.#text[this.#at]
      this.#at += 1
      if (next === ',') return this.#readKeyOf(open) ? 'placed' : 'broken'
      if (next !== (open.kind === 'array' ? ']' : '}')) return 'broken'
      value = this.#close()
    }
  }

  #close(): JsonNode {
    const open = this.#open.pop()
    if (open?.kind === 'array') return { kind: 'array', items: open.items, offset: open.offset }
    return { kind: 'object', entries: open?.entries ?? [], offset: open?.offset ?? 0 }
  }

  #readValue(): JsonNode | 'opened' | undefined {
    if (++this.#nodes > MAX_NODES) return undefined
    const offset = this.#at
    const first = this.#text[this.#at]
    if (first === '{' || first === '[') return this.#openContainer(first, offset)
    if (first === '"') {
      const text = this.#readString()
      return text === undefined ? undefined : { kind: 'string', text, offset }
    }
    OTHER.lastIndex = this.#at
    const found = OTHER.exec(this.#text)?.[0]
    if (found === undefined) return undefined
    this.#at += found.length
    return { kind: 'other', text: found, offset }
  }

  #openContainer(bracket: '{' | '[', offset: number): JsonNode | 'opened' | undefined {
    if (this.#open.length >= MAX_DEPTH) return undefined
    this.#at += 1
    this.#skipSpace()
    if (bracket === '[') {
      this.#open.push({ kind: 'array', offset, items: [] })
      if (this.#text[this.#at] !== ']') return 'opened'
      this.#at += 1
      return this.#close()
    }
    const open: Open = { kind: 'object', offset, entries: [], keys: new Set(), key: '' }
    this.#open.push(open)
    if (this.#text[this.#at] === '}') {
      this.#at += 1
      return this.#close()
    }
    return this.#readKeyOf(open) ? 'opened' : undefined
  }

  /** The key of the next entry and its colon; nothing for arrays. */
  #readKeyOf(open: Open): boolean {
    if (open.kind === 'array') return true
    this.#skipSpace()
    const offset = this.#at
    const key = this.#text[this.#at] === '"' ? this.#readString() : undefined
    if (key === undefined) return false
    if (open.keys.has(key))
      this.#note('duplicate-key', `the key ${JSON.stringify(key.slice(0, 80))} stands twice`, offset)
    open.keys.add(key)
    open.key = key
    this.#skipSpace()
    if (this.#text[this.#at] !== ':') return false
    this.#at += 1
    return true
  }

  #readString(): string | undefined {
    let text = ''
    let from = this.#at + 1
    for (;;) {
      const end = this.#nextMark(from)
      text += this.#text.slice(from, end)
      if (this.#text[end] === '"') {
        this.#at = end + 1
        return text
      }
      const escaped = this.#readEscape(end + 1)
      if (escaped === undefined) return undefined
      text += escaped
      from = end + (this.#text[end + 1] === 'u' ? 6 : 2)
    }
  }

  /** The next quote or backslash, or the end. */
  #nextMark(from: number): number {
    let at = from
    while (at < this.#text.length && this.#text[at] !== '"' && this.#text[at] !== '\\') at++
    return at
  }

  #readEscape(at: number): string | undefined {
    const letter = this.#text[at] ?? ''
    if (letter !== 'u') return ESCAPES[letter]
    const hex = this.#text.slice(at + 1, at + 5)
    return /^[0-9a-fA-F]{4}$/.test(hex) ? String.fromCharCode(Number.parseInt(hex, 16)) : undefined
  }

  #skipSpace(): void {
    do while (SPACE.has(this.#text[this.#at] ?? '')) this.#at++
    while (this.#skipComment())
  }

  #skipComment(): boolean {
    if (this.#text[this.#at] !== '/') return false
    const isBlock = this.#text[this.#at + 1] === '*'
    if (!isBlock && this.#text[this.#at + 1] !== '/') return false
    const end = this.#text.indexOf(isBlock ? '*/' : '\n', this.#at + 2)
    this.#note('comment', 'a comment stands in the JSON', this.#at)
    this.#at = end < 0 ? this.#text.length : end + (isBlock ? 2 : 1)
    return true
  }

  #note(kind: JsonProblem['kind'], message: string, offset: number): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ kind, message, offset })
  }
}
