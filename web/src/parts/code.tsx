import type { ReactNode } from 'react'

/** A block of code; long lines scroll inside it, so that the page never does. Focusable, since it may scroll. */
export function Code({ label, children }: { readonly label: string; readonly children: string }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a <section> cannot keep the white space of a <pre>
    <pre
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1)
      tabIndex={0}
      role="region"
      aria-label={label}
      className="overflow-x-auto rounded-md border border-line bg-sunken px-3 py-2 leading-5"
    >
      <code>{children}</code>
    </pre>
  )
}

/** One command to type, with the prompt kept out of the selection. */
export function Command({ children }: { readonly children: ReactNode }) {
  return (
    <code className="break-all rounded-md border border-line bg-sunken px-2.5 py-1 text-ink before:mr-2 before:text-quiet before:content-['$']">
      {children}
    </code>
  )
}
