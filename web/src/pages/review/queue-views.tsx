import { Fragment } from 'react'
import { Icon, type IconName } from '../../parts/icon.tsx'
import { VIEWS, type View } from './queue-filter.ts'

interface QueueViewsProps {
  readonly counts: Readonly<Record<View, number>>
  readonly chosen: View
  readonly onChoose: (view: View) => void
}

interface Look {
  readonly icon: IconName
  /** Of the figure when it is not 0. */
  readonly tone: string
  readonly help: string
}

const LOOKS: Readonly<Record<View, Look>> = {
  waiting: { icon: 'clock', tone: 'text-ink', help: 'Open, or with changes asked for.' },
  overdue: { icon: 'alert', tone: 'text-bad', help: 'The deadline has passed and nobody has answered.' },
  'changes asked': { icon: 'undo', tone: 'text-ink', help: 'Whoever asked for it has the next word.' },
  approved: { icon: 'check', tone: 'text-ink', help: 'People spoke for it.' },
  rejected: { icon: 'cross', tone: 'text-ink', help: 'A reviewer refused it.' },
  lapsed: { icon: 'question', tone: 'text-ink', help: 'Nobody needs an answer any more.' },
}

/** How many cases stand where, each figure a view of the list: what waits on the left, what was answered on the right. */
export function QueueViews({ counts, chosen, onChoose }: QueueViewsProps) {
  return (
    <fieldset className="panel flex items-stretch p-1.5">
      <legend className="sr-only">Cases by state; choose one to filter the list</legend>
      {VIEWS.map((view) => (
        <Fragment key={view}>
          {view === 'approved' ? (
            <span aria-hidden="true" className="mx-2 border-l border-dashed border-strong-line" />
          ) : null}
          <button
            type="button"
            aria-pressed={chosen === view}
            title={LOOKS[view].help}
            onClick={() => onChoose(view)}
            className={`min-w-0 flex-1 rounded-md px-3 py-2 text-left ${chosen === view ? 'bg-accent-soft outline-2 -outline-offset-2 outline-accent' : 'hover:bg-sunken'}`}
          >
            <span className="flex items-center gap-1.5 text-xs whitespace-nowrap text-quiet">
              <Icon name={LOOKS[view].icon} size={12} />
              {view}
            </span>
            <span
              className={`tabular mt-0.5 block text-2xl font-semibold tracking-tight ${counts[view] === 0 ? 'text-quiet' : LOOKS[view].tone}`}
            >
              {counts[view]}
            </span>
          </button>
        </Fragment>
      ))}
    </fieldset>
  )
}
