import { Icon } from './icon.tsx'
import {
  OUTCOME_WORDS,
  type Outcome,
  SEVERITY_WORDS,
  type Severity,
  STAGE_WORDS,
  type Stage,
  type Tone,
  VERDICT_WORDS,
  type Verdict,
  type Word,
} from './words.ts'

export const TONES: Readonly<Record<Tone, string>> = {
  good: 'bg-good-soft text-good',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
  unknown: 'bg-unknown-soft text-unknown',
  accent: 'bg-accent-soft text-accent',
  plain: 'bg-sunken text-quiet',
}

interface BadgeProps {
  readonly word: Word
  readonly text: string
}

/** An icon and a word on a soft ground. The word carries the meaning, the rest is for the eye. */
export function Badge({ word, text }: BadgeProps) {
  return (
    <span
      title={word.help}
      className={`inline-flex items-center gap-1 rounded-sm px-1.5 text-xs font-medium whitespace-nowrap ${TONES[word.tone]}`}
    >
      <Icon name={word.icon} size={11} />
      {text}
    </span>
  )
}

export function StageBadge({ stage }: { readonly stage: Stage }) {
  return <Badge word={STAGE_WORDS[stage]} text={stage} />
}

export function VerdictBadge({ verdict }: { readonly verdict: Verdict }) {
  return <Badge word={VERDICT_WORDS[verdict]} text={verdict} />
}

export function OutcomeBadge({ outcome }: { readonly outcome: Outcome }) {
  return <Badge word={OUTCOME_WORDS[outcome]} text={outcome} />
}

export function SeverityBadge({ severity }: { readonly severity: Severity }) {
  return <Badge word={SEVERITY_WORDS[severity]} text={severity} />
}
