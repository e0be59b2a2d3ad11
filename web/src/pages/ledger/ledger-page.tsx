import { useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useMemo, useState } from 'react'
import type { LedgerEntry, LedgerState, ModelDetail } from '../../api/contract.ts'
import { entriesQuery, ledgerQuery, modelQuery, modelsQuery } from '../../api/queries.ts'
import { Button } from '../../parts/button.tsx'
import { Code } from '../../parts/code.tsx'
import { Digest } from '../../parts/digest.tsx'
import { PageTitle } from '../../parts/page-title.tsx'
import { count, shortDigest } from '../../parts/show.ts'
import { Empty, ErrorState, Loading } from '../../parts/states.tsx'
import { nameOfPredicate } from '../model/timeline.tsx'
import { Pager } from '../models/models-table.tsx'
import { type GrowthPoint, growthOf } from './growth.ts'

const GrowthChart = lazy(async () => ({ default: (await import('./growth-chart.tsx')).GrowthChart }))
// The proof's arithmetic and its curves are only wanted here.
const Verify = lazy(async () => ({ default: (await import('./verify.tsx')).Verify }))

/** Rows. */
const PAGE_SIZE = 20

/** The append-only ledger: its signed head, its growth, its entries, and their proofs checked in this browser. */
export function LedgerPage() {
  const ledger = useQuery(ledgerQuery)
  return (
    <>
      <PageTitle
        title="Ledger"
        lead="Every statement, in one append-only log. Do not believe the server: have this browser check."
      />
      {ledger.isPending ? <Loading what="the ledger" /> : null}
      {ledger.isError ? <ErrorState error={ledger.error} retry={() => void ledger.refetch()} /> : null}
      {ledger.data ? <Ledger ledger={ledger.data} /> : null}
    </>
  )
}

function Ledger({ ledger }: { readonly ledger: LedgerState }) {
  const { entry } = useSearch({ from: '/ledger' })
  if (ledger.size === 0)
    return (
      <Empty icon="box" title="The log is empty">
        Its first entry is sealed when the first model comes in.
      </Empty>
    )
  return (
    <div className="flex flex-col gap-5">
      <div className="grid grid-cols-2 items-stretch gap-5">
        <Head ledger={ledger} />
        <Growth size={ledger.size} />
      </div>
      <div className="grid grid-cols-[minmax(0,1fr)_27rem] items-start gap-5">
        <Entries size={ledger.size} chosen={entry} />
        {entry === undefined ? (
          <Empty icon="key" title="Choose an entry">
            This browser fetches its proof, recomputes the path to the root and checks the log’s signature.
          </Empty>
        ) : entry >= ledger.size ? (
          <Empty icon="question" title={`There is no entry ${entry}`}>
            The log holds {count(ledger.size, 'entry', 'entries')}, counted from 0.
          </Empty>
        ) : (
          <Suspense fallback={<Loading what="the checks" />}>
            <Verify index={entry} />
          </Suspense>
        )}
      </div>
    </div>
  )
}

function Head({ ledger }: { readonly ledger: LedgerState }) {
  return (
    <section aria-labelledby="head" className="panel flex min-w-0 flex-col gap-2 p-4">
      <div className="flex items-baseline justify-between gap-4">
        <h2 id="head" className="eyebrow">
          Signed checkpoint
        </h2>
        <p className="min-w-0 truncate text-xs text-quiet">
          origin <code>{ledger.origin}</code>
        </p>
      </div>
      <p className="tabular text-2xl font-semibold tracking-tight">
        {count(ledger.size, 'entry', 'entries')}
      </p>
      <div className="text-xs">
        <Code label="Checkpoint, a signed note">{ledger.checkpoint.trimEnd()}</Code>
      </div>
    </section>
  )
}

const NONE: readonly GrowthPoint[] = []
/** Models whose timelines tell the times of their entries. The log itself keeps no clock beside its entries. */
const TIMED_MODELS = 25

function Growth({ size }: { readonly size: number }) {
  const models = useInfiniteQuery(modelsQuery).data?.pages[0]?.items ?? []
  const timed = models.slice(0, TIMED_MODELS)
  const points = useQueries({
    queries: timed.map((model) => ({
      ...modelQuery(model.digest),
      refetchInterval: false as const,
      staleTime: 60_000,
    })),
    combine: combineGrowth,
  })
  return (
    <section aria-labelledby="growth" className="panel flex min-w-0 flex-col gap-2 p-4">
      <h2 id="growth" className="eyebrow">
        Growth (UTC)
      </h2>
      {points.length < 2 ? (
        <p className="text-sm text-quiet">Two dated statements are needed to draw a line.</p>
      ) : (
        <Suspense fallback={<Loading what="the chart" rows={3} />}>
          <GrowthChart points={points} />
        </Suspense>
      )}
      <p className="text-xs text-quiet">
        {points.length} of {size} entries dated, by the timelines of {count(timed.length, 'model')}.
      </p>
    </section>
  )
}

function combineGrowth(
  results: readonly { readonly data: ModelDetail | undefined }[],
): readonly GrowthPoint[] {
  const entries = results.flatMap((result) => result.data?.timeline ?? [])
  return entries.length === 0 ? NONE : growthOf(entries)
}

interface EntriesProps {
  readonly size: number
  readonly chosen: number | undefined
}

/** Newest first: the API counts from the oldest, so the window is taken from the end. */
function Entries({ size, chosen }: EntriesProps) {
  const pages = Math.ceil(size / PAGE_SIZE)
  const [page, setPage] = useState(() =>
    chosen === undefined || chosen >= size ? 0 : Math.floor((size - 1 - chosen) / PAGE_SIZE),
  )
  const end = size - page * PAGE_SIZE
  const from = Math.max(0, end - PAGE_SIZE)
  const entries = useQuery(entriesQuery(from, end - from))
  const newest = useMemo(() => [...(entries.data?.items ?? [])].reverse(), [entries.data])
  if (entries.isPending) return <Loading what="the entries" />
  if (entries.isError) return <ErrorState error={entries.error} retry={() => void entries.refetch()} />
  return (
    <div className="flex min-w-0 flex-col gap-3">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1) */}
      <section aria-label="Entries" tabIndex={0} className="panel overflow-x-auto">
        <table className="w-full text-sm">
          <thead>
            <tr className="border-b border-line text-left text-xs text-quiet">
              {['Entry', 'Statement', 'Subject', 'Envelope', 'Proof'].map((head) => (
                <th key={head} scope="col" className="px-3 py-1.5 font-semibold">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {newest.map((entry) => (
              <EntryRow key={entry.index} entry={entry} chosen={entry.index === chosen} />
            ))}
          </tbody>
        </table>
      </section>
      <Pager page={page} pages={pages} onPage={setPage} />
    </div>
  )
}

function EntryRow({ entry, chosen }: { readonly entry: LedgerEntry; readonly chosen: boolean }) {
  const navigate = useNavigate()
  const [subject] = entry.subjects
  return (
    <tr className={`border-b border-line last:border-0 ${chosen ? 'bg-accent-soft' : 'hover:bg-canvas'}`}>
      <td className="tabular px-3 py-1.5 font-medium">{entry.index}</td>
      <td className="px-3 py-1.5">
        <code title={entry.predicateType}>
          {entry.predicateType === undefined ? 'unreadable' : nameOfPredicate(entry.predicateType)}
        </code>
      </td>
      <td className="px-3 py-1.5">
        {subject === undefined ? null : <code title={subject}>{shortDigest(subject)}</code>}
      </td>
      <td className="px-3 py-1.5">
        <Digest digest={entry.envelope} of={`entry ${entry.index}`} />
      </td>
      <td className="px-3 py-1">
        <Button
          icon="key"
          aria-pressed={chosen}
          onClick={() => void navigate({ to: '/ledger', search: { entry: entry.index }, resetScroll: false })}
        >
          Verify<span className="sr-only"> entry {entry.index} in this browser</span>
        </Button>
      </td>
    </tr>
  )
}
