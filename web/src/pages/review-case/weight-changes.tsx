import { useMemo, useState } from 'react'
import type { Differences } from '../../api/contract.ts'
import { Button } from '../../parts/button.tsx'
import { count } from '../../parts/show.ts'
import { Block } from './block.tsx'
import { WeightPicture } from './weight-picture.tsx'
import { sortChanges } from './weight-scale.ts'
import { WeightTable } from './weight-table.tsx'

type Tensors = Differences['tensors']

/** Tensors. The largest changes; the rest by choice. */
const SHOWN = 15
const LOOKS = ['picture', 'table'] as const

/** Which weights changed and by how much: a picture, or the same as a table. */
export function WeightChanges({ tensors }: { readonly tensors: Tensors }) {
  const [look, setLook] = useState<(typeof LOOKS)[number]>('picture')
  const [all, setAll] = useState(false)
  const sorted = useMemo(() => sortChanges(tensors.changed), [tensors.changed])
  const shown = all ? sorted : sorted.slice(0, SHOWN)
  return (
    <Block
      title="Weights"
      beside={
        <fieldset className="flex rounded-md border border-line p-0.5">
          <legend className="sr-only">How the weights are shown</legend>
          {LOOKS.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={look === one}
              onClick={() => setLook(one)}
              className={`rounded-sm px-2 text-xs capitalize ${look === one ? 'bg-accent-soft font-medium text-ink' : 'text-quiet hover:text-ink'}`}
            >
              {one}
            </button>
          ))}
        </fieldset>
      }
    >
      <Share tensors={tensors} />
      {sorted.length === 0 ? null : look === 'picture' ? (
        <WeightPicture changes={shown} />
      ) : (
        <WeightTable changes={shown} />
      )}
      {shown.length === sorted.length ? null : (
        <div className="border-t border-line px-4 py-2">
          <Button onClick={() => setAll(true)}>Show all {sorted.length}</Button>
        </div>
      )}
      {tensors.cut ? (
        <p className="border-t border-line px-4 py-2 text-xs text-warn">
          More tensors differ than are listed; these are the largest changes.
        </p>
      ) : null}
      <NotCompared left={tensors.notCompared} />
    </Block>
  )
}

/** How many tensors are what they were, as a bar of two parts and in words. */
function Share({ tensors }: { readonly tensors: Tensors }) {
  const changed = tensors.changed.length
  const all = tensors.same + changed
  if (all === 0) return null
  return (
    <div className="px-4 pt-3 pb-1 text-sm">
      <span aria-hidden="true" className="mb-1 flex h-2 gap-0.5 overflow-hidden rounded-full">
        <span className="bg-strong-line opacity-40" style={{ width: `${(tensors.same / all) * 100}%` }} />
        <span className="min-w-1 grow bg-accent" />
      </span>
      <p className="tabular text-xs text-quiet">
        {count(tensors.same, 'tensor')} bit for bit the same,{' '}
        <strong className="font-semibold text-ink">
          {changed.toLocaleString('en')}
          {tensors.cut ? ' or more' : ''} not
        </strong>
        . Measured: the length of the difference against the length of what was there.
      </p>
    </div>
  )
}

function NotCompared({ left }: { readonly left: Tensors['notCompared'] }) {
  if (left.length === 0) return null
  return (
    <ul className="border-t border-line bg-unknown-soft px-4 py-2 text-xs text-unknown">
      {left.map(({ path, reason }) => (
        <li key={`${path} ${reason}`} className="break-words">
          Not compared: <code>{path}</code>, {reason}
        </li>
      ))}
    </ul>
  )
}
