import { SallyportError } from '../../ground/lang/index.ts'
import type { Tensor } from './weights-view.ts'

/** Bytes of a storage that is held in memory to put the items of a tensor in order. Such tensors are small, but for a few. */
const MAX_GATHERED = 1024 * 1024 * 1024

/**
 * The values of a tensor, dense and in order: every chunk but the last has `chunkBytes`, a multiple of the size of an item.
 * @throws SallyportError `BAD_INPUT` when the values end early, `NOT_SUPPORTED` for a tensor that is spread too widely
 */
export async function* tensorChunks(
  tensor: Tensor,
  chunkBytes: number,
  signal?: AbortSignal,
): AsyncIterable<Uint8Array> {
  const { data, sizeBytes } = tensor
  if (data.kind === 'plain')
    for (let at = 0; at < sizeBytes; at += chunkBytes) {
      const wanted = Math.min(chunkBytes, sizeBytes - at)
      const chunk = await data.source.read(at, wanted, signal)
      if (chunk.length !== wanted) throw endsEarly(tensor)
      yield chunk
    }
  else if (data.kind === 'strided') yield* gathered(tensor, chunkBytes, signal)
  else yield* regrouped(tensor, data.open(signal), chunkBytes)
}

function endsEarly(tensor: Tensor): SallyportError {
  return new SallyportError('BAD_INPUT', `the values of "${tensor.name.slice(0, 200)}" end before their end`)
}

/** Chunks of another size. */
async function* regrouped(
  tensor: Tensor,
  chunks: AsyncIterable<Uint8Array>,
  chunkBytes: number,
): AsyncIterable<Uint8Array> {
  let left = tensor.sizeBytes
  let group = new Uint8Array(Math.min(chunkBytes, left))
  let filled = 0
  for await (const chunk of chunks) {
    let at = 0
    while (at < chunk.length && left > 0) {
      const take = Math.min(chunk.length - at, group.length - filled)
      group.set(chunk.subarray(at, at + take), filled)
      at += take
      filled += take
      if (filled < group.length) continue
      yield group
      left -= group.length
      group = new Uint8Array(Math.min(chunkBytes, left))
      filled = 0
    }
    if (left === 0) break
  }
  if (left > 0) throw endsEarly(tensor)
}

/** Items that stand apart, put in order. The part of the storage that they stand in is read once. */
async function* gathered(
  tensor: Tensor,
  chunkBytes: number,
  signal?: AbortSignal,
): AsyncIterable<Uint8Array> {
  const { data, shape } = tensor
  if (data.kind !== 'strided') return
  const { itemBytes, strides, start } = data
  const last = shape.reduce((sum, length, i) => sum + (length - 1) * (strides[i] ?? 0), 0)
  const spread = (last + 1) * itemBytes
  if (spread > MAX_GATHERED)
    throw new SallyportError(
      'NOT_SUPPORTED',
      `the items of "${tensor.name.slice(0, 200)}" stand apart over ${spread} bytes; up to ${MAX_GATHERED} are put in order`,
    )
  const from = await data.storage.read(start * itemBytes, spread, signal)
  if (from.length !== spread) throw endsEarly(tensor)
  const walk = { at: 0, index: shape.map(() => 0) }
  let left = tensor.sizeBytes
  while (left > 0) {
    const chunk = new Uint8Array(Math.min(chunkBytes, left))
    for (let to = 0; to < chunk.length; to += itemBytes) {
      const item = walk.at * itemBytes
      for (let i = 0; i < itemBytes; i++) chunk[to + i] = from[item + i] ?? 0
      step(walk, shape, strides)
    }
    yield chunk
    left -= chunk.length
  }
}

/** Moves on to the next item, the last dimension first. */
function step(
  walk: { at: number; readonly index: number[] },
  shape: readonly number[],
  strides: readonly number[],
): void {
  for (let i = shape.length - 1; i >= 0; i--) {
    const next = (walk.index[i] ?? 0) + 1
    const stride = strides[i] ?? 0
    if (next < (shape[i] ?? 0)) {
      walk.index[i] = next
      walk.at += stride
      return
    }
    walk.at -= (next - 1) * stride
    walk.index[i] = 0
  }
}
