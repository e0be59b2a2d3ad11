import type { Finding } from '../../ground/domain/index.ts'
import { bold, dim, safe, showCount, showSeverity } from './format-text.ts'
import { wrapText } from './wrap-text.ts'

/** Root causes of one file printed whole; more are counted. */
const MAX_CAUSES = 12
/** Cases of one root cause. */
const MAX_CASES = 5
const LABEL = 6

/** How findings are shown. */
export interface FindingLook {
  /** Columns of a line. */
  readonly width: number
  /** Every case, with opcodes and fingerprint. */
  readonly isVerbose: boolean
  /** Why a rule matters; nothing for a rule that was explained before. */
  readonly whyOf: (ruleId: string) => string | undefined
}

const PLAIN: FindingLook = { width: 100, isVerbose: false, whyOf: () => undefined }

/** Findings of one file for a person, by root cause: what, where, the call that loading would make, why, and what to do. */
export function findingLines(findings: readonly Finding[], look: FindingLook = PLAIN): readonly string[] {
  const causes = [...Map.groupBy(findings, ({ ruleId }) => ruleId).values()]
  const shown = look.isVerbose ? causes : causes.slice(0, MAX_CAUSES)
  return [
    ...shown.flatMap((cases) => causeLines(cases, look)),
    ...(causes.length > shown.length
      ? [dim(`  and ${showCount(causes.length - shown.length, 'more cause')}`)]
      : []),
  ]
}

function causeLines(cases: readonly Finding[], look: FindingLook): readonly string[] {
  const [first] = cases
  if (first === undefined) return []
  const shown = look.isVerbose ? cases : cases.slice(0, MAX_CASES)
  const why = look.whyOf(first.ruleId)
  return [
    `  ${showSeverity(first.severity)}  ${bold(safe(first.title))}  ${dim(first.ruleId)}`,
    ...shown.flatMap((one) => caseLines(one, look)),
    ...(cases.length > shown.length
      ? [dim(`    and ${showCount(cases.length - shown.length, 'more case')} of this; --verbose shows all`)]
      : []),
    ...(why === undefined ? [] : labelled('why', why, look)),
    ...labelled('do', first.remedy, look),
    ...(look.isVerbose && first.taxonomy.length > 0 ? labelled('see', first.taxonomy.join(', '), look) : []),
  ]
}

function caseLines(finding: Finding, look: FindingLook): readonly string[] {
  const { members = [], offset } = finding.location
  const where = [...members, ...(offset === undefined ? [] : [`byte ${offset}`])].join(' › ')
  return [
    ...wrapText(safe(finding.message), look.width - 4).map((line) => `    ${line}`),
    ...(finding.call === undefined ? [] : labelled('runs', finding.call, look)),
    ...(where === '' ? [] : labelled('at', where, look)),
    ...(look.isVerbose ? labelled('id', finding.fingerprint, look) : []),
    ...(look.isVerbose ? (finding.context ?? []).map((line) => dim(`      ${safe(line)}`)) : []),
  ]
}

/** A dim word, and a text that hangs behind it. */
function labelled(label: string, text: string, look: FindingLook): readonly string[] {
  return wrapText(safe(text), look.width - 4 - LABEL).map(
    (line, i) => `    ${i === 0 ? dim(label.padEnd(LABEL)) : ' '.repeat(LABEL)}${line}`,
  )
}
