import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Decision, ModelDetail } from '../../api/contract.ts'
import { explanationQuery } from '../../api/queries.ts'
import { Badge, OutcomeBadge } from '../../parts/badge.tsx'
import { Digest } from '../../parts/digest.tsx'
import { count, showTime } from '../../parts/show.ts'
import { Empty, ErrorState, Loading } from '../../parts/states.tsx'
import { useNow, When } from '../../parts/when.tsx'
import { KIND_WORDS } from '../../parts/words.ts'

/** Every decision about the model, newest first, the newest of each stage with all its reasons. */
export function Decisions({ model }: { readonly model: ModelDetail }) {
  const decisions = [...model.decisions].sort((a, b) => b.decidedAt.localeCompare(a.decidedAt))
  if (decisions.length === 0)
    return (
      <Empty icon="scale" title="No gate has been asked yet">
        A decision is made when someone asks to promote the model, or a deployment asks whether it may load.
      </Empty>
    )
  return (
    <div className="flex flex-col gap-4">
      {decisions.map((decision, place) => (
        <DecisionCard key={decision.id} decision={decision} open={place === 0} />
      ))}
    </div>
  )
}

const ORDER = { deny: 0, review: 1, allow: 2 } as const

/** One decision: what followed from what, until when. */
function DecisionCard({ decision, open }: { readonly decision: Decision; readonly open: boolean }) {
  const past = Date.parse(decision.expiresAt) <= useNow()
  const reasons = [...decision.reasons].sort((a, b) => ORDER[a.outcome] - ORDER[b.outcome])
  return (
    <details open={open} className="panel group">
      <summary className="flex list-none items-center gap-3 px-4 py-3">
        <OutcomeBadge outcome={decision.outcome} />
        <h3 className="font-semibold">{decision.stage} gate</h3>
        <span className={`text-xs ${past ? 'text-warn' : 'text-quiet'}`}>
          {past ? 'expired ' : 'expires '}
          <When at={decision.expiresAt} />
        </span>
        <span className="grow" />
        <span className="text-xs text-quiet">
          {count(reasons.length, 'reason')}, decided {showTime(decision.decidedAt)}
        </span>
      </summary>
      <ul className="divide-y divide-line border-t border-line">
        {reasons.map((reason) => (
          <ReasonRow key={`${reason.code} ${reason.message}`} reason={reason} />
        ))}
      </ul>
      <p className="flex flex-wrap items-center gap-x-4 border-t border-line px-4 py-2 text-xs text-quiet">
        <span>
          policy <code>{decision.policy.name}</code>
        </span>
        <Digest digest={decision.policy.digest} of={`the policy ${decision.policy.name}`} />
        <span>
          decision <code>{decision.id}</code>
        </span>
      </p>
      <Behind decision={decision} />
    </details>
  )
}

function ReasonRow({ reason }: { readonly reason: Decision['reasons'][number] }) {
  return (
    <li className="grid grid-cols-[4.5rem_minmax(0,1fr)] gap-x-3 px-4 py-2.5 text-sm">
      <span>
        <OutcomeBadge outcome={reason.outcome} />
      </span>
      <div className="min-w-0">
        <p className="break-words">{reason.message}</p>
        {reason.nextStep === undefined ? null : (
          <p className="mt-0.5 break-words text-quiet">
            <strong className="font-medium text-ink">Next: </strong>
            {reason.nextStep}
          </p>
        )}
        <p className="text-xs text-quiet">
          <code>{reason.code}</code>
          {reason.statements.length === 0 ? null : (
            <> · rests on {count(reason.statements.length, 'statement')}</>
          )}
        </p>
      </div>
    </li>
  )
}

/** The statements that a decision read, opened only when asked for. */
function Behind({ decision }: { readonly decision: Decision }) {
  return (
    <details className="border-t border-line px-4 py-2 text-sm">
      <summary className="text-xs text-quiet hover:text-ink">
        Every statement behind it ({decision.inputs.length})
      </summary>
      <BehindList id={decision.id} />
    </details>
  )
}

function BehindList({ id }: { readonly id: string }) {
  const explanation = useQuery(explanationQuery(id))
  if (explanation.isPending) return <Loading what="the statements" rows={2} />
  if (explanation.isError)
    return <ErrorState error={explanation.error} retry={() => void explanation.refetch()} />
  return (
    <ul className="mt-2 flex flex-col gap-1.5">
      {explanation.data.statements.map((statement) => (
        <li key={statement.statement} className="flex items-baseline gap-3">
          <Badge word={KIND_WORDS[statement.kind]} text={statement.kind} />
          <span className="min-w-0 grow break-words">{statement.summary}</span>
          <Link
            to="/ledger"
            search={{ entry: statement.index }}
            className="text-xs whitespace-nowrap text-accent underline underline-offset-2"
          >
            entry {statement.index}
          </Link>
        </li>
      ))}
    </ul>
  )
}
