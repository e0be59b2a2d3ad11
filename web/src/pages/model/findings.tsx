import type { Finding, Me, ModelDetail } from '../../api/contract.ts'
import { SeverityBadge, VerdictBadge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Code, Command } from '../../parts/code.tsx'
import { Icon } from '../../parts/icon.tsx'
import { count } from '../../parts/show.ts'
import { Empty } from '../../parts/states.tsx'
import { When } from '../../parts/when.tsx'
import { SEVERITY_WORDS, type Severity, VERDICT_WORDS } from '../../parts/words.ts'
import { useWishDialog } from './actions.tsx'
import { lockOf } from './locks.ts'
import { linkOf } from './taxonomy.ts'

interface FindingsProps {
  readonly model: ModelDetail
  readonly me: Me
  /** How many are shown, the worst; absent: all. */
  readonly most?: number | undefined
}

const ORDER = Object.keys(SEVERITY_WORDS) as readonly Severity[]

/** What was seen, worst first, in words a person can act on. */
export function Findings({ model, me, most }: FindingsProps) {
  const { assessment } = model
  const { dialog, open } = useWishDialog(model)
  if (assessment === undefined)
    return (
      <Empty icon="lock" title="Nothing has looked at this model yet">
        <p>It is held in quarantine, and counts as undecided until it has been assessed.</p>
        <Command>sallyport assess {model.digest}</Command>
      </Empty>
    )
  const findings = assessment.files
    .flatMap((file) => file.findings)
    .sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity))
  return (
    <div className="flex flex-col gap-3">
      <p className="text-sm text-quiet">
        {count(findings.length, 'finding')} in {count(assessment.files.length, 'file')}, by assessor{' '}
        <code>{assessment.assessor.assessor}</code> {assessment.assessor.version},{' '}
        <When at={assessment.finishedAt} />.
      </p>
      {findings.length === 0 ? <NoFindings verdict={assessment.verdict} /> : null}
      <ul className="flex flex-col gap-3">
        {findings.slice(0, most).map((finding) => (
          <li key={`${finding.fingerprint} ${finding.location.path} ${finding.location.offset ?? ''}`}>
            <FindingCard
              finding={finding}
              waived={model.waivers.find((waiver) => waiver.ruleId === finding.ruleId)?.until}
              lockedBecause={lockOf('waive', model, me)}
              onWaive={() => open('waive', finding.ruleId)}
            />
          </li>
        ))}
      </ul>
      {dialog}
    </div>
  )
}

function NoFindings({ verdict }: { readonly verdict: ModelDetail['verdict'] }) {
  return (
    <Empty
      icon={VERDICT_WORDS[verdict].icon}
      title={verdict === 'clean' ? 'No rule objects' : `Verdict: ${verdict}`}
    >
      <p>{VERDICT_WORDS[verdict].help}</p>
      {verdict === 'clean' ? null : <p>The files page says which part was not read, and why.</p>}
    </Empty>
  )
}

interface FindingCardProps {
  readonly finding: Finding
  readonly waived?: string | undefined
  readonly lockedBecause: string | undefined
  readonly onWaive: () => void
}

/** One finding: what, where, the call it would make, and what to do about it. */
export function FindingCard({ finding, waived, lockedBecause, onWaive }: FindingCardProps) {
  return (
    <article className="panel p-4">
      <div className="flex items-start justify-between gap-4">
        <div className="min-w-0">
          <h3 className="font-semibold">{finding.title}</h3>
          <Where finding={finding} />
        </div>
        <div className="flex shrink-0 items-center gap-2">
          <SeverityBadge severity={finding.severity} />
          <VerdictBadge verdict={finding.verdict} />
        </div>
      </div>
      <p className="mt-2 text-sm break-words">{finding.message}</p>
      {finding.call === undefined ? null : (
        <div className="mt-3">
          <p className="eyebrow mb-1">Loading the file would run</p>
          <Code label={`Python call found by ${finding.ruleId}`}>{finding.call}</Code>
        </div>
      )}
      <p className="mt-3 text-sm break-words">
        <strong className="font-medium">What to do: </strong>
        {finding.remedy}
      </p>
      <Context finding={finding} />
      <div className="mt-3 flex items-center justify-between gap-4 border-t border-line pt-2.5">
        <Ids finding={finding} />
        {waived === undefined ? (
          <Button look="quiet" lockedBecause={lockedBecause} onClick={onWaive}>
            Waive
          </Button>
        ) : (
          <span className="text-xs text-warn">
            waived, ends <When at={waived} />
          </span>
        )}
      </div>
    </article>
  )
}

function Where({ finding }: { readonly finding: Finding }) {
  const { path, members = [], offset } = finding.location
  return (
    <p className="mt-0.5 flex flex-wrap items-center gap-x-1.5 text-xs text-quiet">
      {[path, ...members].map((part, depth) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the depth is what tells two members of one name apart
        <span key={`${depth} ${part}`} className="flex items-center gap-1.5 break-all">
          {depth === 0 ? <Icon name="file" size={12} /> : '›'}
          <code>{part}</code>
        </span>
      ))}
      {offset === undefined ? null : <span className="tabular">› byte {offset.toLocaleString('en')}</span>}
    </p>
  )
}

function Context({ finding }: { readonly finding: Finding }) {
  if (finding.context === undefined || finding.context.length === 0) return null
  return (
    <details className="group mt-3 text-sm">
      <summary className="inline-flex list-none items-center gap-1 rounded-sm text-xs text-quiet hover:text-ink">
        <Icon name="right" size={11} className="transition-transform group-open:rotate-90" />
        Opcodes around the place ({finding.context.length})
      </summary>
      <div className="mt-1.5 text-xs">
        <Code label={`Opcodes around the finding of ${finding.ruleId}`}>{finding.context.join('\n')}</Code>
      </div>
    </details>
  )
}

function Ids({ finding }: { readonly finding: Finding }) {
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-quiet">
      <code>{finding.ruleId}</code>
      {finding.taxonomy.map((id) => {
        const link = linkOf(id)
        return link === undefined ? (
          <code key={id}>{id}</code>
        ) : (
          <a
            key={id}
            href={link}
            rel="noreferrer"
            target="_blank"
            className="text-accent underline underline-offset-2"
          >
            {id}
          </a>
        )
      })}
    </p>
  )
}
