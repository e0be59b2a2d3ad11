import { createRootRoute, createRoute, createRouter, Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { LedgerPage } from './pages/ledger/ledger-page.tsx'
import { parseEntry } from './pages/ledger/parse-entry.ts'
import { ModelPage } from './pages/model/model-page.tsx'
import { parseTab } from './pages/model/tabs.ts'
import { ModelsPage } from './pages/models/models-page.tsx'
import { PartsPage } from './pages/parts/parts-page.tsx'
import { ReviewPage } from './pages/review/review-page.tsx'
import { RunsPage } from './pages/runs/runs-page.tsx'
import { Empty, ErrorState, Loading } from './parts/states.tsx'
import { Shell } from './shell/shell.tsx'

const RunPage = lazy(async () => ({ default: (await import('./pages/run/run-page.tsx')).RunPage }))

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound })
const models = createRoute({ getParentRoute: () => root, path: '/', component: ModelsPage })
const model = createRoute({
  getParentRoute: () => root,
  path: '/models/$digest',
  component: ModelPage,
  validateSearch: parseTab,
})
const review = createRoute({ getParentRoute: () => root, path: '/review', component: ReviewPage })
const runs = createRoute({ getParentRoute: () => root, path: '/runs', component: RunsPage })
const run = createRoute({ getParentRoute: () => root, path: '/runs/$id', component: LateRunPage })
const ledger = createRoute({
  getParentRoute: () => root,
  path: '/ledger',
  component: LedgerPage,
  validateSearch: parseEntry,
})
const parts = createRoute({ getParentRoute: () => root, path: '/parts', component: PartsPage })

export const router = createRouter({
  routeTree: root.addChildren([models, model, review, runs, run, ledger, parts]),
  defaultErrorComponent: ({ error, reset }) => <ErrorState error={error} retry={reset} />,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

/** Late: the charts are a library of their own. */
function LateRunPage() {
  return (
    <Suspense fallback={<Loading what="the run" />}>
      <RunPage />
    </Suspense>
  )
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
