import { type ReactNode, useId } from 'react'

interface BlockProps {
  readonly title: string
  /** What stands on the right of the title: a choice, or a word. */
  readonly beside?: ReactNode
  readonly children: ReactNode
}

/** One sort of difference. */
export function Block({ title, beside, children }: BlockProps) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="panel overflow-hidden">
      <div className="flex min-h-9 flex-wrap items-center justify-between gap-x-4 gap-y-1 border-b border-line px-4 py-1">
        <h3 id={id} className="text-sm font-semibold">
          {title}
        </h3>
        {beside}
      </div>
      {children}
    </section>
  )
}
