import { runPickle, type Value } from '../../formats/pickle/index.ts'
import { sliceOfSource } from '../../ground/lang/index.ts'
import { storageBytes } from './torch-legacy.ts'
import { cover, type Place, type Walk } from './walk-report.ts'
import type { Enter } from './walker.ts'

/** Storages or tensors of one file; the format died in 2017, with models of some hundreds. */
const MAX_PARTS = 100_000

/** Whether these are the members of PyTorch's first format, a tar (torch/serialization.py, legacy_load). */
export function isTorchTar(names: readonly string[]): boolean {
  return ['storages', 'tensors', 'pickle'].every((name) => names.includes(name))
}

/**
 * Walks `storages` or `tensors`: a count and then records, each a pickle followed by raw numbers that torch reads by
 * their known size. Every pickle is gone into by itself.
 */
export async function walkTorchPart(walk: Walk, place: Place, enter: Enter): Promise<void> {
  const name = place.members.at(-1)
  const { source } = place
  let at = 0
  for (let part = 0; part <= MAX_PARTS && at < source.size; part++) {
    const run = await runPickle(source, { start: at, steps: walk.budget.steps, sink: () => undefined })
    const end = run.end === 'stop' ? run.endOffset : source.size
    const inner = sliceOfSource(source, at, end - at)
    await enter({ source: inner, members: [...place.members, `[${part}]`], depth: place.depth + 1 })
    if (run.end !== 'stop') return
    at = end
    if (part === 0) continue
    const raw = name === 'storages' ? await storageEnd(place, at, run.value) : await tensorEnd(place, at)
    if (raw === undefined || raw > source.size) {
      const reason = `the raw numbers at offset ${at} cannot be measured`
      return cover(walk, place, { format: 'pytorch-tar', readBytes: at, status: 'partial', reason })
    }
    at = raw
  }
  cover(walk, place, { format: 'pytorch-tar', readBytes: at, status: 'full' })
}

/** A count of items, and the items. */
async function storageEnd(place: Place, at: number, value: Value | undefined): Promise<number | undefined> {
  const type = value?.kind === 'tuple' ? value.items[2] : undefined
  const count = await place.source.read(at, 8)
  if (type?.kind !== 'global' || count.length < 8) return undefined
  const items = Number(new DataView(count.buffer, count.byteOffset, 8).getBigInt64(0, true))
  const size = storageBytes({ key: '', storageType: type.name, count: items })
  return size === undefined || items < 0 ? undefined : at + 8 + size
}

/** Number of dimensions, 4 bytes unused, sizes, strides, offset into the storage. */
async function tensorEnd(place: Place, at: number): Promise<number | undefined> {
  const count = await place.source.read(at, 4)
  if (count.length < 4) return undefined
  const dimensions = new DataView(count.buffer, count.byteOffset, 4).getInt32(0, true)
  return dimensions < 0 || dimensions > 64 ? undefined : at + 8 + 16 * dimensions + 8
}
