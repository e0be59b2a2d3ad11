interface ApprovalPipsProps {
  readonly have: number
  readonly need: number
}

/** Pips. A policy that wants more people than this is told in figures alone. */
const MAX_PIPS = 6

/** How many people have spoken for it, of how many that must: a full pip for each, and the same in words. */
export function ApprovalPips({ have, need }: ApprovalPipsProps) {
  if (need === 0) return <span className="text-xs text-quiet">none needed</span>
  return (
    <span className="inline-flex items-center gap-2 text-xs">
      {need > MAX_PIPS ? null : (
        <span aria-hidden="true" className="flex gap-1">
          {Array.from({ length: need }, (_, place) => (
            <span
              // biome-ignore lint/suspicious/noArrayIndexKey: a pip is its place
              key={place}
              className={`size-2.5 rounded-full border-2 ${place < have ? 'border-good bg-good' : 'border-strong-line'}`}
            />
          ))}
        </span>
      )}
      <span className="tabular">
        {have} of {need}
      </span>
    </span>
  )
}
