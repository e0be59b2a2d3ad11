import type { ReactNode } from 'react'

interface SectionProps {
  readonly id: string
  readonly title: string
  readonly note?: string
  readonly children: ReactNode
}

/** A part of the page that can be jumped to. */
export function Section({ id, title, note, children }: SectionProps) {
  return (
    <section id={id} aria-labelledby={`${id}-title`} className="scroll-mt-14">
      <h2 id={`${id}-title`} className="text-lg font-semibold">
        {title}
      </h2>
      {note === undefined ? null : <p className="mb-3 max-w-prose text-sm break-words text-quiet">{note}</p>}
      <div className="flex flex-col gap-3">{children}</div>
    </section>
  )
}
