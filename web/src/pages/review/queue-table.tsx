import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { ReviewCase } from '../../api/contract.ts'
import { meQuery } from '../../api/queries.ts'
import { useDeed } from '../../api/review-changes.ts'
import { Badge, VerdictBadge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Principal } from '../../parts/principal.tsx'
import { count } from '../../parts/show.ts'
import { When } from '../../parts/when.tsx'
import { Pager } from '../models/models-table.tsx'
import { ApprovalPips } from './approval-pips.tsx'
import { isWaiting, STATE_WORDS, shortSource, stateText } from './case-words.ts'
import { Deadline } from './deadline.tsx'
import { lockOfReview } from './review-lock.ts'

/** Rows. One screen and a half of a laptop. */
const PAGE_SIZE = 25

const HEADS = ['Model', 'Why it stopped', 'Asked by', 'Answer by', 'Owner', 'Approvals'] as const

/** The cases of a view, a page at a time. */
export function QueueTable({ cases }: { readonly cases: readonly ReviewCase[] }) {
  const [wanted, setPage] = useState(0)
  const pages = Math.ceil(cases.length / PAGE_SIZE)
  const page = Math.min(wanted, pages - 1)
  return (
    <div className="flex flex-col gap-3">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1) */}
      <section aria-label="Cases" tabIndex={0} className="panel overflow-x-auto">
        <table className="w-full border-collapse text-sm">
          <caption className="sr-only">Cases of the review queue, by deadline</caption>
          <thead>
            <tr className="border-b border-line text-left text-xs text-quiet">
              {HEADS.map((head) => (
                <th key={head} scope="col" className="px-3 py-1.5 font-semibold whitespace-nowrap">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {cases.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE).map((one) => (
              <Row key={one.digest} one={one} />
            ))}
          </tbody>
        </table>
      </section>
      <Pager page={page} pages={pages} onPage={setPage} />
    </div>
  )
}

function Row({ one }: { readonly one: ReviewCase }) {
  const late = one.overdue && isWaiting(one)
  return (
    <tr
      className={`border-b border-line align-top last:border-b-0 hover:bg-canvas ${late ? 'border-l-4 border-l-bad' : 'border-l-4 border-l-transparent'}`}
    >
      <th scope="row" className="max-w-72 py-2.5 pr-3 pl-2 text-left font-normal">
        <Link
          to="/review/$digest"
          params={{ digest: one.digest }}
          title={one.name}
          className="block truncate font-medium text-ink underline decoration-strong-line underline-offset-3 hover:decoration-ink"
        >
          {one.name}
        </Link>
        <span className="mt-0.5 block truncate text-xs text-quiet" title={one.source}>
          {one.source === undefined ? 'imported by hand' : shortSource(one.source)}
        </span>
        <span className="mt-0.5 block text-xs text-quiet">for {one.stage}</span>
      </th>
      <td className="px-3 py-2.5">
        <span className="flex flex-wrap items-center gap-1.5">
          <VerdictBadge verdict={one.verdict} />
          {one.state === 'open' ? null : <Badge word={STATE_WORDS[one.state]} text={stateText(one.state)} />}
        </span>
        <span className="mt-1 line-clamp-2 text-xs break-words" title={one.reason}>
          {one.reason}
        </span>
      </td>
      <td className="px-3 py-2.5 text-xs whitespace-nowrap">
        <Askers one={one} />
      </td>
      <td className="px-3 py-2.5 text-xs whitespace-nowrap">
        <Deadline of={one} />
      </td>
      <td className="px-3 py-2.5 text-xs whitespace-nowrap">
        <Owner one={one} />
      </td>
      <td className="px-3 py-2.5 whitespace-nowrap">
        <ApprovalPips {...one.approvals} />
      </td>
    </tr>
  )
}

function Askers({ one }: { readonly one: ReviewCase }) {
  const [newest] = one.requesters
  return (
    <>
      <span className="flex items-center gap-1">
        <Icon name="person" size={12} className="text-quiet" />
        {newest === undefined ? 'nobody through a gate' : <Principal id={newest.principalId} />}
        {one.requesters.length > 1 ? (
          <span className="text-quiet">and {one.requesters.length - 1} more</span>
        ) : null}
      </span>
      <span className="tabular mt-0.5 block text-quiet">
        {count(one.requests, 'time')}
        {newest === undefined ? null : (
          <>
            , last <When at={newest.lastAt} />
          </>
        )}
      </span>
    </>
  )
}

function Owner({ one }: { readonly one: ReviewCase }) {
  const me = useQuery(meQuery).data
  const deed = useDeed(one)
  if (one.owner !== undefined) return <Principal id={one.owner} />
  if (!isWaiting(one) || !me) return <span className="text-quiet">nobody</span>
  return (
    <Button
      busy={deed.isPending}
      lockedBecause={lockOfReview(me)}
      onClick={() => deed.mutate({ kind: 'take' })}
    >
      Take<span className="sr-only"> {one.name}</span>
    </Button>
  )
}
