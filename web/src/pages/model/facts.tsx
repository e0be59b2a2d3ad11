import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Decision, ModelDetail } from '../../api/contract.ts'
import { queueQuery } from '../../api/review-queries.ts'
import { OutcomeBadge } from '../../parts/badge.tsx'
import { CaseLink } from '../../parts/case-link.tsx'
import { Digest } from '../../parts/digest.tsx'
import { count, shortId, showBytes } from '../../parts/show.ts'
import { useNow, When } from '../../parts/when.tsx'

/** What is always wanted beside a model: where its gates stand, and its identity. */
export function Facts({ model }: { readonly model: ModelDetail }) {
  return (
    <aside aria-label="Gates and identity" className="flex flex-col gap-4">
      <section aria-labelledby="gates" className="panel p-4">
        <h2 id="gates" className="eyebrow mb-2">
          Gates
        </h2>
        <div className="flex flex-col gap-3">
          <Gate model={model} stage="staging" />
          <Gate model={model} stage="production" />
        </div>
      </section>
      <section aria-labelledby="identity" className="panel p-4">
        <h2 id="identity" className="eyebrow mb-2">
          Identity
        </h2>
        <dl className="grid grid-cols-[6rem_minmax(0,1fr)] gap-x-2 gap-y-1.5 text-sm">
          <Fact name="Digest">
            <Digest digest={model.digest} of={model.name} />
          </Fact>
          <Fact name="OMS root">
            <Digest digest={model.omsRoot} of={`${model.name} (OMS root)`} />
          </Fact>
          <Fact name="Content">
            {count(model.fileCount, 'file')}, {showBytes(model.sizeBytes)}
          </Fact>
          <Fact name="Imported">
            <When at={model.importedAt} />
          </Fact>
          <Fact name="Asked by">
            <code title={model.requestedBy}>{shortId(model.requestedBy)}</code>
          </Fact>
          <Fact name="Approvals">{model.approvals}</Fact>
          <CaseFact model={model} />
          {model.waivers.length === 0 ? null : (
            <Fact name="Waivers">
              {model.waivers.map((waiver) => (
                <span key={waiver.ruleId} className="block" title={waiver.reason}>
                  <code className="break-all">{waiver.ruleId}</code> ends <When at={waiver.until} />
                </span>
              ))}
            </Fact>
          )}
        </dl>
      </section>
    </aside>
  )
}

function CaseFact({ model }: { readonly model: ModelDetail }) {
  const isCased = useQuery(queueQuery).data?.cases.some(({ digest }) => digest === model.digest) === true
  if (!isCased) return null
  return (
    <Fact name="Review">
      <CaseLink digest={model.digest} of={model.name} />
    </Fact>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-quiet">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  )
}

function Gate({ model, stage }: { readonly model: ModelDetail; readonly stage: Decision['stage'] }) {
  const now = useNow()
  const decision = model.decisions
    .filter((one) => one.stage === stage)
    .reduce<Decision | undefined>(
      (last, one) => (last === undefined || one.decidedAt > last.decidedAt ? one : last),
      undefined,
    )
  const against = decision?.reasons.find(
    (reason) => reason.outcome === decision.outcome && reason.outcome !== 'allow',
  )
  return (
    <div className="text-sm">
      <p className="flex items-center justify-between gap-2">
        <span className="font-medium">{stage}</span>
        {decision === undefined ? (
          <span className="text-xs text-quiet">not asked yet</span>
        ) : (
          <OutcomeBadge outcome={decision.outcome} />
        )}
      </p>
      {decision === undefined ? null : (
        <p className={`text-xs ${Date.parse(decision.expiresAt) <= now ? 'text-warn' : 'text-quiet'}`}>
          {Date.parse(decision.expiresAt) <= now ? 'expired ' : 'expires '}
          <When at={decision.expiresAt} />
        </p>
      )}
      {against === undefined ? null : <p className="mt-1 text-xs break-words">{against.message}</p>}
      {decision === undefined ? null : (
        <Link
          to="/models/$digest"
          params={{ digest: model.digest }}
          search={{ tab: 'decisions' }}
          className="text-xs text-accent underline underline-offset-2"
        >
          all {count(decision.reasons.length, 'reason')}
          <span className="sr-only"> of the {stage} gate</span>
        </Link>
      )}
    </div>
  )
}
