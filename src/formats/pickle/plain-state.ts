import type { PlainNames, PlainRole } from './plain-names.ts'

/** Bytes of a stream that is read at once. Below {@link KEPT_BYTES} no text is ever cut, and no stack or memo overflows. */
export const MAX_PLAIN_BYTES = 64 * 1024

/** Imports of one stream. Real ones have fewer than a hundred; the machine counts different ones, and says when they are many. */
const MAX_IMPORTS = 1000

/** What stands in a slot of stack or memo. */
export const UNSET = 0
export const ATOM = 1
const TEXT = 2
export const TUPLE = 3
export const LIST = 4
export const DICT = 5
export const SET = 6
/** An import that may only be made into objects, and one that may be called. */
export const MAKEABLE = 7
export const CALLABLE = 8
/** What a call or NEWOBJ gave. */
export const MADE = 9

/**
 * The state of a stream whose values are known by their kind alone. One for all streams: what the last one left is
 * overwritten. Every move says whether the stream is still plain.
 */
export class PlainState {
  readonly names: PlainNames
  /** Texts that change what a stream means: where one stands, the machine decides. */
  readonly words: ReadonlyMap<number, readonly Uint8Array[]>
  bytes: Uint8Array = new Uint8Array(0)
  at = 0
  proto = 0
  frameEnd = Number.POSITIVE_INFINITY
  /** Slots: an opcode of one byte at least pushes one at most. */
  readonly #kinds = new Uint8Array(MAX_PLAIN_BYTES)
  readonly #starts = new Int32Array(MAX_PLAIN_BYTES)
  readonly #lengths = new Int32Array(MAX_PLAIN_BYTES)
  readonly #marks = new Int32Array(MAX_PLAIN_BYTES)
  #depth = 0
  #markCount = 0
  #fence = 0
  readonly #memoKinds = new Uint8Array(MAX_PLAIN_BYTES)
  readonly #memoStarts = new Int32Array(MAX_PLAIN_BYTES)
  readonly #memoLengths = new Int32Array(MAX_PLAIN_BYTES)
  #memoSize = 0
  #memoEnd = 0
  #imports = 0

  constructor(names: PlainNames, words: readonly string[]) {
    this.names = names
    this.words = Map.groupBy(
      words.map((word) => Buffer.from(word)),
      ({ length }) => length,
    )
  }

  begin(bytes: Uint8Array): void {
    this.bytes = bytes
    this.at = 0
    this.proto = 0
    this.frameEnd = Number.POSITIVE_INFINITY
    this.#depth = 0
    this.#markCount = 0
    this.#fence = 0
    this.#imports = 0
    this.#memoKinds.fill(UNSET, 0, this.#memoEnd)
    this.#memoSize = 0
    this.#memoEnd = 0
  }

  push(kind: number): boolean {
    this.#kinds[this.#depth++] = kind
    return true
  }

  pushText(start: number, length: number): boolean {
    this.#starts[this.#depth] = start
    this.#lengths[this.#depth] = length
    return this.push(TEXT)
  }

  pushImport(role: PlainRole | undefined): boolean {
    this.#imports += 1
    if (role === undefined || this.#imports > MAX_IMPORTS) return false
    return this.push(role === 'call' ? CALLABLE : MAKEABLE)
  }

  pushAtoms(count: number): void {
    this.#kinds.fill(ATOM, this.#depth, this.#depth + count)
    this.#depth += count
  }

  /** The kind of the top slot, above the last mark; {@link UNSET} when there is none. */
  top(): number {
    return this.#depth > this.#fence ? (this.#kinds[this.#depth - 1] ?? UNSET) : UNSET
  }

  /** Takes the top slot off; {@link UNSET} when there is none. */
  pop(): number {
    const kind = this.top()
    if (kind !== UNSET) this.#depth -= 1
    return kind
  }

  /** Takes two texts off, and gives the role of the name that they make. */
  popName(): PlainRole | undefined {
    const at = this.#depth - 2
    if (at < this.#fence || this.#kinds[at] !== TEXT || this.#kinds[at + 1] !== TEXT) return undefined
    this.#depth = at
    return this.names.roleOf(this.bytes, this.#textAt(at), this.#textAt(at + 1), this.proto < 3)
  }

  #textAt(slot: number): { start: number; length: number } {
    return { start: this.#starts[slot] ?? 0, length: this.#lengths[slot] ?? 0 }
  }

  mark(): boolean {
    this.#marks[this.#markCount++] = this.#depth
    this.#fence = this.#depth
    return true
  }

  /** Takes off what stands above the last mark; how many they were, -1 without a mark. */
  popMark(): number {
    if (this.#markCount === 0) return -1
    const count = this.#depth - this.#fence
    this.#depth = this.#fence
    this.#markCount -= 1
    this.#fence = this.#markCount === 0 ? 0 : (this.#marks[this.#markCount - 1] ?? 0)
    return count
  }

  put(index: number): boolean {
    if (this.top() === UNSET || index >= MAX_PLAIN_BYTES) return false
    const from = this.#depth - 1
    if (this.#memoKinds[index] === UNSET) this.#memoSize += 1
    this.#memoKinds[index] = this.#kinds[from] ?? UNSET
    this.#memoStarts[index] = this.#starts[from] ?? 0
    this.#memoLengths[index] = this.#lengths[from] ?? 0
    if (index >= this.#memoEnd) this.#memoEnd = index + 1
    return true
  }

  memoize(): boolean {
    return this.put(this.#memoSize)
  }

  get(index: number): boolean {
    const kind = index < this.#memoEnd ? (this.#memoKinds[index] ?? UNSET) : UNSET
    if (kind === UNSET) return false
    this.#starts[this.#depth] = this.#memoStarts[index] ?? 0
    this.#lengths[this.#depth] = this.#memoLengths[index] ?? 0
    return this.push(kind)
  }
}
