import type { Tensor } from '../../assessors/weights/index.ts'

/** A tensor with the file that holds it. */
export interface PlacedTensor {
  readonly path: string
  readonly tensor: Tensor
}

/** Tensors of both sides that are one thing, and those that are on one side only. */
export interface Pairs {
  readonly pairs: readonly (readonly [PlacedTensor, PlacedTensor])[]
  readonly removed: readonly PlacedTensor[]
  readonly added: readonly PlacedTensor[]
}

const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/') + 1)

/** What makes two tensors one, the narrowest first: the same file; the same folder, for shards and other formats; the name alone. */
const SAME: readonly ((placed: PlacedTensor) => string)[] = [
  ({ path, tensor }) => JSON.stringify([path, tensor.name]),
  ({ path, tensor }) => JSON.stringify([folderOf(path), tensor.name]),
  ({ tensor }) => tensor.name,
]

/** Finds for every tensor the one that it was before. */
export function pairTensors(before: readonly PlacedTensor[], after: readonly PlacedTensor[]): Pairs {
  const pairs: (readonly [PlacedTensor, PlacedTensor])[] = []
  let [removed, added] = [before, after]
  for (const keyOf of SAME) {
    const waiting = new Map<string, PlacedTensor[]>()
    for (const one of removed) {
      const key = keyOf(one)
      const same = waiting.get(key)
      if (same === undefined) waiting.set(key, [one])
      else same.push(one)
    }
    const paired = new Set<PlacedTensor>()
    added = added.filter((one) => {
      const old = waiting.get(keyOf(one))?.shift()
      if (old === undefined) return true
      pairs.push([old, one])
      paired.add(old)
      return false
    })
    removed = removed.filter((one) => !paired.has(one))
  }
  return { pairs, removed, added }
}
