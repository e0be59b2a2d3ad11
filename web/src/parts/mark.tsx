/** The mark: a fort's gate with two doors, one shut and one ajar; they are never both open. */
export function Mark({ size = 22 }: { readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      aria-hidden="true"
      focusable="false"
      className="shrink-0"
    >
      <path className="fill-ink" d="M2 22V9.5C2 4.8 6.5 1 12 1s10 3.8 10 8.5V22z" />
      <path className="fill-surface" d="M6.3 22V11.2A5.7 5.7 0 0 1 11.4 5.55V22z" />
      <path className="fill-accent" d="M12.6 22V5.55l3.6 2.6V22z" />
      <path className="fill-ink" d="M9.3 13.2h.9v2.8h-.9zM13.5 13.2h.9v2.8h-.9z" />
    </svg>
  )
}
