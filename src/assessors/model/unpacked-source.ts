import {
  type ByteSource,
  concatBytes,
  sourceOfBytes,
  type UnpackEnd,
  type Unpacking,
} from '../../ground/lang/index.ts'
import type { Budget } from './budget.ts'

/** Bytes that are kept in memory whole; longer streams are unpacked again as they are read. Levels nest, so this counts eight times. */
const KEPT_BYTES = 16 * 1024 * 1024
/** Bytes behind the reading position that stay, so that a parser may look back a little. */
const WINDOW_BYTES = 2 * 1024 * 1024

/** Bytes at both ends of a long stream that stay: loaders begin and end there, and arrays between are skipped unread. */
const EDGE_BYTES = 512 * 1024

/** Times its size that something unpacks to, beyond the budget, before it is called a bomb. Weights come to 2 or 3. */
export const BOMB_RATIO = 200
/** Bytes that must come out before the part that was taken up to then is judged: a file may well begin with blanks. */
const BOMB_BYTES = 128 * 1024 * 1024

/** How dear a byte is, in bytes that zlib makes in the same time. Measured on one core: 200, 70, 15 MB/s. */
export type Pace = 1 | 3 | 12

/** A packed stream, opened. */
export interface Unpacked {
  readonly source: ByteSource
  readonly end: UnpackEnd
  /** Bytes that came out, as far as it went. */
  readonly sizeBytes: number
  /** The budget ended before the stream did. */
  readonly isCut: boolean
  /** It was cut, and what was read of it up to there unpacks to far more than models do. */
  readonly isBomb: boolean
  /** Whether a later read was answered with zeros because the budget had ended. */
  readonly isSpent: () => boolean
}

/**
 * Opens a packed stream under the budget of a walk. It is unpacked once to learn its size; a short one stays in memory,
 * a long one is unpacked again while it is read forward, in constant memory.
 */
export async function openUnpacked(
  unpackFrom: (source: ByteSource) => Unpacking,
  { source: packed, budget, pace }: Packed,
): Promise<Unpacked> {
  const taken = new TakenSource(packed)
  const unpack = (): Unpacking => unpackFrom(taken)
  const parts: Uint8Array[] = []
  let size = 0
  let isCut = false
  let head: Uint8Array = new Uint8Array(0)
  const stream = unpack()
  let step = await stream.next()
  for (; step.done !== true; step = await stream.next()) {
    const piece = step.value
    budget.inflateLeft -= piece.length * pace
    budget.unpackedBytes += piece.length
    if (budget.inflateLeft < 0) {
      isCut = true
      await stream.return({ endOffset: 0 })
      break
    }
    parts.push(piece)
    size += piece.length
    if (size > KEPT_BYTES) head = dropMiddle(parts, head)
  }
  const end: UnpackEnd =
    step.done === true ? step.value : { endOffset: 0, problem: `it unpacks to more than ${size} bytes` }
  const isBomb =
    isCut && (size > BOMB_RATIO * packed.size || (size > BOMB_BYTES && size > BOMB_RATIO * taken.takenBytes))
  const kept = { end, sizeBytes: size, isCut, isBomb }
  if (size <= KEPT_BYTES) return { ...kept, source: sourceOfBytes(concatBytes(parts)), isSpent: () => false }
  // Nothing is left to unpack a bomb once more: only its beginning is looked at.
  if (isBomb) return { ...kept, source: sourceOfBytes(head), isSpent: () => true }
  const source = new ReplayedSource(unpack, { size, head, tail: concatBytes(parts) }, { budget, pace })
  return { ...kept, source, isSpent: () => source.isSpent }
}

/** What is unpacked, and under which limits. */
interface Packed {
  readonly source: ByteSource
  readonly budget: Budget
  readonly pace: Pace
}

/** A source that knows how far it was read. */
class TakenSource implements ByteSource {
  readonly size: number
  readonly #source: ByteSource
  takenBytes = 0

  constructor(source: ByteSource) {
    this.size = source.size
    this.#source = source
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    const bytes = await this.#source.read(offset, length, signal)
    this.takenBytes = Math.max(this.takenBytes, offset + bytes.length)
    return bytes
  }
}

/** Keeps the head once, and of the rest only the last pieces. */
function dropMiddle(parts: Uint8Array[], head: Uint8Array): Uint8Array {
  const kept = head.length > 0 ? head : concatBytes(parts).slice(0, EDGE_BYTES)
  let size = parts.reduce((sum, part) => sum + part.length, 0)
  for (let first = parts[0]; first !== undefined && size - first.length >= EDGE_BYTES; first = parts[0]) {
    size -= first.length
    parts.shift()
  }
  return kept
}

interface Edges {
  readonly size: number
  readonly head: Uint8Array
  readonly tail: Uint8Array
}

/** A long stream as a source: reads that go forward pull it along, one that goes back beyond the window starts it again. */
class ReplayedSource implements ByteSource {
  readonly size: number
  readonly #unpack: () => Unpacking
  readonly #head: Uint8Array
  readonly #tail: Uint8Array
  readonly #cost: { readonly budget: Budget; readonly pace: Pace }
  #stream: Unpacking | undefined
  /** Pieces that are kept, and where the first of them starts. */
  #pieces: Uint8Array[] = []
  #from = 0
  #to = 0
  isSpent = false

  constructor(unpack: () => Unpacking, edges: Edges, cost: { budget: Budget; pace: Pace }) {
    this.#unpack = unpack
    this.size = edges.size
    this.#head = edges.head
    this.#tail = edges.tail
    this.#cost = cost
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const start = Math.min(Math.max(0, offset), this.size)
    const end = Math.min(this.size, start + Math.max(0, length))
    if (end <= this.#head.length) return this.#head.slice(start, end)
    const tailStart = this.size - this.#tail.length
    if (start >= tailStart) return this.#tail.slice(start - tailStart, end - tailStart)
    if (start < this.#from || this.#stream === undefined) await this.#restart()
    const bytes = new Uint8Array(end - start)
    let at = start
    while (at < end) {
      if (at >= this.#to && !(await this.#pull(at))) break
      at = this.#copy(bytes, start, at)
    }
    return bytes
  }

  async #restart(): Promise<void> {
    await this.#stream?.return({ endOffset: 0 })
    this.#stream = this.#unpack()
    this.#pieces = []
    this.#from = 0
    this.#to = 0
  }

  async #pull(wanted: number): Promise<boolean> {
    const step = await this.#stream?.next()
    if (step === undefined || step.done === true || this.#cost.budget.inflateLeft <= 0) {
      this.isSpent = true
      return false
    }
    this.#cost.budget.inflateLeft -= step.value.length * this.#cost.pace
    this.#pieces.push(step.value)
    this.#to += step.value.length
    for (let first = this.#pieces[0]; first !== undefined; first = this.#pieces[0]) {
      const next = this.#from + first.length
      if (next + WINDOW_BYTES > Math.min(wanted, this.#to)) break
      this.#pieces.shift()
      this.#from = next
    }
    return true
  }

  /** Copies what is there from `at` on; the new position. */
  #copy(bytes: Uint8Array, start: number, at: number): number {
    let position = this.#from
    let done = at
    for (const piece of this.#pieces) {
      const end = position + piece.length
      if (end > done && done < start + bytes.length) {
        const part = piece.subarray(done - position, Math.min(piece.length, start + bytes.length - position))
        bytes.set(part, done - start)
        done += part.length
      }
      position = end
    }
    return done
  }
}
