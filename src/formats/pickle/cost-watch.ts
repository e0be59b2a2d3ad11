import { type DictValue, type SequenceValue, type Spread, spreadOf, type Value } from './value.ts'

/** Visits of members that take CPython seconds. Real files come nowhere near: only parts that are shared multiply. */
const MAX_VISITS = 2 ** 28
/** A large file may well have many members; it may have so many visits for each of its bytes. */
const VISITS_PER_BYTE = 16
/** Levels below which sharing only repeats: a vocabulary that a thousand objects hold is no bomb. */
const MULTIPLYING_DEPTH = 8
/** Tuples within tuples. `tuplehash` calls itself for each, and the stack of a thread ends somewhere behind this. */
const MAX_DEPTH = 20_000
/** Memo index that has CPython fill 1 GiB: its list of entries is made twice as long as the index asks (_Unpickler_MemoPut). */
const MAX_MEMO_INDEX = 2 ** 26
/** CPython hashes an int as its remainder by this, and no seed is mixed in: multiples of it all collide (sys.hash_info.modulus). */
const HASH_MODULUS = 2n ** 61n - 1n
/** Different large ints of one hash. Every further key is compared with all of them. */
const MAX_ALIKE = 1000
/** Remainders that are remembered; a flood needs only one. */
const MAX_REMAINDERS = 10_000

/**
 * Watches one stream for values that cost their loader far more than their bytes: containers that share their parts until nobody gets
 * through them, tuples nested until the stack overflows, keys that all hash alike, memo entries that are numbered to fill the
 * memory (CWE-400, CWE-407, CWE-674, CWE-789).
 */
export class CostWatch {
  readonly #tell: (what: string) => void
  readonly #told = new Set<string>()
  readonly #remainders = new Map<bigint, { readonly first: bigint; others: number }>()
  #keyVisits = 0

  constructor(tell: (what: string) => void) {
    this.#tell = tell
  }

  /** A tuple of `items`, with what going through it costs. */
  tuple(items: readonly Value[], offset: number, kept: number): SequenceValue {
    const tuple: SequenceValue = { kind: 'tuple', items: items.slice(0, kept), count: items.length }
    const spread = spreadOf(items)
    if (spread === undefined) return tuple
    this.#judge(spread, offset)
    if (spread.depth > MAX_DEPTH)
      this.#once('depth', `tuples nested deeper than ${MAX_DEPTH}, on which a loader's stack overflows`)
    tuple.spread = spread
    return tuple
  }

  /** Notes that `items` are put into a list, set or dict. Call it before they are counted there. */
  fill(target: SequenceValue | DictValue, items: readonly Value[], offset: number): void {
    const spread = spreadOf(items)
    if (spread === undefined) return
    const depth = Math.max(target.spread?.depth ?? 1, spread.depth)
    target.spread = { visits: (target.spread?.visits ?? target.count) + spread.visits, depth }
    this.#judge(target.spread, offset)
  }

  /** Takes members that are hashed: every one, or of pairs the first. */
  hash(items: readonly Value[], offset: number, step: 1 | 2): void {
    for (let i = 0; i < items.length; i += step) {
      const item = items[i]
      if (item?.kind === 'tuple') this.#keyVisits += item.spread?.visits ?? item.count
      // Small ints write themselves only when asked, and cannot collide.
      else if (item?.kind === 'constant' && Object.hasOwn(item, 'int')) this.#hashInt(item.int ?? 0n)
    }
    if (isBeyond(this.#keyVisits, offset))
      this.#once('keys', 'keys that are tuples of so many shared parts that hashing them does not end')
  }

  memoIndex(index: number): void {
    if (index > MAX_MEMO_INDEX)
      this.#once('memo', `a memo entry ${index}, for which a loader fills ${index * 16} bytes of memory`)
  }

  #hashInt(int: bigint): void {
    if (int < HASH_MODULUS && int > -HASH_MODULUS) return
    const remainder = int % HASH_MODULUS
    const known = this.#remainders.get(remainder)
    if (known === undefined) {
      if (this.#remainders.size < MAX_REMAINDERS) this.#remainders.set(remainder, { first: int, others: 0 })
    } else if (known.first !== int && ++known.others > MAX_ALIKE)
      this.#once('alike', `keys that all have one hash, ${remainder}: each is compared with all before it`)
  }

  #judge({ visits, depth }: Spread, offset: number): void {
    if (depth > MULTIPLYING_DEPTH && isBeyond(visits, offset))
      this.#once('spread', 'nested containers whose shared parts multiply until nobody gets through them')
  }

  #once(kind: string, what: string): void {
    if (this.#told.has(kind)) return
    this.#told.add(kind)
    this.#tell(what)
  }
}

function isBeyond(visits: number, offset: number): boolean {
  return visits > MAX_VISITS && visits > VISITS_PER_BYTE * offset
}
