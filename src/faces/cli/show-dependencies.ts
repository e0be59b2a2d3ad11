import { SEVERITIES } from '../../ground/domain/index.ts'
import type { AddedEvidence, CheckOutcome, VulnDbStatus } from '../../services/dependencies/index.ts'
import { bold, dim, safe, showBytes, showCount, showSeverity, showVerdict } from './format-text.ts'
import { table } from './table.ts'

/** Days after which the knowledge of a database is called old. */
const OLD_DAYS = 7
const DAY_MS = 86_400_000

/** A check of packages for a person: the verdict, what was seen by file, and what was not looked at. */
export function dependencyLines(outcome: CheckOutcome, now: Date): readonly string[] {
  const { assessment, components, lists, suppressed } = outcome
  const lines = [
    `${showVerdict(assessment.verdict)}  ${showCount(components.length, 'package')} in ${showCount(lists.length, 'list')}`,
  ]
  for (const file of assessment.files) {
    const format = file.coverage[0]?.format ?? 'unknown'
    lines.push(`${showVerdict(file.verdict)}  ${bold(safe(file.path))}  ${dim(format)}`)
    const sorted = file.findings.toSorted(
      (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity),
    )
    for (const { severity, ruleId, message, remedy } of sorted)
      lines.push(
        `  ${showSeverity(severity)} ${safe(message)} ${dim(ruleId)}`,
        `    ${dim('→')} ${safe(remedy)}`,
      )
    for (const { status, reason } of file.coverage)
      if (status !== 'full') lines.push(`  ${dim('not checked:')} ${safe(reason ?? status)}`)
  }
  for (const { id, component, vex } of suppressed)
    lines.push(
      `  ${dim('put aside:')} ${safe(id)} in ${safe(component.name)}: ${vex.status}${vex.justification === undefined ? '' : `, ${vex.justification}`} ${dim(`says ${safe(vex.author)} in ${safe(vex.file)}`)}`,
    )
  return [...lines, ...databaseLines(outcome.database, now)]
}

function databaseLines(database: VulnDbStatus | undefined, now: Date): readonly string[] {
  if (database === undefined) return []
  const days = Math.floor((now.getTime() - Date.parse(database.newestRecord)) / DAY_MS)
  const age =
    days > OLD_DAYS ? `  its newest record is ${showCount(days, 'day')} old: sallyport vulndb update` : ''
  return [
    dim(`advisories: ${showCount(database.records, 'record')}, newest of ${database.newestRecord}${age}`),
  ]
}

/** What stands in the database of advisories. */
export function databaseTable(status: VulnDbStatus): readonly string[] {
  return [
    `${bold(showCount(status.records, 'record'))}  ${dim(`${showBytes(status.sizeBytes)}, made ${status.updatedAt}, newest record of ${status.newestRecord}`)}`,
    ...table(
      ['Ecosystem', 'Records'],
      status.ecosystems.slice(0, 30).map(({ name, records }) => [safe(name), String(records)]),
    ),
    `EPSS: ${status.epss === undefined ? 'none' : showCount(status.epss, 'score')}  KEV: ${status.kev === undefined ? 'none' : showCount(status.kev, 'id')}`,
    ...(status.refused === 0
      ? []
      : [`${showCount(status.refused, 'record')} refused: they are no records of OSV`]),
  ]
}

/** What was made of a report. */
export function evidenceLines(added: readonly AddedEvidence[]): readonly string[] {
  return added.map(
    ({ predicate, tool, results, at, isKnown, statement }) =>
      `${isKnown ? '= known' : '✓ added'}  ${predicate} of ${safe(tool)}: ${showCount(results, 'result')}${at === undefined ? '' : `, made ${at}`}  ${dim(statement)}`,
  )
}
