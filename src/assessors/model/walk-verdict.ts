import { type FileCoverage, type Finding, type Verdict, worstVerdict } from '../../ground/domain/index.ts'

/** The worst of the findings and of the coverage: what was not looked at in full is not decided. */
export function verdictOf(seen: {
  readonly coverage: readonly FileCoverage[]
  readonly findings: readonly Finding[]
}): Verdict {
  const covered = seen.coverage.map(({ status }): Verdict => (status === 'full' ? 'clean' : 'undecided'))
  const found = seen.findings.map(({ verdict }) => verdict)
  return found.length + covered.length === 0 ? 'clean' : worstVerdict([...found, ...covered])
}
