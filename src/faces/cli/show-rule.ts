import type { RuleFacts, RulePage, ShownExample } from '../../services/reports/index.ts'
import { bold, dim, safe, showSeverity, showVerdict } from './format-text.ts'
import { table } from './table.ts'
import { wrapText } from './wrap-text.ts'

/** Rules as a table. */
export function ruleTable(rules: readonly RuleFacts[]): readonly string[] {
  return table(
    ['RULE', 'SEVERITY', 'VERDICT', 'SAYS'],
    rules.map(({ id, severity, verdict, title }) => [
      id,
      showSeverity(severity),
      showVerdict(verdict),
      safe(title),
    ]),
  )
}

/** A rule's page: what it says, why, what to do, and examples with what is said of them. */
export function rulePageLines({ rule, fires, silent }: RulePage, width: number): readonly string[] {
  const paragraph = (title: string, text: string): readonly string[] => [
    '',
    bold(title),
    ...wrapText(safe(text), width - 2).map((line) => `  ${line}`),
  ]
  return [
    `${bold(safe(rule.title))}  ${dim(rule.id)}`,
    `${showSeverity(rule.severity)}  ${showVerdict(rule.verdict)}  ${dim(rule.taxonomy.join(', '))}`,
    ...paragraph('Why it matters', rule.why),
    ...paragraph('What to do', rule.remedy),
    ...paragraph('Where this is described', rule.source),
    ...exampleLines('It fires on', fires[0]),
    ...exampleLines('It stays silent on', silent[0]),
  ]
}

function exampleLines(title: string, example: ShownExample | undefined): readonly string[] {
  if (example === undefined) return []
  const [said] = example.says
  return [
    '',
    bold(title),
    ...example.files.flatMap(({ name, sizeBytes, lines }) => [
      `  ${safe(name)}  ${dim(`${sizeBytes} bytes`)}`,
      ...lines.map((line) => dim(`    ${safe(line)}`)),
    ]),
    `  ${showVerdict(example.verdict)}`,
    ...(said === undefined ? [] : [`  ${safe(said.message)}`]),
    ...(said?.call === undefined ? [] : [`  ${dim('loading runs')}  ${safe(said.call)}`]),
  ]
}
