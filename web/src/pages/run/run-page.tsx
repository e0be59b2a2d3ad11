import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { type ReactNode, useMemo } from 'react'
import { ApiError } from '../../api/client.ts'
import type { RunDetail } from '../../api/contract.ts'
import { runQuery } from '../../api/queries.ts'
import { Badge, OutcomeBadge, SeverityBadge } from '../../parts/badge.tsx'
import { Digest } from '../../parts/digest.tsx'
import { Icon } from '../../parts/icon.tsx'
import { PageTitle } from '../../parts/page-title.tsx'
import { showBytes, showTime } from '../../parts/show.ts'
import { Empty, ErrorState, Loading } from '../../parts/states.tsx'
import { BundleLink } from '../model/bundle-link.tsx'
import { BudgetChart } from './budget-chart.tsx'
import { RUN_WORDS, showDuration } from './show-run.ts'

/** A training run: what it used against its budget, what went in, what came out, and what is odd about it. */
export function RunPage() {
  const { id } = useParams({ from: '/runs/$id' })
  const run = useQuery(runQuery(id))
  if (run.isPending) return <Loading what="the run" />
  if (run.isError && run.error instanceof ApiError && run.error.problem.status === 404)
    return (
      <Empty icon="question" title="No such run">
        <Link to="/runs" className="text-accent underline underline-offset-2">
          All runs
        </Link>
      </Empty>
    )
  if (run.isError) return <ErrorState error={run.error} retry={() => void run.refetch()} />
  return <Run run={run.data} />
}

function Run({ run }: { readonly run: RunDetail }) {
  const { record } = run
  return (
    <>
      <nav aria-label="Where you are" className="mb-1 flex items-center gap-1 text-xs text-quiet">
        <Link to="/runs" className="hover:text-ink hover:underline">
          Runs
        </Link>
        <Icon name="right" size={10} />
        <span aria-current="page" className="truncate">
          {run.name}
        </span>
      </nav>
      <PageTitle title={run.name} />
      <div className="mb-5 flex flex-wrap items-center gap-x-5 gap-y-2 text-sm">
        <Badge word={RUN_WORDS[run.state]} text={run.state.replaceAll('-', ' ')} />
        {record?.admission === undefined ? null : (
          <span className="flex items-center gap-1.5 text-quiet">
            admission <OutcomeBadge outcome={record.admission.outcome} />
          </span>
        )}
        {run.startedAt === undefined ? null : (
          <span className="text-quiet">
            started <time dateTime={run.startedAt}>{showTime(run.startedAt)}</time>
          </span>
        )}
      </div>
      <Reasons run={run} />
      <div className="grid grid-cols-[minmax(0,1fr)_22rem] items-start gap-6">
        <div className="flex min-w-0 flex-col gap-4">
          <Charts run={run} />
          {record === undefined ? null : <Findings findings={record.findings} />}
        </div>
        <Record run={run} />
      </div>
    </>
  )
}

function Reasons({ run }: { readonly run: RunDetail }) {
  const reasons = [run.problem, run.record?.reason, ...(run.record?.admission?.reasons ?? [])]
  const said = reasons.filter((reason) => reason !== undefined)
  if (said.length === 0) return null
  return (
    <ul className="panel mb-5 flex flex-col gap-1 p-4 text-sm">
      {said.map((reason) => (
        <li key={reason} className="break-words">
          {reason}
        </li>
      ))}
    </ul>
  )
}

/** Milliseconds. */
const DURATION_STEPS = [
  1, 5, 30, 60, 300, 600, 1800, 3600, 7200, 18_000, 36_000, 86_400, 360_000, 3_600_000,
].map((seconds) => seconds * 1000)
/** Bytes: powers of two from 1 KiB to 16 TiB. */
const BYTE_STEPS = Array.from({ length: 35 }, (_, power) => 2 ** (power + 10))

function Charts({ run }: { readonly run: RunDetail }) {
  const { points, budget } = run
  const series = useMemo(
    () => ({
      times: points.map(({ atMs }) => atMs),
      cpu: points.map(({ cpuMs }) => cpuMs),
      gpu: points.map(({ gpuMs }) => gpuMs),
      memory: points.map(({ memoryBytes }) => memoryBytes),
    }),
    [points],
  )
  if (points.length === 0)
    return (
      <Empty icon="clock" title="Nothing was measured">
        The run ended before its first measure, or never began.
      </Empty>
    )
  const hasGpu = budget?.gpuMs !== undefined || series.gpu.some((ms) => ms > 0)
  return (
    <>
      <BudgetChart
        title="Processor time"
        times={series.times}
        values={series.cpu}
        steps={DURATION_STEPS}
        show={showDuration}
        {...(budget?.cpuMs === undefined ? {} : { budget: budget.cpuMs })}
      />
      <BudgetChart
        title="Memory"
        times={series.times}
        values={series.memory}
        steps={BYTE_STEPS}
        show={showBytes}
        {...(budget?.memoryBytes === undefined ? {} : { budget: budget.memoryBytes })}
      />
      {hasGpu ? (
        <BudgetChart
          title="GPU time"
          times={series.times}
          values={series.gpu}
          steps={DURATION_STEPS}
          show={showDuration}
          {...(budget?.gpuMs === undefined ? {} : { budget: budget.gpuMs })}
        />
      ) : null}
    </>
  )
}

type Recorded = NonNullable<RunDetail['record']>

function Findings({ findings }: { readonly findings: Recorded['findings'] }) {
  if (findings.length === 0)
    return (
      <p className="panel flex items-center gap-2 p-4 text-sm text-quiet">
        <Icon name="check" />
        Nothing departs from the history of this run.
      </p>
    )
  return (
    <section aria-labelledby="odd" className="panel p-4">
      <h2 id="odd" className="eyebrow mb-2">
        What departs from its history
      </h2>
      <ul className="flex flex-col divide-y divide-line">
        {findings.map((finding) => (
          <li key={finding.fingerprint} className="flex flex-col gap-1 py-3 first:pt-0 last:pb-0">
            <p className="flex flex-wrap items-center gap-2">
              <SeverityBadge severity={finding.severity} />
              <span className="font-medium">{finding.title}</span>
              <code className="text-xs text-quiet">{finding.ruleId}</code>
            </p>
            <p className="text-sm break-words">{finding.message}</p>
            <p className="text-sm text-quiet">{finding.remedy}</p>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Record({ run }: { readonly run: RunDetail }) {
  const { record, resources, budget } = run
  return (
    <aside aria-label="What was recorded" className="flex flex-col gap-4 text-sm">
      <section aria-labelledby="used" className="panel p-4">
        <h2 id="used" className="eyebrow mb-2">
          Used
        </h2>
        <dl className="grid grid-cols-[7rem_minmax(0,1fr)] gap-x-2 gap-y-1.5">
          <Fact name="Wall clock">{limited(run.wallMs, budget?.wallMs)}</Fact>
          <Fact name="Processors">{limited(run.cpuMs, budget?.cpuMs)}</Fact>
          {budget?.gpuMs === undefined && (run.gpuMs ?? 0) === 0 ? null : (
            <Fact name="GPUs">{limited(run.gpuMs, budget?.gpuMs)}</Fact>
          )}
          {resources === undefined ? null : (
            <>
              <Fact name="Peak memory">{showBytes(resources.peakMemoryBytes)}</Fact>
              <Fact name="Read, written">
                {showBytes(resources.readBytes)}, {showBytes(resources.writtenBytes)}
              </Fact>
              <Fact name="Processes">{resources.peakProcesses} at most</Fact>
            </>
          )}
        </dl>
      </section>
      {record === undefined ? null : <Sealed record={record} />}
    </aside>
  )
}

function limited(used: number | undefined, limit: number | undefined): string {
  const said = used === undefined ? 'not known' : showDuration(used)
  return limit === undefined ? said : `${said} of ${showDuration(limit)}`
}

function Sealed({ record }: { readonly record: Recorded }) {
  return (
    <>
      <section aria-labelledby="came" className="panel p-4">
        <h2 id="came" className="eyebrow mb-2">
          In and out
        </h2>
        <dl className="grid grid-cols-[7rem_minmax(0,1fr)] gap-x-2 gap-y-1.5">
          {record.datasets.map((data) => (
            <Fact key={`data ${data.digest}`} name="Data set">
              <Named name={data.name} digest={data.digest} />
            </Fact>
          ))}
          {record.baseModel === undefined ? null : (
            <Fact name="Base model">
              <Named name={record.baseModel.name} digest={record.baseModel.digest} isModel />
            </Fact>
          )}
          {record.products.map((product) => (
            <Fact key={`product ${product.digest}`} name="Product">
              <Named name={product.name} digest={product.digest} isModel />
            </Fact>
          ))}
          {record.datasets.length + record.products.length === 0 ? <Fact name="Named">nothing</Fact> : null}
        </dl>
      </section>
      <section aria-labelledby="how" className="panel p-4">
        <h2 id="how" className="eyebrow mb-2">
          How
        </h2>
        <dl className="grid grid-cols-[7rem_minmax(0,1fr)] gap-x-2 gap-y-1.5">
          <Fact name="Command">
            <code className="break-all">{record.command.join(' ')}</code>
          </Fact>
          <Fact name="Host, user">
            {record.host}, {record.user}
          </Fact>
          {record.code === undefined ? null : (
            <Fact name="Code">
              <code>{record.code.commit.slice(0, 12)}</code>
              {record.code.changes === undefined ? '' : ', with changes'}
            </Fact>
          )}
          {record.seed === undefined ? null : <Fact name="Seed">{record.seed}</Fact>}
          <Fact name="Egress">{record.egress.length === 0 ? 'none seen' : record.egress.join(', ')}</Fact>
          {record.provenance === undefined ? null : (
            <Fact name="Provenance">
              <BundleLink digest={record.provenance} />
            </Fact>
          )}
        </dl>
      </section>
    </>
  )
}

interface NamedProps {
  readonly name: string
  readonly digest: string
  readonly isModel?: boolean
}

function Named({ name, digest, isModel = false }: NamedProps) {
  return (
    <span className="flex flex-col">
      {isModel ? (
        <Link
          to="/models/$digest"
          params={{ digest }}
          className="truncate text-accent underline underline-offset-2"
        >
          {name}
        </Link>
      ) : (
        <span className="truncate">{name}</span>
      )}
      <Digest digest={digest} of={name} />
    </span>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-quiet">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  )
}
