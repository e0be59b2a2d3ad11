import type { Finding } from '../../ground/domain/index.ts'
import { dim, safe, showSeverity } from './format-text.ts'

/** Findings of one file printed whole; more are counted. */
const MAX_FINDINGS = 12

/** Findings as lines for a person: what, where, the call that loading would make, and what to do. */
export function findingLines(findings: readonly Finding[]): readonly string[] {
  const shown = findings.slice(0, MAX_FINDINGS).flatMap((finding) => {
    const members = finding.location.members ?? []
    const offset = finding.location.offset === undefined ? '' : ` at byte ${finding.location.offset}`
    return [
      `    ${showSeverity(finding.severity)} ${safe(finding.title)}  ${dim(finding.ruleId)}`,
      `      ${safe(finding.message)}`,
      ...(finding.call === undefined ? [] : [`      ${dim('loading runs')}  ${safe(finding.call)}`]),
      ...(members.length + offset.length === 0
        ? []
        : [`      ${dim(`in ${safe([finding.location.path, ...members].join(' › '))}${offset}`)}`]),
      `      ${dim('→')} ${safe(finding.remedy)}`,
    ]
  })
  return findings.length > MAX_FINDINGS
    ? [...shown, dim(`    and ${findings.length - MAX_FINDINGS} more findings`)]
    : shown
}
