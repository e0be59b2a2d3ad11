import type { Differences } from '../../api/contract.ts'

export type TensorChange = Differences['tensors']['changed'][number]

/** Powers of ten. A change of a hundredth of a percent is small even for a fine-tuning; one of a thousand percent is no tuning. */
const WIDEST = { from: -8, to: 4 }
/** Powers of ten. Fewer would make small differences look large. */
const LEAST_DECADES = 3

export interface Scale {
  /** Powers of ten at both ends. */
  readonly from: number
  readonly to: number
  /** Powers of ten that have a line. */
  readonly ticks: readonly number[]
  /** Percent of the width for a relative change. */
  readonly place: (relative: number) => number
}

/** A logarithmic scale that holds all relative changes. */
export function scaleOf(changes: readonly TensorChange[]): Scale {
  const logs = changes.flatMap(({ relative }) =>
    relative === undefined || relative <= 0 ? [] : [Math.log10(relative)],
  )
  const low = logs.length === 0 ? -3 : Math.floor(Math.min(...logs) - 0.05)
  const to = Math.min(WIDEST.to, logs.length === 0 ? 0 : Math.max(0, Math.ceil(Math.max(...logs))))
  const from = Math.max(WIDEST.from, Math.min(low, to - LEAST_DECADES))
  const all = Array.from({ length: to - from + 1 }, (_, step) => from + step)
  return {
    from,
    to,
    ticks: all.length > 5 ? all.filter((tick) => (tick - to) % 2 === 0) : all,
    place: (relative) =>
      relative <= 0 ? 0 : Math.min(100, Math.max(0.5, ((Math.log10(relative) - from) / (to - from)) * 100)),
  }
}

/** A relative change as percent, in three digits: `0.0213 %`, `212 %`. */
export function showRelative(relative: number): string {
  const percent = relative * 100
  if (percent !== 0 && percent < 0.0001) return `${percent.toExponential(1)} %`
  return `${Number(percent.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 6 })} %`
}

/** How much a change of this size is, in a word: as large as the tensor itself, a tenth of it, or less. */
export function sizeOfChange({ relative, change }: TensorChange): 'rewritten' | 'large' | 'small' | 'other' {
  if (change !== 'values' || relative === undefined) return 'other'
  if (relative >= 1) return 'rewritten'
  return relative >= 0.1 ? 'large' : 'small'
}

/** What happened to a tensor that cannot be measured by its values. */
export function showStructure(one: TensorChange): string {
  if (one.change === 'shape') return `${shapeOf(one.shapeBefore)} → ${shapeOf(one.shapeAfter)}`
  if (one.change === 'type') return `${one.dtypeBefore ?? '?'} → ${one.dtypeAfter ?? '?'}`
  const shape = one.change === 'removed' ? one.shapeBefore : one.shapeAfter
  const dtype = one.change === 'removed' ? one.dtypeBefore : one.dtypeAfter
  return [dtype, shape === undefined ? undefined : shapeOf(shape)]
    .filter((part) => part !== undefined)
    .join(' ')
}

function shapeOf(shape: readonly number[] | undefined): string {
  return shape === undefined ? '?' : shape.length === 0 ? 'scalar' : shape.join('×')
}

/** The largest change first; what cannot be measured stands before all, since nothing of it is what it was. */
export function sortChanges(changes: readonly TensorChange[]): readonly TensorChange[] {
  return [...changes].sort(
    (a, b) =>
      (b.relative ?? Number.POSITIVE_INFINITY) - (a.relative ?? Number.POSITIVE_INFINITY) ||
      a.name.localeCompare(b.name),
  )
}
