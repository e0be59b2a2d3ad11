import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { ApiError } from '../../api/client.ts'
import type { Me, ReviewDetail } from '../../api/contract.ts'
import { meQuery, modelQuery } from '../../api/queries.ts'
import { caseQuery } from '../../api/review-queries.ts'
import { Badge, OutcomeBadge, VerdictBadge } from '../../parts/badge.tsx'
import { PageTitle } from '../../parts/page-title.tsx'
import { Path } from '../../parts/path.tsx'
import { Empty, ErrorState, Loading } from '../../parts/states.tsx'
import { STATE_WORDS, shortSource, stateText } from '../review/case-words.ts'
import { Answers } from './answers.tsx'
import { CaseActions } from './case-actions.tsx'
import { CaseFindings } from './case-findings.tsx'
import { CaseSide } from './case-side.tsx'
import { Changes } from './changes.tsx'
import { Conversion } from './conversion.tsx'
import { Reasons } from './reasons.tsx'
import { Requests } from './requests.tsx'
import { Section } from './section.tsx'

/** The page of one case: all that a person needs to answer it, and the answer. */
export function CasePage() {
  const { digest } = useParams({ from: '/review/$digest' })
  const found = useQuery(caseQuery(digest))
  const me = useQuery(meQuery).data
  if (found.isPending || !me) return <Loading what="the case" />
  if (found.data === undefined && isUnknown(found.error)) return <NoCase digest={digest} />
  if (found.data === undefined) return <ErrorState error={found.error} retry={() => void found.refetch()} />
  return (
    <>
      {found.isError ? <ErrorState error={found.error} retry={() => void found.refetch()} /> : null}
      <Case one={found.data} me={me} />
    </>
  )
}

function isUnknown(error: unknown): boolean {
  return error instanceof ApiError && error.problem.status === 404
}

function NoCase({ digest }: { readonly digest: string }) {
  return (
    <Empty icon="question" title="No such case">
      <p className="break-all">No gate has refused this model or left it to a person: {digest}</p>
      <p className="flex gap-4">
        <Link to="/review" className="text-accent underline underline-offset-2">
          Review queue
        </Link>
        <Link to="/models/$digest" params={{ digest }} className="text-accent underline underline-offset-2">
          The model’s page
        </Link>
      </p>
    </Empty>
  )
}

function Case({ one, me }: { readonly one: ReviewDetail; readonly me: Me }) {
  const model = useQuery(modelQuery(one.digest))
  const findings = model.data?.assessment?.files.reduce((sum, file) => sum + file.findings.length, 0)
  return (
    <>
      <Path to="/review" above="Review queue" here={one.name} />
      <PageTitle title={one.name} lead={leadOf(one)}>
        <CaseActions one={one} me={me} />
      </PageTitle>
      <div className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-2 text-sm">
        <Badge word={STATE_WORDS[one.state]} text={stateText(one.state)} />
        <VerdictBadge verdict={one.verdict} />
        <span className="flex items-center gap-1.5 text-quiet">
          {one.stage} gate <OutcomeBadge outcome={one.outcome} />
        </span>
      </div>
      <Contents one={one} findings={findings} />
      <div className="grid grid-cols-[minmax(0,1fr)_19rem] items-start gap-6">
        <div className="flex min-w-0 flex-col gap-8">
          <Section
            id="why"
            title="Why it stopped"
            note="What the gate said when it was last asked, and what to do about it."
          >
            <Reasons reasons={one.reasons} />
            <Conversion one={one} me={me} />
          </Section>
          <Section id="changes" title="What is different" note={noteOfChanges(one)}>
            <Changes one={one} />
          </Section>
          <Section
            id="findings"
            title="What was found"
            note="What the search of its files came to, the worst first."
          >
            <CaseFindings model={model} me={me} />
          </Section>
          <Section
            id="requests"
            title="Who asked"
            note="Everyone who came for it through a gate, from the first time to the last."
          >
            <Requests one={one} />
          </Section>
          <Section
            id="answers"
            title="Answers so far"
            note="Each is a sealed statement; the newest stands first."
          >
            <Answers one={one} />
          </Section>
        </div>
        <CaseSide one={one} me={me} />
      </div>
    </>
  )
}

function leadOf({ source, stage }: ReviewDetail): string {
  return `${source === undefined ? 'Imported by hand' : `From ${shortSource(source)}`}, wanted for ${stage}.`
}

function noteOfChanges({ previous }: ReviewDetail): string {
  return previous === undefined
    ? 'No revision of it was approved before, so there is nothing to compare it with.'
    : `Against ${previous.name}, the last revision that was approved.`
}

interface ContentsProps {
  readonly one: ReviewDetail
  readonly findings: number | undefined
}

/** To the parts of this page, with how much there is in each; it stays in sight. */
function Contents({ one, findings }: ContentsProps) {
  const against = one.reasons.filter(({ outcome }) => outcome !== 'allow').length
  const parts: readonly (readonly [string, string, number | undefined])[] = [
    ['why', 'Why it stopped', against],
    ['changes', 'What is different', undefined],
    ['findings', 'What was found', findings],
    ['requests', 'Who asked', one.requesters.length],
    ['answers', 'Answers', one.answers.length],
  ]
  return (
    <nav
      aria-label="On this page"
      className="sticky top-0 z-10 mb-5 flex gap-x-1 border-b border-line bg-canvas pt-1"
    >
      {parts.map(([id, text, many]) => (
        <a
          key={id}
          href={`#${id}`}
          className="px-2.5 py-1.5 text-sm font-medium whitespace-nowrap text-quiet hover:text-ink"
        >
          {text}
          {many === undefined ? null : <span className="tabular ml-1.5 text-xs font-normal">{many}</span>}
        </a>
      ))}
    </nav>
  )
}
