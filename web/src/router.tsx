import { createRootRoute, createRoute, createRouter, Link } from '@tanstack/react-router'
import { type FunctionComponent, lazy, Suspense } from 'react'
import { LedgerPage } from './pages/ledger/ledger-page.tsx'
import { parseEntry } from './pages/ledger/parse-entry.ts'
import { ModelPage } from './pages/model/model-page.tsx'
import { parseTab } from './pages/model/tabs.ts'
import { ModelsPage } from './pages/models/models-page.tsx'
import { PartsPage } from './pages/parts/parts-page.tsx'
import { parseQueueSearch } from './pages/review/queue-filter.ts'
import { RunsPage } from './pages/runs/runs-page.tsx'
import { Empty, ErrorState, Loading } from './parts/states.tsx'
import { Shell } from './shell/shell.tsx'

// Late: the pages that most visits do not open, with the libraries that only they need.
const RunPage = late('the run', async () => (await import('./pages/run/run-page.tsx')).RunPage)
const ReviewPage = late('the queue', async () => (await import('./pages/review/review-page.tsx')).ReviewPage)
const CasePage = late('the case', async () => (await import('./pages/review-case/case-page.tsx')).CasePage)
const HubPage = late('the hub', async () => (await import('./pages/hub/hub-page.tsx')).HubPage)
const ImportPage = late(
  'how to bring a model in',
  async () => (await import('./pages/import/import-page.tsx')).ImportPage,
)
const PeoplePage = late('the people', async () => (await import('./pages/people/people-page.tsx')).PeoplePage)
const PolicyPage = late('the policy', async () => (await import('./pages/policy/policy-page.tsx')).PolicyPage)

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound })
const models = createRoute({ getParentRoute: () => root, path: '/', component: ModelsPage })
const model = createRoute({
  getParentRoute: () => root,
  path: '/models/$digest',
  component: ModelPage,
  validateSearch: parseTab,
})
const importing = createRoute({ getParentRoute: () => root, path: '/import', component: ImportPage })
const people = createRoute({ getParentRoute: () => root, path: '/people', component: PeoplePage })
const review = createRoute({
  getParentRoute: () => root,
  path: '/review',
  component: ReviewPage,
  validateSearch: parseQueueSearch,
})
const oneCase = createRoute({ getParentRoute: () => root, path: '/review/$digest', component: CasePage })
const hub = createRoute({ getParentRoute: () => root, path: '/hub', component: HubPage })
const policy = createRoute({ getParentRoute: () => root, path: '/policy', component: PolicyPage })
const runs = createRoute({ getParentRoute: () => root, path: '/runs', component: RunsPage })
const run = createRoute({ getParentRoute: () => root, path: '/runs/$id', component: RunPage })
const ledger = createRoute({
  getParentRoute: () => root,
  path: '/ledger',
  component: LedgerPage,
  validateSearch: parseEntry,
})
const parts = createRoute({ getParentRoute: () => root, path: '/parts', component: PartsPage })

export const router = createRouter({
  routeTree: root.addChildren([
    ...[models, model, importing, review, oneCase, hub, policy, runs, run, ledger, people, parts],
  ]),
  defaultErrorComponent: ({ error, reset }) => <ErrorState error={error} retry={reset} />,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

/** A page that is fetched when it is first opened. */
function late(what: string, load: () => Promise<FunctionComponent>) {
  const Page = lazy(async () => ({ default: await load() }))
  return function LatePage() {
    return (
      <Suspense fallback={<Loading what={what} />}>
        <Page />
      </Suspense>
    )
  }
}

function NotFound() {
  return (
    <Empty icon="question" title="There is no such page">
      <Link to="/" className="text-accent underline underline-offset-2">
        All models
      </Link>
    </Empty>
  )
}
