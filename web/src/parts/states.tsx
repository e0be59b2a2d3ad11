import type { ReactNode } from 'react'
import { ApiError } from '../api/client.ts'
import { Button } from './button.tsx'
import { Icon, type IconName } from './icon.tsx'

interface EmptyProps {
  readonly icon?: IconName
  readonly title: string
  readonly children?: ReactNode
}

/** Nothing is here yet: says why, and what to do next. */
export function Empty({ icon = 'box', title, children }: EmptyProps) {
  return (
    <div className="panel flex flex-col items-center gap-2 px-6 py-12 text-center">
      <span className="rounded-lg bg-sunken p-2.5 text-quiet">
        <Icon name={icon} size={20} />
      </span>
      <p className="text-lg font-semibold">{title}</p>
      <div className="flex max-w-prose flex-col items-center gap-3 text-sm text-quiet">{children}</div>
    </div>
  )
}

/** What went wrong, where, and a way to try again. */
export function ErrorState({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  const problem = error instanceof ApiError ? error : undefined
  return (
    <div role="alert" className="panel border-bad p-4">
      <p className="flex items-center gap-2 font-semibold text-bad">
        <Icon name="alert" size={16} />
        {problem?.problem.title ?? 'This part of the page failed'}
      </p>
      <p className="mt-1 text-sm break-words">{error instanceof Error ? error.message : String(error)}</p>
      {problem === undefined ? null : (
        <p className="mt-1 text-xs text-quiet">
          code <code>{problem.problem.code}</code> · request <code>{problem.problem.instance}</code>
        </p>
      )}
      {retry === undefined ? null : (
        <Button className="mt-3" icon="undo" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  )
}

const ROWS = ['a', 'b', 'c', 'd', 'e', 'f'] as const

/** The shape of what will come. */
export function Loading({ what, rows = 6 }: { readonly what: string; readonly rows?: number }) {
  return (
    <div role="status" aria-busy="true" className="panel flex flex-col gap-3 p-4">
      <span className="sr-only">Loading {what}</span>
      {ROWS.slice(0, rows).map((row, place) => (
        <span
          key={row}
          className={`skeleton block h-4 ${place % 3 === 0 ? 'w-3/4' : place % 3 === 1 ? 'w-full' : 'w-1/2'}`}
        />
      ))}
    </div>
  )
}
