import { Fragment } from 'react'
import { Icon } from '../../parts/icon.tsx'
import { count } from '../../parts/show.ts'
import { STAGE_WORDS, STAGES, type Stage } from '../../parts/words.ts'

interface PipelineProps {
  readonly counts: Readonly<Record<Stage, number>>
  readonly chosen: Stage | undefined
  readonly onChoose: (stage: Stage | undefined) => void
}

/** The doors of the gate, by the stage that lies behind each. */
const DOORS: Readonly<Partial<Record<Stage, string>>> = {
  assessed: 'first door: assess',
  staging: 'second door: decide',
}

/** How many models stand where: the way through the gate as a picture, each stage a filter of the list. */
export function Pipeline({ counts, chosen, onChoose }: PipelineProps) {
  const most = Math.max(1, ...STAGES.map((stage) => counts[stage]))
  return (
    <fieldset className="panel flex items-stretch p-1.5">
      <legend className="sr-only">Models by stage; choose one to filter the list</legend>
      {STAGES.map((stage) => (
        <Fragment key={stage}>
          {stage === 'revoked' ? <span className="mx-2 border-l border-dashed border-strong-line" /> : null}
          {DOORS[stage] === undefined ? null : <Door label={DOORS[stage]} />}
          <button
            type="button"
            aria-pressed={chosen === stage}
            title={STAGE_WORDS[stage].help}
            onClick={() => onChoose(chosen === stage ? undefined : stage)}
            className={`min-w-0 flex-1 rounded-md px-3 py-2 text-left ${chosen === stage ? 'bg-accent-soft outline-2 -outline-offset-2 outline-accent' : 'hover:bg-sunken'}`}
          >
            <span className="flex items-center gap-1.5 text-xs text-quiet">
              <Icon name={STAGE_WORDS[stage].icon} size={12} />
              {stage}
            </span>
            <span className="tabular mt-0.5 block text-2xl font-semibold tracking-tight">
              {counts[stage]}
              <span className="sr-only"> {count(counts[stage], 'model').replace(/^\S+ /, '')}</span>
            </span>
            <Share part={counts[stage] / most} />
          </button>
        </Fragment>
      ))}
    </fieldset>
  )
}

function Share({ part }: { readonly part: number }) {
  return (
    <span className="mt-1 block h-1 overflow-hidden rounded-full bg-line" aria-hidden="true">
      <span className="block h-full rounded-full bg-quiet" style={{ width: `${part * 100}%` }} />
    </span>
  )
}

function Door({ label }: { readonly label: string }) {
  return (
    <span title={label} className="mx-1 flex flex-col items-center justify-center gap-1 px-1 text-accent">
      <Icon name="door" size={20} />
      <span className="sr-only">{label}</span>
    </span>
  )
}
