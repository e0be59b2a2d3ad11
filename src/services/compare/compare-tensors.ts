import { readWeights, type WeightsView } from '../../assessors/weights/index.ts'
import { type ByteSource, SallyportError } from '../../ground/lang/index.ts'
import type { FileChange, NotCompared, TensorChange, TensorDifferences } from './compare-port.ts'
import { compareTensor } from './compare-tensor.ts'
import { isText } from './compare-texts.ts'
import { type PlacedTensor, pairTensors } from './pair-tensors.ts'
import type { ComparedModel } from './ports.ts'

/** Tensors that are listed; those that changed most come first. */
const MAX_LISTED = 1000
/** Reasons that are listed. */
const MAX_REASONS = 1000
/** Bytes of a file that is no text and no weights: smaller ones are tokenizers and pictures, and are listed as files. */
const NO_WEIGHTS_BYTES = 64 * 1024
const NOT_READ = 'tensors of this format are not compared one by one; the file as a whole differs'

/** How much may be done for one comparison. */
export interface CompareLimits {
  /** Bytes of tensors that are read, of both sides together. */
  readonly maxBytes: number
  /** Whether the time is up. */
  readonly isLate: () => boolean
}

/** Compares the tensors of all files that are not the same on both sides. */
export async function compareTensors(
  models: { readonly before: ComparedModel; readonly after: ComparedModel },
  changes: readonly FileChange[],
  limits: CompareLimits,
  signal?: AbortSignal,
): Promise<TensorDifferences> {
  const notCompared: NotCompared[] = []
  const moved = changes.filter(({ change }) => change !== 'renamed')
  const old = await placed(models.before, touched(moved, 'removed'), notCompared, signal)
  const fresh = await placed(models.after, touched(moved, 'added'), notCompared, signal)
  const untouched = await countUntouched(models.after, moved, signal)
  const { pairs, removed, added } = pairTensors(old.tensors, fresh.tensors)
  const changed: TensorChange[] = [
    ...removed.map(({ path, tensor }) => ({
      name: tensor.name,
      path,
      change: 'removed' as const,
      dtypeBefore: tensor.dtype,
      shapeBefore: tensor.shape,
    })),
    ...added.map(({ path, tensor }) => ({
      name: tensor.name,
      path,
      change: 'added' as const,
      dtypeAfter: tensor.dtype,
      shapeAfter: tensor.shape,
    })),
  ]
  const work = {
    models,
    limits,
    notCompared,
    changed,
    same: untouched,
    bytes: 0,
    skipped: new Map<string, number>(),
  }
  for (const [before, after] of inOrder(pairs)) await comparePair(work, before, after, signal)
  for (const [reason, count] of work.skipped)
    notCompared.push({ path: '*', reason: `${count} tensors: ${reason}` })
  changed.sort((a, b) => weightOf(b) - weightOf(a))
  return {
    same: work.same,
    changed: changed.slice(0, MAX_LISTED),
    cut: changed.length > MAX_LISTED,
    notCompared: unique(notCompared).slice(0, MAX_REASONS),
  }
}

/** What cannot be read on either side is said once. */
function unique(reasons: readonly NotCompared[]): readonly NotCompared[] {
  return [...new Map(reasons.map((one) => [JSON.stringify(one), one])).values()]
}

interface Work {
  readonly models: { readonly before: ComparedModel; readonly after: ComparedModel }
  readonly limits: CompareLimits
  readonly notCompared: NotCompared[]
  readonly changed: TensorChange[]
  same: number
  bytes: number
  /** Tensors that were not compared, by the reason. */
  readonly skipped: Map<string, number>
}

/** Names of the files of one side that are not on the other with the same bytes. */
function touched(changes: readonly FileChange[], one: 'removed' | 'added'): ReadonlySet<string> {
  return new Set(
    changes.filter(({ change }) => change === one || change === 'changed').map(({ path }) => path),
  )
}

interface Placed {
  readonly tensors: readonly PlacedTensor[]
}

async function placed(
  model: ComparedModel,
  names: ReadonlySet<string>,
  notCompared: NotCompared[],
  signal: AbortSignal | undefined,
): Promise<Placed> {
  const tensors: PlacedTensor[] = []
  for (const { name, size } of model.files) {
    if (!names.has(name) || isText(name) || size === 0) continue
    const view = await viewOf(model, name, signal)
    if (typeof view === 'string') notCompared.push({ path: name, reason: view })
    else if (view === undefined) {
      if (size >= NO_WEIGHTS_BYTES) notCompared.push({ path: name, reason: NOT_READ })
    } else for (const tensor of view.tensors) tensors.push({ path: name, tensor })
  }
  return { tensors }
}

/** The tensors of one file; a text says why they cannot be told. Its sources read only while the model is open. */
async function viewOf(
  model: ComparedModel,
  name: string,
  signal: AbortSignal | undefined,
): Promise<WeightsView | string | undefined> {
  const view = await model.withFile(name, (source) =>
    readWeights(reopening(model, name, source), name, signal),
  )
  if (view?.problem !== undefined) return `its tensors cannot be told: ${view.problem}`
  const others = view?.others?.filter(({ holdsTensors }) => holdsTensors) ?? []
  return others.length > 0 && view?.tensors.length === 0 ? 'its tensors lie inside objects' : view
}

/** A source that opens its file for each read anew: thousands of files would hold thousands of handles. */
function reopening(model: ComparedModel, name: string, first: ByteSource): ByteSource {
  return {
    size: first.size,
    read: (offset, length, signal) => model.withFile(name, (source) => source.read(offset, length, signal)),
  }
}

/** Tensors of the files that are the same on both sides: their headers are read, their values are not. */
async function countUntouched(
  model: ComparedModel,
  changes: readonly FileChange[],
  signal: AbortSignal | undefined,
): Promise<number> {
  const names = touched(changes, 'added')
  let count = 0
  for (const { name, size } of model.files) {
    if (names.has(name) || isText(name) || size === 0) continue
    const view = await viewOf(model, name, signal)
    if (typeof view === 'object') count += view.tensors.length
  }
  return count
}

/** In the order of the files, so that a disk reads on. */
function inOrder<T extends readonly [PlacedTensor, PlacedTensor]>(pairs: readonly T[]): readonly T[] {
  return [...pairs].sort(([, a], [, b]) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
}

async function comparePair(
  work: Work,
  { tensor: before }: PlacedTensor,
  { tensor: after, path }: PlacedTensor,
  signal: AbortSignal | undefined,
): Promise<void> {
  const base = {
    name: after.name,
    path,
    dtypeBefore: before.dtype,
    dtypeAfter: after.dtype,
    shapeBefore: before.shape,
    shapeAfter: after.shape,
  }
  if (before.shape.length !== after.shape.length || before.shape.some((size, i) => size !== after.shape[i])) {
    work.changed.push({ ...base, change: 'shape' })
    return
  }
  const late = lateReason(work, before.sizeBytes + after.sizeBytes)
  const isOther = before.dtype !== after.dtype
  if (late !== undefined) {
    work.skipped.set(late, (work.skipped.get(late) ?? 0) + 1)
    if (isOther) work.changed.push({ ...base, change: 'type' })
    return
  }
  try {
    const distance = await compareTensor(before, after, signal)
    if (distance === undefined) work.same += 1
    else work.changed.push({ ...base, change: isOther ? 'type' : 'values', ...distance })
  } catch (cause) {
    if (!(cause instanceof SallyportError) || cause.code === 'ABORTED') throw cause
    work.notCompared.push({ path, reason: cause.message })
  }
}

function lateReason(work: Work, bytes: number): string | undefined {
  if (work.limits.isLate()) return 'the time for one comparison was over'
  if (work.bytes + bytes > work.limits.maxBytes)
    return `more than ${work.limits.maxBytes} bytes of values would be read`
  work.bytes += bytes
  return undefined
}

/** What a person should see first. */
function weightOf({ change, relative, changedShare }: TensorChange): number {
  if (change === 'shape' || change === 'type') return 1e6 + (relative ?? 0)
  if (change === 'values') return relative ?? 1e3 + (changedShare ?? 1)
  return 1e9
}
