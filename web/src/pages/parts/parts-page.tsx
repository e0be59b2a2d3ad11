import { type ReactNode, useState } from 'react'
import { ApiError } from '../../api/client.ts'
import { Badge, OutcomeBadge, SeverityBadge, StageBadge, VerdictBadge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Code, Command } from '../../parts/code.tsx'
import { CoverageBar } from '../../parts/coverage-bar.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Digest } from '../../parts/digest.tsx'
import { Mark } from '../../parts/mark.tsx'
import { PageTitle } from '../../parts/page-title.tsx'
import { Empty, ErrorState, Loading } from '../../parts/states.tsx'
import { useToast } from '../../parts/toast.tsx'
import {
  KIND_WORDS,
  OUTCOME_WORDS,
  type Outcome,
  SEVERITY_WORDS,
  type Severity,
  STAGES,
  VERDICT_WORDS,
  type Verdict,
} from '../../parts/words.ts'
import { FindingCard } from '../model/findings.tsx'
import { Stepper } from '../model/stepper.tsx'
import { Pipeline } from '../models/pipeline.tsx'
import { Colours } from './colours.tsx'
import { EXAMPLE_COUNTS, EXAMPLE_COVERAGE, EXAMPLE_FINDING, EXAMPLE_PROBLEM } from './examples.ts'

/** The design language on one page: every part that the console is made of, in every state. */
export function PartsPage() {
  return (
    <>
      <PageTitle
        title="Parts"
        lead="The design language of the console. Pages are made of these and of nothing else."
      />
      <div className="flex flex-col gap-9">
        <Part
          name="Type"
          note="The system’s fonts; six sizes; figures of equal width in tables; digests in monospace."
        >
          <Type />
        </Part>
        <Part
          name="Colour roles"
          note="Roles, not colours: each has a light and a dark value. Ratios are computed here, now."
        >
          <Colours />
        </Part>
        <Part name="Space" note="A grid of 4 px. Inside a part 4 to 12, between parts 16 to 24.">
          <Space />
        </Part>
        <Part
          name="Buttons"
          note="One primary per page. A locked one can be focused, and says why it is locked."
        >
          <Buttons />
        </Part>
        <Part
          name="Words"
          note="Stage, verdict, outcome, severity, kind. An icon and the word, on a ground of the tone: never colour alone."
        >
          <Words />
        </Part>
        <Part
          name="Pictures"
          note="The way through the gate, for all models and for one; how much of a file was read."
        >
          <Pictures />
        </Part>
        <Part name="Finding" note="What was seen, where, what loading would run, what to do.">
          <FindingCard
            finding={EXAMPLE_FINDING}
            lockedBecause="This is an example."
            onWaive={() => undefined}
          />
        </Part>
        <Part
          name="States"
          note="Empty says what to do next; loading has the shape of what comes; an error says what, where, and how to go on."
        >
          <States />
        </Part>
        <Part
          name="Code and mark"
          note="Long lines scroll inside their block. The mark: a gate of two doors, never both open."
        >
          <div className="flex flex-col items-start gap-3">
            <div className="w-full">
              <Code label="An example of code">{"posix.system('id > /tmp/pwned')"}</Code>
            </div>
            <Command>sallyport verify ./model</Command>
            <Digest digest={`sha256:${'5e'.repeat(32)}`} of="the example" />
            <Mark size={56} />
          </div>
        </Part>
      </div>
    </>
  )
}

function Part({
  name,
  note,
  children,
}: {
  readonly name: string
  readonly note: string
  readonly children: ReactNode
}) {
  const id = `part-${name.toLowerCase().replaceAll(' ', '-')}`
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="text-lg font-semibold">
        {name}
      </h2>
      <p className="mb-3 max-w-prose text-sm text-quiet">{note}</p>
      {children}
    </section>
  )
}

const SIZES = [
  ['text-2xl', '26 / 32', 'figures'],
  ['text-xl', '20 / 28', 'page titles'],
  ['text-lg', '16 / 24', 'section titles'],
  ['text-base', '14 / 22', 'text'],
  ['text-sm', '13 / 20', 'tables, controls'],
  ['text-xs', '12 / 18', 'what stands beside'],
] as const

function Type() {
  return (
    <div className="panel divide-y divide-line">
      {SIZES.map(([size, measure, use]) => (
        <p key={size} className="flex items-baseline gap-6 px-4 py-2">
          <span className="tabular w-16 text-xs text-quiet">{measure}</span>
          <span className={size}>The model that gets deployed is the model that was approved</span>
          <span className="ml-auto text-xs text-quiet">{use}</span>
        </p>
      ))}
    </div>
  )
}

function Space() {
  return (
    <ul className="flex items-end gap-5 text-xs text-quiet">
      {[4, 8, 12, 16, 24, 36].map((pixels) => (
        <li key={pixels} className="tabular flex flex-col items-center gap-1">
          <span aria-hidden="true" className="block bg-accent" style={{ width: pixels, height: pixels }} />
          {pixels}
        </li>
      ))}
    </ul>
  )
}

function Buttons() {
  const toast = useToast()
  const [open, setOpen] = useState(false)
  return (
    <div className="flex flex-wrap gap-2">
      <Button look="primary" icon="hand" onClick={() => setOpen(true)}>
        Open a dialog
      </Button>
      <Button icon="copy" onClick={() => toast({ tone: 'good', text: 'This is how good news looks.' })}>
        Good news
      </Button>
      <Button
        look="danger"
        icon="undo"
        onClick={() => toast({ tone: 'bad', text: 'Bad news stays until it is closed.' })}
      >
        Bad news
      </Button>
      <Button look="quiet">Quiet</Button>
      <Button busy>Busy</Button>
      <Button lockedBecause="This needs the role reviewer; you are signed in as viewer.">Locked</Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="A dialog"
        description="Focus stays inside; Escape closes it and gives focus back."
      >
        <div className="flex justify-end">
          <Button onClick={() => setOpen(false)}>Close</Button>
        </div>
      </Dialog>
    </div>
  )
}

function Words() {
  const verdicts = Object.keys(VERDICT_WORDS) as Verdict[]
  const outcomes = Object.keys(OUTCOME_WORDS) as Outcome[]
  const severities = Object.keys(SEVERITY_WORDS) as Severity[]
  const kinds = Object.keys(KIND_WORDS) as (keyof typeof KIND_WORDS)[]
  const rows: readonly (readonly [string, ReactNode])[] = [
    ['stage', STAGES.map((stage) => <StageBadge key={stage} stage={stage} />)],
    ['verdict', verdicts.map((verdict) => <VerdictBadge key={verdict} verdict={verdict} />)],
    ['outcome', outcomes.map((outcome) => <OutcomeBadge key={outcome} outcome={outcome} />)],
    ['severity', severities.map((severity) => <SeverityBadge key={severity} severity={severity} />)],
    ['kind', kinds.map((kind) => <Badge key={kind} word={KIND_WORDS[kind]} text={kind} />)],
  ]
  return (
    <dl className="grid grid-cols-[6rem_1fr] gap-y-2 text-sm">
      {rows.map(([name, badges]) => (
        <div key={name} className="contents">
          <dt className="text-quiet">{name}</dt>
          <dd className="flex flex-wrap gap-2">{badges}</dd>
        </div>
      ))}
    </dl>
  )
}

function Pictures() {
  return (
    <div className="flex flex-col gap-4">
      <Pipeline counts={EXAMPLE_COUNTS} chosen="approved" onChoose={() => undefined} />
      <Stepper stage="approved" />
      <Stepper stage="revoked" />
      <div className="flex gap-8">
        {EXAMPLE_COVERAGE.map((coverage) => (
          <CoverageBar key={coverage.path} coverage={coverage} />
        ))}
      </div>
    </div>
  )
}

function States() {
  return (
    <div className="grid grid-cols-3 items-start gap-4">
      <Empty title="No model has come in yet">
        <Command>sallyport import ./model</Command>
      </Empty>
      <Loading what="an example" />
      <ErrorState error={new ApiError(EXAMPLE_PROBLEM)} retry={() => undefined} />
    </div>
  )
}
