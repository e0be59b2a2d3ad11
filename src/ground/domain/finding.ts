/** How bad a finding is, worst first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const
export type Severity = (typeof SEVERITIES)[number]

/** What a look at a file, or at a whole artifact, came to; worst first (DECISIONS.md, exit codes). */
export const VERDICTS = ['malicious', 'undecided', 'suspicious', 'clean'] as const
export type Verdict = (typeof VERDICTS)[number]

/** The worst of some verdicts; `undecided` when there are none, for nothing looked at is not clean. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  return VERDICTS.find((verdict) => verdicts.includes(verdict)) ?? 'undecided'
}

/** Where in an artifact something was seen. */
export interface Location {
  /** Name of the file in the artifact's manifest. */
  readonly path: string
  /** Members inside composite files, outermost first: `['archive/data.pkl']`. */
  readonly members?: readonly string[]
  /** Bytes from the start of the innermost member. */
  readonly offset?: number
}

/** What was seen, in words a person can act on. Ids and taxonomy come from the rule that saw it. */
export interface Finding {
  readonly ruleId: string
  readonly severity: Severity
  /** What this finding alone makes of its file. */
  readonly verdict: Verdict
  /** One line, of the rule. */
  readonly title: string
  /** One line, of this very case. */
  readonly message: string
  readonly location: Location
  /** The call that loading would make, written as Python: `posix.system('id')`. */
  readonly call?: string
  /** Opcodes around the place, one a line, with offsets. */
  readonly context?: readonly string[]
  /** What to do about it. */
  readonly remedy: string
  /** Ids such as `CWE-502`, `AML.T0011.000`, `CVE-2025-1716`. */
  readonly taxonomy: readonly string[]
  /** SHA-256 hex, first 16 digits: stable over runs for the same cause in the same file. */
  readonly fingerprint: string
}
