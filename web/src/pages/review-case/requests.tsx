import type { ReviewDetail } from '../../api/contract.ts'
import { Badge } from '../../parts/badge.tsx'
import type { IconName } from '../../parts/icon.tsx'
import { Principal } from '../../parts/principal.tsx'
import { count, showTime } from '../../parts/show.ts'
import { When } from '../../parts/when.tsx'

type Requester = ReviewDetail['requesters'][number]

const DOORS: Readonly<Record<string, { readonly icon: IconName; readonly text: string }>> = {
  hub: { icon: 'door', text: 'hub' },
  oci: { icon: 'box', text: 'OCI registry' },
  https: { icon: 'link', text: 'HTTPS' },
  s3: { icon: 'box', text: 'S3' },
  mlflow: { icon: 'flag', text: 'MLflow' },
  import: { icon: 'file', text: 'import' },
}

/** Percent. A single request is a dot, and must be wide enough to be seen. */
const LEAST_PERCENT = 1.2

/** The request history: per principal a line from the first to the last time, on one axis for all. */
export function Requests({ one }: { readonly one: ReviewDetail }) {
  const { requesters } = one
  if (requesters.length === 0)
    return (
      <p className="panel px-4 py-3 text-sm text-quiet">
        Nobody asked for it through a gate; it was brought in by hand.
      </p>
    )
  const from = Math.min(...requesters.map(({ firstAt }) => Date.parse(firstAt)))
  const to = Math.max(...requesters.map(({ lastAt }) => Date.parse(lastAt)))
  return (
    <div className="panel">
      <p className="tabular border-b border-line px-4 py-2 text-sm">
        <strong className="font-semibold">{count(one.requests, 'request')}</strong>
        <span className="text-quiet"> by {count(requesters.length, 'principal')}</span>
      </p>
      <ul className="divide-y divide-line">
        {requesters.map((requester) => (
          <Row
            key={`${requester.principalId} ${requester.door}`}
            requester={requester}
            from={from}
            span={Math.max(1, to - from)}
          />
        ))}
      </ul>
      <div aria-hidden="true" className="tabular flex justify-between px-4 pb-2 text-2xs text-quiet">
        <span className="ml-[24.75rem] whitespace-nowrap">{showMinute(from)}</span>
        <span className="whitespace-nowrap">{to === from ? '' : showMinute(to)}</span>
      </div>
    </div>
  )
}

/** `2026-11-21 14:05`, in UTC as every time of the console. */
function showMinute(ms: number): string {
  return showTime(new Date(ms).toISOString()).slice(0, 16)
}

interface RowProps {
  readonly requester: Requester
  /** Milliseconds since the epoch: the first request of all. */
  readonly from: number
  /** Milliseconds from there to the last of all. */
  readonly span: number
}

function Row({ requester, from, span }: RowProps) {
  const { door, principalId, times, firstAt, lastAt } = requester
  const known = DOORS[door]
  const start = ((Date.parse(firstAt) - from) / span) * (100 - LEAST_PERCENT)
  const width = Math.max(LEAST_PERCENT, ((Date.parse(lastAt) - Date.parse(firstAt)) / span) * 100)
  return (
    <li className="grid grid-cols-[8rem_7rem_8rem_minmax(0,1fr)] items-center gap-x-3 px-4 py-2 text-sm">
      <span className="truncate">
        <Principal id={principalId} />
      </span>
      <span>
        <Badge
          word={{ icon: known?.icon ?? 'door', tone: 'plain', help: `Asked through: ${known?.text ?? door}` }}
          text={known?.text ?? door}
        />
      </span>
      <span className="tabular text-xs">
        {count(times, 'time')}
        <span className="block text-quiet">
          last <When at={lastAt} />
        </span>
      </span>
      <span className="relative block h-4" title={`${showTime(firstAt)} to ${showTime(lastAt)}`}>
        <span className="absolute inset-x-0 top-1/2 border-t border-line" />
        <span
          className="absolute top-1 h-2 rounded-full bg-accent"
          style={{ left: `${start}%`, width: `${Math.min(width, 100 - start)}%` }}
        />
        <span className="sr-only">
          from {showTime(firstAt)} to {showTime(lastAt)}
        </span>
      </span>
    </li>
  )
}
