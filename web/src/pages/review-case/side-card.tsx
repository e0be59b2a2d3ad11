import type { ReactNode } from 'react'

/** A panel of facts beside the page. */
export function Card({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title} className="panel p-4">
      <h2 className="eyebrow mb-2">{title}</h2>
      <div className="grid grid-cols-[5.5rem_minmax(0,1fr)] items-center gap-x-2 gap-y-1.5 text-sm">
        {children}
      </div>
    </section>
  )
}

/** One named fact of a {@link Card}. */
export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <span className="self-start text-quiet">{name}</span>
      <span className="min-w-0 break-words">{children}</span>
    </>
  )
}
