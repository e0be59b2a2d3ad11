import type { ReviewDetail } from '../../api/contract.ts'
import { OutcomeBadge } from '../../parts/badge.tsx'
import { count } from '../../parts/show.ts'

type Reason = ReviewDetail['reasons'][number]

const ORDER = { deny: 0, review: 1, allow: 2 } as const

/** Why the gate did not open, each with what to do about it; what it was content with is folded away. */
export function Reasons({ reasons }: { readonly reasons: readonly Reason[] }) {
  const against = reasons
    .filter(({ outcome }) => outcome !== 'allow')
    .sort((a, b) => ORDER[a.outcome] - ORDER[b.outcome])
  const content = reasons.filter(({ outcome }) => outcome === 'allow')
  return (
    <div className="panel">
      <ul className="divide-y divide-line">
        {against.map((reason) => (
          <ReasonRow key={`${reason.code} ${reason.message}`} reason={reason} />
        ))}
      </ul>
      {against.length === 0 ? (
        <p className="px-4 py-2.5 text-sm text-quiet">
          Nothing stands against it any more. The gate decides anew when it is asked.
        </p>
      ) : null}
      {content.length === 0 ? null : (
        <details className="border-t border-line">
          <summary className="px-4 py-2 text-xs text-quiet hover:text-ink">
            {count(content.length, 'thing')} the gate is content with
          </summary>
          <ul className="divide-y divide-line border-t border-line">
            {content.map((reason) => (
              <ReasonRow key={`${reason.code} ${reason.message}`} reason={reason} />
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}

function ReasonRow({ reason }: { readonly reason: Reason }) {
  return (
    <li className="grid grid-cols-[4.5rem_minmax(0,1fr)] gap-x-3 px-4 py-2.5 text-sm">
      <span>
        <OutcomeBadge outcome={reason.outcome} />
      </span>
      <div className="min-w-0">
        <p className="break-words">{reason.message}</p>
        {reason.nextStep === undefined ? null : (
          <p className="mt-0.5 break-words text-quiet">
            <strong className="font-medium text-ink">Next: </strong>
            {reason.nextStep}
          </p>
        )}
        <p className="text-xs text-quiet">
          <code>{reason.code}</code>
        </p>
      </div>
    </li>
  )
}
