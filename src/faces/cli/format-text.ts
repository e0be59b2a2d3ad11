import type { Outcome, Severity, Stage, Verdict } from '../../ground/domain/index.ts'
import { dim, green, magenta, red, yellow } from './paint.ts'

export { bold, dim } from './paint.ts'

// What a hostile file calls itself must not steer the terminal (CWE-150): C0, C1, and the marks that turn text round.
const CONTROL = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** Text from outside, safe to show: control and direction characters stand as `\u001b`. */
export function safe(text: string): string {
  return text.replace(CONTROL, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const VERDICT_LOOK: Readonly<Record<Verdict, (text: string) => string>> = {
  clean: (text) => green(`✓ ${text}`),
  suspicious: (text) => yellow(`▲ ${text}`),
  malicious: (text) => red(`✗ ${text}`),
  undecided: (text) => magenta(`? ${text}`),
}

/** A verdict with its sign; never by colour alone. */
export function showVerdict(verdict: Verdict): string {
  return VERDICT_LOOK[verdict](verdict)
}

const OUTCOME_LOOK: Readonly<Record<Outcome, (text: string) => string>> = {
  allow: (text) => green(`✓ ${text}`),
  review: (text) => yellow(`▲ ${text}`),
  deny: (text) => red(`✗ ${text}`),
}

/** An outcome with its sign. */
export function showOutcome(outcome: Outcome): string {
  return OUTCOME_LOOK[outcome](outcome)
}

const LOUD: ReadonlySet<Severity> = new Set(['critical', 'high'])

/** A severity in capitals; the two worst in red. */
export function showSeverity(severity: Severity): string {
  const text = severity.toUpperCase()
  return LOUD.has(severity) ? red(text) : severity === 'medium' ? yellow(text) : dim(text)
}

/** A stage as the console names it. */
export function showStage(stage: Stage): string {
  return stage === 'revoked' ? red(stage) : stage === 'production' ? green(stage) : stage
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** Bytes for people: `1.4 GiB`. */
export function showBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  for (; value >= 1024 && unit < UNITS.length - 1; unit++) value /= 1024
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`
}

/** A number with its noun: `1 file`, `3 files`. */
export function showCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** The first 12 hex digits of a digest, enough to name a model here. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12)
}
