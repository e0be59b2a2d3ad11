/**
 * Bytes of a string or bytes object that are kept; the rest is skipped in the file and known by offset and length. The code of
 * a graph of torch.fx with a thousand layers stays whole.
 */
export const KEPT_BYTES = 256 * 1024
/** Members of one container that are kept; a longer one is cut and says so. Globals in the rest are still reported. */
export const KEPT_ITEMS = 256
/** Members of one container that are kept for a reader that wants them all; the largest models have some 100,000 tensors. */
export const ALL_ITEMS = 2_000_000
/** Strings of one list that are kept: PyTorch's old format lists the key of every tensor, and large models have thousands. */
const KEPT_STRINGS = 100_000

/** A value that loading would make, as far as it can be known without making it. */
export type Value =
  | { readonly kind: 'constant'; readonly python: string; readonly int?: bigint }
  | StrValue
  | BytesValue
  /** An imported name; an empty name stands for the module itself. */
  | { readonly kind: 'global'; readonly module: string; readonly name: string }
  | CallValue
  | SequenceValue
  | DictValue
  /** An attribute of an object that the stream makes: `getattr(object, 'name')`. That of an import is an import itself. */
  | { readonly kind: 'attribute'; readonly of: Value; readonly name: string }
  | { readonly kind: 'persistent'; readonly id: Value }
  | { readonly kind: 'unknown'; readonly why: string }

/** A str; a `cut` one is longer than what is kept. */
export interface StrValue {
  readonly kind: 'str'
  readonly text: string
  readonly length: number
  readonly cut: boolean
  /** Where the whole of a cut text stands. */
  readonly stored?: StoredText
}

/** A text as it stands in the stream: in UTF-8, or as a line with raw-unicode-escapes. Offset and length in bytes. */
export interface StoredText {
  readonly offset: number
  readonly length: number
  readonly isLine: boolean
}

/** A bytes or bytearray object; `offset` is where its payload stands in the stream, -1 when it was computed. */
export interface BytesValue {
  readonly kind: 'bytes'
  readonly bytes: Uint8Array
  readonly offset: number
  readonly length: number
  /** Set when they are the latin-1 encoding of a text that is longer than what is kept, as protocols 0 to 2 write bytes. */
  readonly stored?: StoredText | undefined
}

/** The result of a call; `state` holds what BUILD gave it last, `payload` the bytes of an array that follow it in the file. */
export interface CallValue {
  readonly kind: 'call'
  readonly callee: Value
  readonly args: Value
  readonly kwargs?: Value
  state?: Value
  payload?: BytesValue
}

/** A tuple, list, set or frozenset. */
export interface SequenceValue {
  readonly kind: 'tuple' | 'list' | 'set' | 'frozenset'
  readonly items: Value[]
  /** Members in all, kept or not. */
  count: number
  /** Set where it holds containers, see {@link spreadOf}. */
  spread?: Spread
}

/** What whoever goes through a container visits: a member as often as ways lead to it; and how deep containers stand in it. */
export interface Spread {
  readonly visits: number
  readonly depth: number
}

/** A dict in order of insertion; a key written twice stands twice. */
export interface DictValue {
  readonly kind: 'dict'
  readonly entries: [Value, Value][]
  count: number
  /** Set where it holds containers, see {@link spreadOf}. */
  spread?: Spread
}

/** A number that writes itself only when asked: most of a large list never is. */
class NumberConstant {
  readonly kind = 'constant'
  readonly #number: number

  constructor(number: number) {
    this.#number = number
  }

  get python(): string {
    return String(this.#number)
  }
}

/** An int of at most 32 bits, likewise. */
class SmallInt {
  readonly kind = 'constant'
  readonly #number: number

  constructor(number: number) {
    this.#number = number
  }

  get python(): string {
    return String(this.#number)
  }

  get int(): bigint {
    return BigInt(this.#number)
  }
}

/** A float. */
export function floatValue(float: number): Value {
  return new NumberConstant(float)
}

/** An int of at most 32 bits. */
export function smallInt(int: number): Value {
  return new SmallInt(int)
}

/** An int. */
export function intValue(int: bigint | number): Value {
  const big = BigInt(int)
  return { kind: 'constant', python: String(big), int: big }
}

/** None, True, False, a float: something that holds nothing else. */
export function constantValue(python: string): Value {
  return { kind: 'constant', python }
}

/** A str known whole. */
export function strValue(text: string): Value {
  return { kind: 'str', text, length: text.length, cut: false }
}

/** A tuple, list, set or frozenset of `items`, cut at `kept`. */
export function sequenceValue(
  kind: SequenceValue['kind'],
  items: readonly Value[],
  kept = KEPT_ITEMS,
): SequenceValue {
  return { kind, items: items.slice(0, kept), count: items.length }
}

/** What going through a container of these costs; undefined where they are plain, and visited once each. */
export function spreadOf(items: readonly Value[]): Spread | undefined {
  let visits = items.length
  let depth = 0
  for (const item of items) {
    if (!('count' in item)) continue
    visits += item.spread?.visits ?? item.count
    depth = Math.max(depth, item.spread?.depth ?? 1)
  }
  return depth === 0 ? undefined : { visits, depth: depth + 1 }
}

/** Appends to a sequence as far as it is kept. */
export function appendTo(sequence: SequenceValue, items: readonly Value[], kept = KEPT_ITEMS): void {
  sequence.count += items.length
  const room = kept - sequence.items.length
  if (room >= items.length) {
    for (const item of items) sequence.items.push(item)
    return
  }
  const mayKeep = sequence.items.length < KEPT_STRINGS && (sequence.items[0] ?? items[0])?.kind === 'str'
  for (const [i, item] of items.entries())
    if (i < room || (mayKeep && item.kind === 'str')) sequence.items.push(item)
    else return
}

/** Sets alternating keys and values on a dict as far as it is kept. */
export function setOn(dict: DictValue, pairs: readonly Value[], kept = KEPT_ITEMS): void {
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    dict.count += 1
    const key = pairs[i]
    const value = pairs[i + 1]
    if (dict.entries.length < kept && key !== undefined && value !== undefined)
      dict.entries.push([key, value])
  }
}

/** All members of a tuple or list, or undefined when some were not kept. */
export function allItems(value: Value | undefined): readonly Value[] | undefined {
  if (value?.kind !== 'tuple' && value?.kind !== 'list') return undefined
  return value.count === value.items.length ? value.items : undefined
}

/** The last value set under a text key, or undefined. */
export function entryOf(dict: Value | undefined, key: string): Value | undefined {
  if (dict?.kind !== 'dict') return undefined
  return dict.entries.findLast(([name]) => name.kind === 'str' && name.text === key)?.[1]
}
