import { Icon } from '../../parts/icon.tsx'
import { STAGE_WORDS, STAGES, type Stage } from '../../parts/words.ts'

const WAY: readonly Stage[] = STAGES.filter((stage) => stage !== 'revoked')

/** The way through the gate, and how far along it the model has come. A revoked model stands outside. */
export function Stepper({ stage }: { readonly stage: Stage }) {
  const reached = WAY.indexOf(stage)
  return (
    <ol aria-label="Stages" className="flex items-center gap-1 text-xs">
      {WAY.map((one, place) => (
        <li key={one} aria-current={one === stage ? 'step' : undefined} className="flex items-center gap-1">
          {place === 0 ? null : (
            <span
              aria-hidden="true"
              className={`h-px w-5 ${place <= reached ? 'bg-ink' : 'bg-strong-line'}`}
            />
          )}
          <Step stage={one} state={place === reached ? 'here' : place < reached ? 'passed' : 'ahead'} />
        </li>
      ))}
      {stage === 'revoked' ? (
        <li aria-current="step" className="flex items-center gap-1">
          <span aria-hidden="true" className="w-3" />
          <span className="inline-flex items-center gap-1.5 rounded-full bg-bad-soft px-2.5 py-0.5 font-semibold text-bad">
            <Icon name="undo" size={12} />
            revoked
          </span>
        </li>
      ) : null}
    </ol>
  )
}

const STATES = {
  here: 'bg-ink text-on-ink font-semibold',
  passed: 'text-ink',
  ahead: 'text-quiet',
} as const

function Step({ stage, state }: { readonly stage: Stage; readonly state: keyof typeof STATES }) {
  return (
    <span
      title={STAGE_WORDS[stage].help}
      className={`inline-flex items-center gap-1.5 rounded-full px-2.5 py-0.5 ${STATES[state]}`}
    >
      <Icon name={state === 'passed' ? 'check' : STAGE_WORDS[stage].icon} size={12} />
      {stage}
      {state === 'passed' ? <span className="sr-only">, passed</span> : null}
    </span>
  )
}
