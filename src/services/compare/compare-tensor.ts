import { itemBytes, type Tensor, tensorChunks } from '../../assessors/weights/index.ts'
import { decodeOf } from './decode.ts'

/** Items that are compared at once: 4 MiB of F32, which is read quicker than a page is asked for twice. */
const CHUNK_ITEMS = 1024 * 1024
/** Bytes at once of types that have no items. */
const CHUNK_BYTES = 4 * 1024 * 1024

/** How far two tensors of one shape lie apart. */
export interface Distance {
  /** L2 norm of the difference over that of the first; absent when there is none, or a value is no number. */
  readonly relative?: number
  readonly maxAbs?: number
  readonly changedShare?: number
}

/** How far two tensors of one shape lie apart; undefined when they are the same, bit for bit. @throws SallyportError what reading throws */
export async function compareTensor(
  before: Tensor,
  after: Tensor,
  signal?: AbortSignal,
): Promise<Distance | undefined> {
  if (before.dtype !== after.dtype) return subtract(before, after, signal)
  const firstChange = await findChange(before, after, signal)
  if (firstChange === undefined) return undefined
  return decodeOf(before.dtype) === undefined ? {} : subtract(before, after, signal)
}

/** The first chunk that is not the same; nothing of what is the same is decoded. */
async function findChange(before: Tensor, after: Tensor, signal?: AbortSignal): Promise<number | undefined> {
  const chunkBytes = CHUNK_ITEMS * (itemBytes(before.dtype) ?? 0) || CHUNK_BYTES
  const others = tensorChunks(after, chunkBytes, signal)[Symbol.asyncIterator]()
  let at = 0
  try {
    for await (const chunk of tensorChunks(before, chunkBytes, signal)) {
      const { value: other } = await others.next()
      if (other === undefined || Buffer.compare(chunk, other) !== 0) return at
      at += 1
    }
  } finally {
    await others.return?.()
  }
  return undefined
}

interface Sums {
  items: number
  changed: number
  before: number
  difference: number
  maxAbs: number
}

async function subtract(before: Tensor, after: Tensor, signal?: AbortSignal): Promise<Distance> {
  const [decodeBefore, decodeAfter] = [decodeOf(before.dtype), decodeOf(after.dtype)]
  const [sizeBefore, sizeAfter] = [itemBytes(before.dtype), itemBytes(after.dtype)]
  if (!decodeBefore || !decodeAfter || !sizeBefore || !sizeAfter) return {}
  const sums: Sums = { items: 0, changed: 0, before: 0, difference: 0, maxAbs: 0 }
  const others = tensorChunks(after, CHUNK_ITEMS * sizeAfter, signal)[Symbol.asyncIterator]()
  try {
    for await (const chunk of tensorChunks(before, CHUNK_ITEMS * sizeBefore, signal)) {
      const { value: other } = await others.next()
      if (other !== undefined) add(sums, decodeBefore(chunk), decodeAfter(other))
    }
  } finally {
    await others.return?.()
  }
  const changedShare = sums.items === 0 ? 0 : sums.changed / sums.items
  // A sum that is no number any more says that a value was none: then nothing is said but that they differ.
  if (!Number.isFinite(sums.difference) || !Number.isFinite(sums.before)) return { changedShare }
  const { maxAbs } = sums
  if (sums.before === 0)
    return sums.difference === 0 ? { relative: 0, maxAbs, changedShare } : { maxAbs, changedShare }
  return { relative: Math.sqrt(sums.difference / sums.before), maxAbs, changedShare }
}

/** Three times as quick as with a look at every value: what is no number is seen in the sum, and counted by itself. */
function add(sums: Sums, before: ArrayLike<number>, after: ArrayLike<number>): void {
  const length = Math.min(before.length, after.length)
  let changed = 0
  let maxAbs = sums.maxAbs
  let square = 0
  let distance = 0
  for (let i = 0; i < length; i++) {
    const a = before[i] as number
    const d = (after[i] as number) - a
    square += a * a
    distance += d * d
    if (d !== 0) changed += 1
    const size = Math.abs(d)
    if (size > maxAbs) maxAbs = size
  }
  sums.items += length
  sums.changed += Number.isNaN(distance) ? countChanged(before, after) : changed
  sums.maxAbs = maxAbs
  sums.before += square
  sums.difference += distance
}

/** A NaN that stays one, and an infinity that stays one, have not changed. */
function countChanged(before: ArrayLike<number>, after: ArrayLike<number>): number {
  let changed = 0
  for (let i = 0; i < before.length; i++)
    if (before[i] !== after[i] && !(Number.isNaN(before[i]) && Number.isNaN(after[i]))) changed += 1
  return changed
}
