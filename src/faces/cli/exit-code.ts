import type { Outcome, Verdict } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'

/** Exit codes (DECISIONS.md): 0 clean/allow · 1 malicious/deny · 2 undecided/could not check · 3 usage · 4 suspicious/review. */
export const EXIT_OF_VERDICT: Readonly<Record<Verdict, number>> = {
  clean: 0,
  malicious: 1,
  undecided: 2,
  suspicious: 4,
}
/** Verdicts that fail a scan when nothing else is said. */
export const ALL_BUT_CLEAN: ReadonlySet<Verdict> = new Set(['malicious', 'undecided', 'suspicious'])
export const EXIT_OF_OUTCOME: Readonly<Record<Outcome, number>> = { allow: 0, deny: 1, review: 4 }
export const EXIT_COULD_NOT_CHECK = 2
export const EXIT_USAGE = 3

const USAGE_CODES = new Set([
  'BAD_INPUT',
  'BAD_CONFIG',
  'NOT_FOUND',
  'CONFLICT',
  'FORBIDDEN',
  'UNAUTHENTICATED',
  'NOT_SUPPORTED',
])

/** The exit code of a failure: what the person can mend by asking otherwise is usage, the rest could not be checked. */
export function exitOfError(error: unknown): number {
  return error instanceof SallyportError && USAGE_CODES.has(error.code) ? EXIT_USAGE : EXIT_COULD_NOT_CHECK
}
