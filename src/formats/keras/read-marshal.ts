/** What a compiled Python function refers to, over it and all functions inside it. */
export interface CodeFacts {
  /** Names it looks up: globals, attributes, imports (`co_names`). */
  readonly names: readonly string[]
  /** Texts among its constants. */
  readonly texts: readonly string[]
  /** Bytes among its constants: they may hold another program. */
  readonly blobs: readonly Uint8Array[]
}

/** Objects of one program; a lambda has some twenty (CWE-770). */
const MAX_OBJECTS = 200_000
const MAX_DEPTH = 200
const MAX_KEPT = 2000

/** A marshalled value, as far as it matters. */
type Item =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'list'; readonly items: readonly Item[] }
  | { readonly kind: 'code'; readonly names: Item; readonly consts: Item }
  | { readonly kind: 'other' }

class MarshalBreak extends Error {}

const OTHER: Item = { kind: 'other' }

/**
 * Reads the code object that Python's `marshal` wrote (CPython Python/marshal.c, versions 2.7 to 3.14), without running
 * anything. Undefined when the bytes are no code object.
 */
export function readMarshalCode(bytes: Uint8Array): CodeFacts | undefined {
  try {
    const item = new Reader(bytes).object(0)
    if (item.kind !== 'code') return undefined
    const facts = { names: new Set<string>(), texts: new Set<string>(), blobs: [] as Uint8Array[] }
    gather(item, facts)
    return { names: [...facts.names], texts: [...facts.texts], blobs: facts.blobs }
  } catch (error) {
    if (error instanceof MarshalBreak) return undefined // Information: these bytes are something else.
    throw error
  }
}

interface Gathered {
  readonly names: Set<string>
  readonly texts: Set<string>
  readonly blobs: Uint8Array[]
}

function gather(root: Item, facts: Gathered): void {
  const open: { item: Item; into: 'names' | 'texts' }[] = [{ item: root, into: 'texts' }]
  const seen = new Set<Item>()
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { item, into } = next
    keep(item, facts, into)
    if (seen.has(item)) continue
    seen.add(item)
    if (item.kind === 'list') open.push(...item.items.map((inner) => ({ item: inner, into })))
    if (item.kind === 'code')
      open.push({ item: item.names, into: 'names' }, { item: item.consts, into: 'texts' })
  }
}

function keep(item: Item, facts: Gathered, into: 'names' | 'texts'): void {
  if (item.kind === 'text' && facts[into].size < MAX_KEPT) facts[into].add(item.text)
  if (item.kind === 'bytes' && item.bytes.length > 1 && facts.blobs.length < MAX_KEPT)
    facts.blobs.push(item.bytes)
}

class Reader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #refs: Item[] = []
  readonly #interned: Item[] = []
  #at = 0
  #left = MAX_OBJECTS

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  object(depth: number): Item {
    if (depth > MAX_DEPTH || this.#left-- <= 0) throw new MarshalBreak()
    const code = this.#u8()
    const hasRef = (code & 0x80) !== 0
    const type = String.fromCharCode(code & 0x7f)
    if (type === 'r') return this.#refs[this.#u32()] ?? OTHER
    const place = hasRef ? this.#refs.push(OTHER) - 1 : -1
    const item = this.#body(type, depth)
    if (place >= 0) this.#refs[place] = item
    return item
  }

  #body(type: string, depth: number): Item {
    const scalar = SCALAR_BYTES[type]
    if (scalar !== undefined) return this.#skip(scalar)
    switch (type) {
      case 'c':
        return this.#code(depth)
      case 's':
        return { kind: 'bytes', bytes: this.#take(this.#u32()) }
      case 't':
        return this.#intern(this.#text(this.#u32()))
      case 'R':
        return this.#interned[this.#u32()] ?? OTHER
      case 'u':
      case 'a':
      case 'A':
        return this.#text(this.#u32())
      case 'z':
      case 'Z':
        return this.#text(this.#u8())
      case ')':
        return this.#list(this.#u8(), depth)
      case '(':
      case '[':
      case '<':
      case '>':
        return this.#list(this.#u32(), depth)
      case '{':
        return this.#dict(depth)
      case ':':
        return this.#list(3, depth)
      case 'l':
        return this.#skip(2 * Math.abs(this.#view.getInt32(this.#advance(4), true)))
      case 'f':
        return this.#skip(this.#u8())
      case 'x':
        this.#skip(this.#u8())
        return this.#skip(this.#u8())
      default:
        throw new MarshalBreak()
    }
  }

  /** The fields differ by version; how many numbers come first shows where the bytecode begins. */
  #code(depth: number): Item {
    const count = [4, 5, 6].find((n) => this.#isString(this.#at + 4 * n))
    if (count === undefined) throw new MarshalBreak()
    this.#skip(4 * count)
    const isOld = count === 4
    this.object(depth + 1)
    const consts = this.object(depth + 1)
    const names = this.object(depth + 1)
    this.object(depth + 1)
    const fifth = this.object(depth + 1)
    // From 3.11 on, the kinds of the variables stand here as bytes, and three texts follow.
    const isNew = !isOld && fifth.kind === 'bytes'
    for (let i = 0; i < 3; i++) this.object(depth + 1)
    this.#skip(4)
    this.object(depth + 1)
    if (isNew) this.object(depth + 1)
    return { kind: 'code', names, consts }
  }

  #isString(at: number): boolean {
    const type = (this.#bytes[at] ?? 0) & 0x7f
    if (type !== 0x73 || at + 5 > this.#bytes.length) return false
    return at + 5 + this.#view.getUint32(at + 1, true) <= this.#bytes.length
  }

  #list(count: number, depth: number): Item {
    if (count > this.#bytes.length) throw new MarshalBreak()
    const items: Item[] = []
    for (let i = 0; i < count; i++) items.push(this.object(depth + 1))
    return { kind: 'list', items }
  }

  #dict(depth: number): Item {
    const items: Item[] = []
    while (((this.#bytes[this.#at] ?? 0) & 0x7f) !== 0x30) items.push(this.object(depth + 1))
    this.#skip(1)
    return { kind: 'list', items }
  }

  #intern(item: Item): Item {
    this.#interned.push(item)
    return item
  }

  #text(length: number): Item {
    return { kind: 'text', text: Buffer.from(this.#take(length)).toString('utf8') }
  }

  #skip(length: number): Item {
    this.#advance(length)
    return OTHER
  }

  #u8(): number {
    return this.#view.getUint8(this.#advance(1))
  }

  #u32(): number {
    return this.#view.getUint32(this.#advance(4), true)
  }

  #take(length: number): Uint8Array {
    const start = this.#advance(length)
    return this.#bytes.subarray(start, start + length)
  }

  #advance(length: number): number {
    if (length < 0 || this.#at + length > this.#bytes.length) throw new MarshalBreak()
    const start = this.#at
    this.#at += length
    return start
  }
}

/** Bytes behind the letter: NULL, None, True, False, StopIteration, Ellipsis, int, int64, float, complex. */
const SCALAR_BYTES: Readonly<Record<string, number>> = {
  '0': 0,
  N: 0,
  T: 0,
  F: 0,
  S: 0,
  '.': 0,
  i: 4,
  I: 8,
  g: 8,
  y: 16,
}
