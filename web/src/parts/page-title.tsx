import { type ReactNode, useEffect } from 'react'

interface PageTitleProps {
  readonly title: string
  readonly lead?: string
  readonly children?: ReactNode
}

/** The one h1 of a page, and the document's title with it. */
export function PageTitle({ title, lead, children }: PageTitleProps) {
  useEffect(() => {
    document.title = `${title} · Sallyport`
  }, [title])
  return (
    <div className="mb-4 flex items-end justify-between gap-6">
      <div className="min-w-0">
        <h1 className="text-xl font-semibold tracking-tight break-words">{title}</h1>
        {lead === undefined ? null : <p className="text-sm text-quiet">{lead}</p>}
      </div>
      {children}
    </div>
  )
}
