import { type FileAssessment, type Finding, type Verdict, worstVerdict } from '../../ground/domain/index.ts'
import type { Baseline } from './baseline.ts'
import type { IdleSuppression, PutAside, PutAsideBy, ScannedFile } from './scan-report.ts'
import { covers, isExpired, type Suppression } from './suppression.ts'

/** What a person accepted before. */
export interface Accepted {
  readonly suppressions: readonly Suppression[]
  readonly baseline?: Pick<Baseline, 'knows'>
  readonly now: Date
}

/** Files with what was accepted put aside, and the suppressions that did nothing. */
export interface PutAsideResult {
  readonly files: readonly ScannedFile[]
  readonly expired: readonly IdleSuppression[]
  readonly unused: readonly IdleSuppression[]
}

/**
 * Takes out of each file the findings that a baseline knows or a suppression covers, keeps them beside, and judges the file
 * by the rest. What was not looked at stays undecided: coverage cannot be put aside.
 * @param placeOf a file's name from where the scan ran
 */
export function putAside(
  files: readonly FileAssessment[],
  accepted: Accepted,
  placeOf: (path: string) => string,
): PutAsideResult {
  const alive = accepted.suppressions.filter((suppression) => !isExpired(suppression, accepted.now))
  const used = new Set<Suppression>()
  const seen = new Set<string>()
  const judged = files.map((file) => {
    if (file.findings.length === 0) return file
    const place = placeOf(file.path)
    for (const { ruleId } of file.findings) seen.add(ruleId)
    return judge(file, (finding): PutAsideBy | undefined => {
      const suppression = alive.find((candidate) => covers(candidate, finding, place))
      if (suppression !== undefined) {
        used.add(suppression)
        const { owner, reason, until } = suppression
        return { kind: 'suppression', owner, reason, until }
      }
      return accepted.baseline?.knows(finding, place) === true ? { kind: 'baseline' } : undefined
    })
  })
  return {
    files: judged,
    expired: accepted.suppressions
      .filter((suppression) => !alive.includes(suppression))
      .map((suppression) => idle(suppression, `it ended on ${suppression.until}`)),
    unused: alive
      .filter((suppression) => !used.has(suppression))
      .map((suppression) => idle(suppression, whyUnused(suppression, seen))),
  }
}

function whyUnused(suppression: Suppression, seen: ReadonlySet<string>): string {
  if (!seen.has(suppression.rule)) return `no file has a finding of ${suppression.rule}`
  return suppression.fingerprint === undefined
    ? 'no finding at this path; a malicious one is put aside by its fingerprint only'
    : 'no finding has this fingerprint'
}

function judge(file: FileAssessment, accept: (finding: Finding) => PutAsideBy | undefined): ScannedFile {
  const aside: PutAside[] = []
  const findings: Finding[] = []
  for (const finding of file.findings) {
    const by = accept(finding)
    if (by === undefined) findings.push(finding)
    else aside.push({ finding, by })
  }
  if (aside.length === 0) return file
  const gaps = file.coverage.map(({ status }): Verdict => (status === 'full' ? 'clean' : 'undecided'))
  const verdict = worstVerdict([...findings.map((finding) => finding.verdict), ...gaps])
  return {
    ...file,
    verdict,
    findings,
    putAside: aside,
    ...(verdict === file.verdict ? {} : { seenVerdict: file.verdict }),
  }
}

function idle(suppression: Suppression, reason: string): IdleSuppression {
  const { rule, path, fingerprint, owner, until, line } = suppression
  return {
    ...{ rule, owner, until, line, reason },
    ...(path === undefined ? {} : { path }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
  }
}
