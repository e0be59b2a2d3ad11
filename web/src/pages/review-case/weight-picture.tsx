import { useMemo } from 'react'
import {
  type Scale,
  scaleOf,
  showRelative,
  showStructure,
  sizeOfChange,
  type TensorChange,
} from './weight-scale.ts'

const BARS = { rewritten: 'bg-bad', large: 'bg-warn', small: 'bg-accent', other: '' } as const
const TEXTS = { rewritten: 'text-bad', large: 'text-warn', small: 'text-ink', other: 'text-unknown' } as const
const WORDS = { rewritten: 'rewritten', large: 'large', small: '', other: '' } as const
const GRID = 'grid grid-cols-[minmax(0,15rem)_minmax(0,1fr)_7.5rem] items-center gap-x-3'

/** Changed tensors as bars on a logarithmic scale; what has no length of difference is told in words in the bar's place. */
export function WeightPicture({ changes }: { readonly changes: readonly TensorChange[] }) {
  const scale = useMemo(() => scaleOf(changes), [changes])
  return (
    <div className="px-4 pb-3">
      <Axis scale={scale} />
      <ul aria-label="Changed tensors, the largest change first" className="flex flex-col">
        {changes.map((one) => (
          <Bar key={`${one.path} ${one.name}`} one={one} scale={scale} />
        ))}
      </ul>
    </div>
  )
}

function Axis({ scale }: { readonly scale: Scale }) {
  return (
    <div aria-hidden="true" className={`${GRID} text-2xs text-quiet`}>
      <span>tensor</span>
      <span className="tabular relative block h-5">
        {scale.ticks.map((tick) => (
          <span
            key={tick}
            className={`absolute bottom-0 whitespace-nowrap ${tick === scale.to ? '-translate-x-full' : tick === scale.from ? '' : '-translate-x-1/2'}`}
            style={{ left: `${placeOf(tick, scale)}%` }}
          >
            {showRelative(10 ** tick)}
          </span>
        ))}
      </span>
      <span className="text-right">relative change</span>
    </div>
  )
}

function placeOf(tick: number, { from, to }: Scale): number {
  return ((tick - from) / (to - from)) * 100
}

function Bar({ one, scale }: { readonly one: TensorChange; readonly scale: Scale }) {
  const size = sizeOfChange(one)
  const { relative } = one
  return (
    <li className={`${GRID} border-t border-line py-1 text-xs first:border-t-0`}>
      <code className="truncate" title={`${one.name} in ${one.path}`}>
        {tailOf(one.name)}
        <span className="sr-only"> in {one.path}</span>
      </code>
      <span className="relative block h-4">
        {scale.ticks.map((tick) => (
          <span
            key={tick}
            aria-hidden="true"
            className="absolute inset-y-0 border-l border-line"
            style={{ left: `${placeOf(tick, scale)}%` }}
          />
        ))}
        {relative === undefined ? (
          <span className="absolute inset-y-0 left-1 flex items-center gap-1.5 bg-surface pr-1.5 text-unknown">
            <span aria-hidden="true" className="size-2 rotate-45 border-2 border-unknown" />
            <span className="truncate">{showStructure(one)}</span>
          </span>
        ) : (
          <span
            aria-hidden="true"
            title={detailOf(one)}
            className={`absolute top-1 left-0 h-2 rounded-r-sm ${BARS[size === 'other' ? 'small' : size]}`}
            style={{ width: `${scale.place(relative)}%` }}
          />
        )}
      </span>
      <span className={`tabular text-right ${TEXTS[size]}`} title={detailOf(one)}>
        {relative === undefined ? one.change : showRelative(relative)}
        {WORDS[size] === '' ? null : <span className="ml-1 font-semibold">{WORDS[size]}</span>}
      </span>
    </li>
  )
}

/** Characters. What fits the column; the end of a tensor's name says more than its beginning. */
const MAX_NAME = 30

function tailOf(name: string): string {
  return name.length > MAX_NAME ? `…${name.slice(1 - MAX_NAME)}` : name
}

function detailOf({ maxAbs, changedShare }: TensorChange): string {
  return [
    changedShare === undefined ? '' : `${showRelative(changedShare)} of the elements differ`,
    maxAbs === undefined ? '' : `the largest difference is ${maxAbs.toPrecision(3)}`,
  ]
    .filter((part) => part !== '')
    .join(', ')
}
