import { useEffect, useState } from 'react'
import { Button } from '../../parts/button.tsx'
import { Icon } from '../../parts/icon.tsx'
import { showBytes } from '../../parts/show.ts'
import { showDuration } from '../run/show-run.ts'
import type { Step } from './use-import.ts'

type Working = Exclude<Step, { readonly kind: 'choosing' | 'failed' }>

const STEPS = ['sending', 'taking-in', 'assessing'] as const
const WORDS: Readonly<Record<(typeof STEPS)[number], { readonly name: string; readonly help: string }>> = {
  sending: { name: 'Sending', help: 'The bytes leave this browser as they are on your disk.' },
  'taking-in': { name: 'Taking in', help: 'Every file is hashed and stored; archives are opened.' },
  assessing: { name: 'Assessing', help: 'The files are searched. Nothing in them is run.' },
}

interface UnderWayProps {
  readonly step: Working
  readonly isFromHere: boolean
  readonly onCancel: () => void
}

/** How far it is: bytes while it is sent, the time since while the platform works. */
export function UnderWay({ step, isFromHere, onCancel }: UnderWayProps) {
  useWarningOnLeave()
  const steps = STEPS.filter((kind) => isFromHere || kind !== 'sending')
  const at = steps.indexOf(step.kind)
  return (
    <section aria-label="Under way" className="panel flex flex-col gap-5 p-5">
      {/* Steps are told aloud as they come; bytes and seconds are not. */}
      <p role="status" className="sr-only">
        {WORDS[step.kind].name}. {WORDS[step.kind].help}
      </p>
      <ol className="flex flex-col gap-3">
        {steps.map((kind, place) => (
          <li key={kind} className="flex gap-3" aria-current={place === at ? 'step' : undefined}>
            <StepMark state={place < at ? 'done' : place === at ? 'now' : 'later'} />
            <div className="min-w-0 grow">
              <p className={place === at ? 'font-semibold' : 'text-quiet'}>
                {WORDS[kind].name}
                {place < at ? <span className="sr-only"> (done)</span> : null}
              </p>
              {place === at ? <p className="text-sm text-quiet">{WORDS[kind].help}</p> : null}
              {place === at ? <Progress step={step} /> : null}
            </div>
          </li>
        ))}
      </ol>
      {step.kind === 'sending' ? (
        <div>
          <Button look="danger" icon="cross" onClick={onCancel}>
            Cancel
          </Button>
        </div>
      ) : null}
    </section>
  )
}

function StepMark({ state }: { readonly state: 'done' | 'now' | 'later' }) {
  if (state === 'done')
    return (
      <span className="mt-0.5 grid size-5 place-items-center rounded-full bg-good-soft text-good">
        <Icon name="check" size={11} />
      </span>
    )
  return (
    <span
      aria-hidden="true"
      className={`mt-0.5 size-5 rounded-full border-2 ${state === 'now' ? 'border-accent' : 'border-line'}`}
    />
  )
}

function Progress({ step }: { readonly step: Working }) {
  const passed = usePassed(step.startedAt)
  if (step.kind !== 'sending')
    return <p className="tabular mt-1 text-sm">{inSeconds(passed)} so far. A large model takes minutes.</p>
  const { sentBytes, totalBytes } = step
  const share = totalBytes === 0 ? 0 : sentBytes / totalBytes
  return (
    <div className="mt-2 flex flex-col gap-1.5">
      <div
        role="progressbar"
        aria-label="Sent"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(share * 100)}
        aria-valuetext={`${showBytes(sentBytes)} of ${showBytes(totalBytes)}`}
        className="h-2 overflow-hidden rounded-full bg-line"
      >
        <div className="h-full rounded-full bg-accent" style={{ width: `${share * 100}%` }} />
      </div>
      <p className="tabular text-sm">
        {showBytes(sentBytes)} of {showBytes(totalBytes)}
        <span className="text-quiet">{pace(sentBytes, totalBytes, passed)}</span>
      </p>
    </div>
  )
}

/** Milliseconds after which a speed says something about the rest. */
const SETTLED_MS = 2000

function pace(sentBytes: number, totalBytes: number, passedMs: number): string {
  if (passedMs < SETTLED_MS || sentBytes === 0) return ''
  const perMs = sentBytes / passedMs
  return `, ${showBytes(Math.round(perMs * 1000))} a second, about ${inSeconds((totalBytes - sentBytes) / perMs)} left`
}

/** A duration without parts of a second: it is told once a second. */
function inSeconds(ms: number): string {
  return showDuration(Math.ceil(ms / 1000) * 1000)
}

/** Milliseconds since a moment, told once a second. */
function usePassed(since: number): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return Math.max(0, now - since)
}

/** The browser asks before it closes a page from which something is being sent. */
function useWarningOnLeave() {
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [])
}
