import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { RunSummary } from '../../api/contract.ts'
import { runsQuery } from '../../api/queries.ts'
import { Badge } from '../../parts/badge.tsx'
import { PageTitle } from '../../parts/page-title.tsx'
import { count } from '../../parts/show.ts'
import { Empty, ErrorState, Loading } from '../../parts/states.tsx'
import { When } from '../../parts/when.tsx'
import { RUN_WORDS, showDuration } from '../run/show-run.ts'

/** Training runs, newest first: how each ended, what it used, and whether it departs from its history. */
export function RunsPage() {
  const runs = useQuery(runsQuery)
  return (
    <>
      <PageTitle
        title="Training runs"
        lead="What was run under sallyport train: recorded, bounded, and compared with its own history."
      />
      {runs.isPending ? (
        <Loading what="the runs" />
      ) : runs.isError ? (
        <ErrorState error={runs.error} retry={() => void runs.refetch()} />
      ) : (
        <Runs runs={runs.data.items} more={runs.data.next !== undefined} />
      )}
    </>
  )
}

function Runs({ runs, more }: { readonly runs: readonly RunSummary[]; readonly more: boolean }) {
  if (runs.length === 0)
    return (
      <Empty icon="clock" title="No run yet">
        <p>Put it before the command that you run anyway:</p>
        <code>sallyport train --budget wall=2h --dataset data/ -- python train.py</code>
      </Empty>
    )
  return (
    <>
      <div className="panel overflow-x-auto">
        <table className="w-full text-sm">
          <caption className="sr-only">Training runs, newest first</caption>
          <thead className="text-left text-xs text-quiet">
            <tr className="border-b border-line">
              {['Run', 'State', 'Started', 'Wall clock', 'Processors', 'GPUs', 'Findings'].map((head) => (
                <th key={head} scope="col" className="px-4 py-2 font-medium">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {runs.map((run) => (
              <Row key={run.id} run={run} />
            ))}
          </tbody>
        </table>
      </div>
      {more ? <p className="mt-3 text-sm text-quiet">Older runs: sallyport train list.</p> : null}
    </>
  )
}

function Row({ run }: { readonly run: RunSummary }) {
  const duration = (ms: number | undefined) => (ms === undefined ? '–' : showDuration(ms))
  return (
    <tr>
      <th scope="row" className="max-w-72 px-4 py-2.5 text-left font-medium">
        <Link
          to="/runs/$id"
          params={{ id: run.id }}
          className="block truncate underline decoration-strong-line underline-offset-3 hover:decoration-ink"
        >
          {run.name}
        </Link>
      </th>
      <td className="px-4 py-2.5">
        <Badge word={RUN_WORDS[run.state]} text={run.state.replaceAll('-', ' ')} />
      </td>
      <td className="px-4 py-2.5 text-quiet">
        {run.startedAt === undefined ? '–' : <When at={run.startedAt} />}
      </td>
      <td className="tabular px-4 py-2.5">{duration(run.wallMs)}</td>
      <td className="tabular px-4 py-2.5">{duration(run.cpuMs)}</td>
      <td className="tabular px-4 py-2.5">{(run.gpuMs ?? 0) === 0 ? '–' : duration(run.gpuMs)}</td>
      <td className="px-4 py-2.5">{(run.findings ?? 0) === 0 ? '–' : count(run.findings ?? 0, 'finding')}</td>
    </tr>
  )
}
