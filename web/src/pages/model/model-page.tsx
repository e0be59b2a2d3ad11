import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Tabs } from 'radix-ui'
import { lazy, type ReactNode, Suspense } from 'react'
import { ApiError } from '../../api/client.ts'
import type { Me, ModelDetail } from '../../api/contract.ts'
import { meQuery, modelQuery } from '../../api/queries.ts'
import { VerdictBadge } from '../../parts/badge.tsx'
import { Icon } from '../../parts/icon.tsx'
import { PageTitle } from '../../parts/page-title.tsx'
import { Empty, ErrorState, Loading } from '../../parts/states.tsx'
import { Actions } from './actions.tsx'
import { Decisions } from './decisions.tsx'
import { Facts } from './facts.tsx'
import { Files } from './files.tsx'
import { Findings } from './findings.tsx'
import { Provenance } from './provenance.tsx'
import { Receivers } from './receivers.tsx'
import { Stepper } from './stepper.tsx'
import { TABS, type Tab } from './tabs.ts'
import { Timeline } from './timeline.tsx'

const Lineage = lazy(async () => ({ default: (await import('./lineage.tsx')).Lineage }))

/** A model's page: what it is, what was seen, who spoke for it, what follows, and what may be done. */
export function ModelPage() {
  const { digest } = useParams({ from: '/models/$digest' })
  const model = useQuery(modelQuery(digest))
  const me = useQuery(meQuery)
  if (model.isPending || !me.data) return <Loading what="the model" />
  if (model.isError && model.error instanceof ApiError && model.error.problem.status === 404)
    return (
      <Empty icon="question" title="No such model">
        <p>Nothing with this digest has come in: {digest}</p>
        <Link to="/" className="text-accent underline underline-offset-2">
          All models
        </Link>
      </Empty>
    )
  if (model.isError) return <ErrorState error={model.error} retry={() => void model.refetch()} />
  return <Model model={model.data} me={me.data} />
}

function Model({ model, me }: { readonly model: ModelDetail; readonly me: Me }) {
  return (
    <>
      <nav aria-label="Where you are" className="mb-1 flex items-center gap-1 text-xs text-quiet">
        <Link to="/" className="hover:text-ink hover:underline">
          Models
        </Link>
        <Icon name="right" size={10} />
        <span aria-current="page" className="truncate">
          {model.name}
        </span>
      </nav>
      <PageTitle title={model.name}>
        <Actions model={model} me={me} />
      </PageTitle>
      <div className="mb-5 flex flex-wrap items-center gap-x-5 gap-y-2">
        <VerdictBadge verdict={model.verdict} />
        <Stepper stage={model.stage} />
      </div>
      <div className="grid grid-cols-[minmax(0,1fr)_18rem] items-start gap-6">
        <Sections model={model} me={me} />
        <Facts model={model} />
      </div>
    </>
  )
}

function Sections({ model, me }: { readonly model: ModelDetail; readonly me: Me }) {
  const { tab = 'findings' } = useSearch({ from: '/models/$digest' })
  const navigate = useNavigate()
  const choose = (next: string) =>
    void navigate({ to: '.', search: { tab: next as Tab }, replace: true, resetScroll: false })
  const counts = countsOf(model)
  return (
    <Tabs.Root value={tab} onValueChange={choose} className="min-w-0">
      <Tabs.List aria-label="About this model" className="mb-4 flex gap-1 border-b border-line">
        {TABS.map((one) => (
          <Tabs.Trigger
            key={one}
            value={one}
            className="-mb-px border-b-2 border-transparent px-2.5 py-1.5 text-sm font-medium text-quiet capitalize hover:text-ink data-[state=active]:border-ink data-[state=active]:text-ink"
          >
            {one}
            {counts[one] === undefined ? null : (
              <span className="tabular ml-1.5 text-xs text-quiet">{counts[one]}</span>
            )}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      <Panel tab="findings">
        <Findings model={model} me={me} />
      </Panel>
      <Panel tab="files">
        <Files model={model} />
      </Panel>
      <Panel tab="evidence">
        <Timeline model={model} />
      </Panel>
      <Panel tab="provenance">
        <Provenance model={model} />
      </Panel>
      <Panel tab="decisions">
        <Decisions model={model} />
      </Panel>
      <Panel tab="lineage">
        <Suspense fallback={<Loading what="the lineage graph" />}>
          <Lineage model={model} />
        </Suspense>
      </Panel>
      <Panel tab="receivers">
        <Receivers model={model} />
      </Panel>
    </Tabs.Root>
  )
}

function countsOf(model: ModelDetail): Readonly<Partial<Record<Tab, number>>> {
  const findings = model.assessment?.files.reduce((sum, file) => sum + file.findings.length, 0)
  return {
    ...(findings === undefined ? {} : { findings }),
    files: model.files.length,
    evidence: model.timeline.length,
    ...(model.signatures === undefined ? {} : { provenance: model.signatures.length }),
    decisions: model.decisions.length,
    lineage: model.lineage.length,
  }
}

function Panel({ tab, children }: { readonly tab: Tab; readonly children: ReactNode }) {
  return <Tabs.Content value={tab}>{children}</Tabs.Content>
}
