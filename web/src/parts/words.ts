import type { Capability, Finding, ModelSummary, TimelineEntry } from '../api/contract.ts'
import type { IconName } from './icon.tsx'

export type Tone = 'good' | 'warn' | 'bad' | 'unknown' | 'accent' | 'plain'
export type Stage = ModelSummary['stage']
export type Verdict = ModelSummary['verdict']
export type Outcome = 'allow' | 'review' | 'deny'
export type Severity = Finding['severity']
export type GatedStage = 'development' | 'staging' | 'production'

/** How a word of the platform is shown: never by its colour alone. */
export interface Word {
  readonly icon: IconName
  readonly tone: Tone
  /** One sentence of help. */
  readonly help: string
}

export const STAGES: readonly Stage[] = [
  'quarantined',
  'assessed',
  'approved',
  'staging',
  'production',
  'revoked',
]

export const STAGE_WORDS: Readonly<Record<Stage, Word>> = {
  quarantined: {
    icon: 'lock',
    tone: 'unknown',
    help: 'Held between the two doors; nothing has looked at it yet.',
  },
  assessed: { icon: 'eye', tone: 'accent', help: 'Searched. A person has not yet spoken for it.' },
  approved: { icon: 'hand', tone: 'accent', help: 'A person has spoken for it; no gate has let it through.' },
  staging: { icon: 'flag', tone: 'good', help: 'The staging gate let it through.' },
  production: { icon: 'check', tone: 'good', help: 'The production gate let it through.' },
  revoked: { icon: 'undo', tone: 'bad', help: 'Called back. Gates refuse it.' },
}

export const VERDICT_WORDS: Readonly<Record<Verdict, Word>> = {
  clean: { icon: 'check', tone: 'good', help: 'Every byte that matters was read, and no rule objects.' },
  suspicious: { icon: 'alert', tone: 'warn', help: 'Something unusual that a person should look at.' },
  undecided: {
    icon: 'question',
    tone: 'unknown',
    help: 'It could not be checked completely. That is never clean.',
  },
  malicious: { icon: 'cross', tone: 'bad', help: 'Loading it would do harm.' },
}

export const OUTCOME_WORDS: Readonly<Record<Outcome, Word>> = {
  allow: { icon: 'check', tone: 'good', help: 'The gate lets it through until the decision expires.' },
  review: { icon: 'pause', tone: 'warn', help: 'A person is needed before the gate opens.' },
  deny: { icon: 'cross', tone: 'bad', help: 'The gate stays shut.' },
}

export const SEVERITY_WORDS: Readonly<Record<Severity, Word>> = {
  critical: { icon: 'cross', tone: 'bad', help: 'Loading the file gives control to its author.' },
  high: { icon: 'alert', tone: 'bad', help: 'Likely harm when the file is used.' },
  medium: { icon: 'alert', tone: 'warn', help: 'Harm needs more than loading the file.' },
  low: { icon: 'info', tone: 'accent', help: 'A weakness, not an attack.' },
  info: { icon: 'info', tone: 'plain', help: 'Worth knowing.' },
}

export const KIND_WORDS: Readonly<Record<TimelineEntry['kind'], Word>> = {
  evidence: { icon: 'eye', tone: 'accent', help: 'What is: seen and sealed by an assessor.' },
  consent: { icon: 'hand', tone: 'unknown', help: 'What a person wants.' },
  decision: { icon: 'scale', tone: 'plain', help: 'What follows under the policy.' },
}

/** Which role brings a capability, for the sentence beside a locked button. */
export const ROLE_FOR: Readonly<Record<Capability, string>> = {
  read: 'viewer',
  import: 'contributor',
  assess: 'contributor',
  review: 'reviewer',
  revoke: 'reviewer',
  promote: 'deployer',
  'own-tokens': 'viewer',
  'server-paths': 'admin',
  principals: 'admin',
}
