import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { meQuery } from '../../api/queries.ts'
import { type Queue, queueQuery } from '../../api/review-queries.ts'
import { Icon } from '../../parts/icon.tsx'
import { PageTitle } from '../../parts/page-title.tsx'
import { count } from '../../parts/show.ts'
import { Empty, ErrorState, Loading } from '../../parts/states.tsx'
import { countViews, OWNERS, type Owner, type QueueSearch, sortView, type View } from './queue-filter.ts'
import { QueueTable } from './queue-table.tsx'
import { QueueViews } from './queue-views.tsx'
import { Unasked } from './unasked.tsx'

/** What was refused or is for a person: who asked, why it stopped, who answers until when. */
export function ReviewPage() {
  const queue = useQuery(queueQuery)
  return (
    <>
      <PageTitle
        title="Review queue"
        lead="What a gate refused or left to a person. Every answer is sealed under the name of whoever gave it."
      >
        <Link to="/policy" className="shrink-0 text-sm text-accent underline underline-offset-2">
          The policy in sentences
        </Link>
      </PageTitle>
      {queue.isPending ? <Loading what="the queue" /> : null}
      {queue.isError && queue.data === undefined ? (
        <ErrorState error={queue.error} retry={() => void queue.refetch()} />
      ) : null}
      {queue.data === undefined ? null : <Cases queue={queue.data} failed={queue.error} />}
    </>
  )
}

interface CasesProps {
  readonly queue: Queue
  /** Why the last look failed, when it did: what is shown is then old. */
  readonly failed: Error | null
}

function Cases({ queue, failed }: CasesProps) {
  const search = useSearch({ from: '/review' })
  const me = useQuery(meQuery).data?.principal.id ?? ''
  const { view = 'waiting', owner = 'anyone', text = '' } = search
  const { those, counts } = useMemo(
    () => countViews(queue.cases, { owner, text }, me),
    [queue.cases, owner, text, me],
  )
  const shown = useMemo(() => sortView(those, view), [those, view])
  const choose = useChoose(search)
  const cased = useMemo(() => new Set(queue.cases.map(({ digest }) => digest)), [queue.cases])
  if (queue.cases.length === 0)
    return (
      <>
        <NothingYet />
        <Unasked except={cased} />
      </>
    )
  return (
    <div className="flex flex-col gap-4">
      <QueueViews counts={counts} chosen={view} onChoose={(next) => choose({ view: next })} />
      {failed === null ? null : <ErrorState error={failed} />}
      <div className="flex flex-wrap items-center gap-3">
        <Search text={text} onText={(next) => choose({ text: next })} />
        <OwnerChoice owner={owner} onOwner={(next) => choose({ owner: next })} />
        <p role="status" className="tabular text-sm text-quiet">
          {shown.length === those.length
            ? count(shown.length, 'case')
            : `${shown.length} of ${count(those.length, 'case')}`}
          {queue.more ? ', and older ones that are not shown' : ''}
        </p>
      </div>
      {shown.length === 0 ? <NoneHere view={view} owner={owner} text={text} /> : <QueueTable cases={shown} />}
      {view === 'waiting' && owner === 'anyone' && text === '' ? <Unasked except={cased} /> : null}
    </div>
  )
}

function useChoose(search: QueueSearch) {
  const navigate = useNavigate()
  return (part: QueueSearch) =>
    void navigate({ to: '/review', search: { ...search, ...part }, replace: true, resetScroll: false })
}

function Search({ text, onText }: { readonly text: string; readonly onText: (text: string) => void }) {
  return (
    <search className="relative">
      <label>
        <span className="sr-only">
          Search the queue by name, digest, source, publisher, licence or reason
        </span>
        <Icon name="search" className="absolute top-2.5 left-2.5 text-quiet" />
        <input
          type="search"
          value={text}
          maxLength={300}
          onChange={(event) => onText(event.target.value)}
          placeholder="Name, publisher, reason …"
          className="field w-72 pl-8"
        />
      </label>
    </search>
  )
}

const OWNER_TEXT: Readonly<Record<Owner, string>> = {
  anyone: 'All',
  me: 'Mine',
  nobody: 'Nobody’s yet',
}

interface OwnerChoiceProps {
  readonly owner: Owner
  readonly onOwner: (owner: Owner) => void
}

function OwnerChoice({ owner, onOwner }: OwnerChoiceProps) {
  return (
    <fieldset className="flex items-center rounded-md border border-line bg-surface p-0.5">
      <legend className="sr-only">Whose cases</legend>
      {OWNERS.map((one) => (
        <button
          key={one}
          type="button"
          aria-pressed={owner === one}
          onClick={() => onOwner(one)}
          className={`rounded-sm px-2.5 py-0.5 text-sm ${owner === one ? 'bg-accent-soft font-medium text-ink' : 'text-quiet hover:text-ink'}`}
        >
          {OWNER_TEXT[one]}
        </button>
      ))}
    </fieldset>
  )
}

function NothingYet() {
  return (
    <Empty icon="door" title="Nothing waits between the doors">
      <p>
        A model appears here when a gate refuses it or leaves it to a person: a download through the hub, a
        promotion, a registration. The case names who asked and why it stopped, and has a day by which someone
        answers.
      </p>
      <p>
        <Link to="/hub" className="text-accent underline underline-offset-2">
          How to put the hub behind the gate
        </Link>
      </p>
    </Empty>
  )
}

const NONE: Readonly<Record<View, string>> = {
  waiting: 'Nobody is waiting',
  overdue: 'Nothing is overdue',
  'changes asked': 'No changes are asked for',
  approved: 'Nothing was approved',
  rejected: 'Nothing was rejected',
  lapsed: 'Nothing has lapsed',
}

interface NoneHereProps {
  readonly view: View
  readonly owner: Owner
  readonly text: string
}

function NoneHere({ view, owner, text }: NoneHereProps) {
  const narrowed = owner !== 'anyone' || text !== ''
  return (
    <Empty icon={narrowed ? 'search' : 'check'} title={narrowed ? 'No case matches' : NONE[view]}>
      {narrowed
        ? 'Look at everyone’s cases, choose another view above, or search for less.'
        : 'Choose another view above to see what was answered before.'}
    </Empty>
  )
}
