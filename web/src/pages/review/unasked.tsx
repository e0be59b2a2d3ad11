import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Me, ModelSummary } from '../../api/contract.ts'
import { meQuery, previewQuery } from '../../api/queries.ts'
import { assessedQuery } from '../../api/review-queries.ts'
import { OutcomeBadge, StageBadge, VerdictBadge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Digest } from '../../parts/digest.tsx'
import { Icon } from '../../parts/icon.tsx'
import { count, shortId, showBytes } from '../../parts/show.ts'
import { ErrorState } from '../../parts/states.tsx'
import { When } from '../../parts/when.tsx'
import { useWishDialog } from '../model/actions.tsx'
import { lockOf } from '../model/locks.ts'

interface UnaskedProps {
  /** Digests of the models that have a case of their own. */
  readonly except: ReadonlySet<string>
}

/** Models that were searched, and for which no gate was asked yet: a person may speak for them beforehand. */
export function Unasked({ except }: UnaskedProps) {
  const assessed = useQuery(assessedQuery)
  const me = useQuery(meQuery).data
  if (assessed.isError) return <ErrorState error={assessed.error} retry={() => void assessed.refetch()} />
  const models = (assessed.data?.items ?? [])
    .filter((model) => !except.has(model.digest))
    .sort((a, b) => a.updatedAt.localeCompare(b.updatedAt))
  if (models.length === 0 || !me) return null
  return (
    <section aria-labelledby="unasked" className="mt-4">
      <h2 id="unasked" className="font-semibold">
        Searched, and no gate was asked yet
      </h2>
      <p className="mb-3 text-sm text-quiet">
        {count(models.length, 'model')} that came in and that nobody has spoken for, the oldest first.
      </p>
      <ul className="panel divide-y divide-line">
        {models.map((model) => (
          <Waiting key={model.digest} model={model} me={me} />
        ))}
      </ul>
    </section>
  )
}

function Waiting({ model, me }: { readonly model: ModelSummary; readonly me: Me }) {
  const { dialog, open } = useWishDialog(model)
  const own = model.requestedBy === me.principal.id
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_11rem_8.5rem_14rem_auto] items-center gap-x-5 px-4 py-3">
      <div className="min-w-0">
        <h3 className="truncate text-base">
          <Link
            to="/models/$digest"
            params={{ digest: model.digest }}
            className="font-medium underline decoration-strong-line underline-offset-3 hover:decoration-ink"
          >
            {model.name}
          </Link>
        </h3>
        <p className="flex flex-wrap items-center gap-x-3 text-xs text-quiet">
          <Digest digest={model.digest} of={model.name} />
          <span>
            {count(model.fileCount, 'file')}, {showBytes(model.sizeBytes)}
          </span>
        </p>
      </div>
      <div className="flex flex-wrap items-center gap-1.5">
        <VerdictBadge verdict={model.verdict} />
        <StageBadge stage={model.stage} />
        {model.decision === undefined ? null : <OutcomeBadge outcome={model.decision.outcome} />}
      </div>
      <p className="text-xs text-quiet">
        <span className="flex items-center gap-1">
          <Icon name="clock" size={12} />
          <When at={model.updatedAt} />
        </span>
        <span className="mt-0.5 flex items-center gap-1" title={model.requestedBy}>
          <Icon name="person" size={12} />
          {own ? 'you' : <code>{shortId(model.requestedBy)}</code>}
        </span>
        <span className="tabular mt-0.5 flex items-center gap-1">
          <Icon name="hand" size={12} />
          {count(model.approvals, 'approval')}
        </span>
      </p>
      <Wanted model={model} />
      <div className="flex gap-2">
        <Button icon="hand" lockedBecause={lockOf('approve', model, me)} onClick={() => open('approve')}>
          Approve<span className="sr-only"> {model.name}</span>
        </Button>
        <Button icon="cross" lockedBecause={lockOf('reject', model, me)} onClick={() => open('reject')}>
          Reject<span className="sr-only"> {model.name}</span>
        </Button>
      </div>
      {dialog}
    </li>
  )
}

/** What the next gate still wants, approvals got and needed first among it. */
function Wanted({ model }: { readonly model: ModelSummary }) {
  const preview = useQuery(previewQuery(model))
  if (preview.isPending) return <span className="skeleton h-4 w-3/4" />
  if (preview.isError)
    return <p className="text-xs text-bad">The gate could not be asked: {preview.error.message}</p>
  const { reasons, stage, outcome } = preview.data
  const open = reasons.filter((reason) => reason.outcome !== 'allow')
  const first = open.find((reason) => reason.code.startsWith('approvals')) ?? open[0]
  return (
    <p className="text-xs">
      <span className="block text-quiet">{stage} gate, if asked now:</span>
      {first === undefined ? outcome : first.message}
      {open.length > 1 ? (
        <span className="text-quiet"> and {count(open.length - 1, 'more reason')}</span>
      ) : null}
    </p>
  )
}
