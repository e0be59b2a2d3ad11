import type { ReviewCase } from '../../api/contract.ts'
import { Icon } from '../../parts/icon.tsx'
import { showTime } from '../../parts/show.ts'
import { useNow } from '../../parts/when.tsx'
import { isWaiting, showDeadline } from './case-words.ts'

type Standing = Pick<ReviewCase, 'deadline' | 'overdue' | 'state'>

/** By when someone answers: a clock, or once it has passed a warning sign and the word. */
export function Deadline({ of }: { readonly of: Standing }) {
  const now = useNow()
  if (!isWaiting(of)) return <span className="text-quiet">answered</span>
  const words = showDeadline(of.deadline, now)
  return (
    <time dateTime={of.deadline} title={showTime(of.deadline)} className="whitespace-nowrap">
      {of.overdue ? (
        <>
          <span className="inline-flex items-center gap-1 rounded-sm bg-bad-soft px-1.5 text-xs font-semibold text-bad">
            <Icon name="alert" size={11} />
            overdue
          </span>
          <span className="mt-0.5 block">{words}</span>
        </>
      ) : (
        <span className="inline-flex items-center gap-1">
          <Icon name="clock" size={12} className="text-quiet" />
          {words}
        </span>
      )}
    </time>
  )
}
