import { useState } from 'react'
import type { Differences } from '../../api/contract.ts'
import { Button } from '../../parts/button.tsx'
import { Block } from './block.tsx'

/** Lines. What imports hundreds of things is looked at in full only by choice. */
const SHOWN = 20

/** What loading the files imports or calls now that it did not before, and the other way round. */
export function ImportChanges({ imports }: { readonly imports: Differences['imports'] }) {
  const [all, setAll] = useState(false)
  const lines = [
    ...imports.added.map((name) => ({ name, isNew: true })),
    ...imports.removed.map((name) => ({ name, isNew: false })),
  ]
  return (
    <Block title="What loading imports or calls">
      <ul className="divide-y divide-line text-sm">
        {lines.slice(0, all ? undefined : SHOWN).map(({ name, isNew }) => (
          <li
            key={`${isNew} ${name}`}
            className={`flex items-baseline gap-3 px-4 py-1.5 ${isNew ? 'bg-bad-soft text-bad' : 'bg-good-soft text-good'}`}
          >
            <span aria-hidden="true" className="mono w-3 shrink-0 text-center font-semibold">
              {isNew ? '+' : '−'}
            </span>
            <code className="min-w-0 grow break-all">{name}</code>
            <span className="shrink-0 text-xs">{isNew ? 'new here' : 'no longer'}</span>
          </li>
        ))}
      </ul>
      {all || lines.length <= SHOWN ? null : (
        <div className="border-t border-line px-4 py-2">
          <Button onClick={() => setAll(true)}>Show all {lines.length}</Button>
        </div>
      )}
    </Block>
  )
}

/** Under which licence it stands now, and stood before. */
export function LicenceChange({ licence }: { readonly licence: NonNullable<Differences['licence']> }) {
  return (
    <Block title="Licence">
      <p className="flex flex-wrap items-center gap-2 px-4 py-2.5 text-sm">
        <del className="rounded-sm bg-bad-soft px-1.5 text-bad">{licence.before ?? 'none stated'}</del>
        <span className="text-quiet">is now</span>
        <ins className="rounded-sm bg-good-soft px-1.5 text-good no-underline">
          {licence.after ?? 'none stated'}
        </ins>
      </p>
    </Block>
  )
}
