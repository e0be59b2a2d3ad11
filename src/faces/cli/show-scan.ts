import { VERDICTS } from '../../ground/domain/index.ts'
import type { PutAside, ScannedFile, ScanReport } from '../../services/scan/index.ts'
import { bold, dim, safe, showBytes, showCount, showVerdict } from './format-text.ts'
import { type FindingLook, findingLines } from './show-assessment.ts'
import { table } from './table.ts'
import { wrapText } from './wrap-text.ts'

/** Files that are not clean, shown whole; the worst come first. */
const MAX_BAD = 50
/** Clean files named one by one; more are only counted. */
const MAX_CLEAN_NAMED = 20
/** Gaps of one file, and excluded files of one reason, that are named. */
const MAX_NAMED = 3

/** How a report is shown. */
export interface ScanLook {
  readonly width: number
  readonly mode: 'quiet' | 'normal' | 'verbose'
  /** Why each rule matters, by its id. */
  readonly why: ReadonlyMap<string, string>
}

/** A report for a person: the verdict, then what is wrong, the worst file first, then what was not looked at, and counts. */
export function scanLines(report: ScanReport, look: ScanLook): readonly string[] {
  const notClean = report.files.filter(({ verdict }) => verdict !== 'clean')
  const bad = VERDICTS.flatMap((verdict) => notClean.filter((file) => file.verdict === verdict))
  if (look.mode === 'quiet') return [headLine(report), ...seenLine(report), ...bad.map(quietLine)]
  const shown = look.mode === 'verbose' ? bad : bad.slice(0, MAX_BAD)
  const explained = new Set<string>()
  const files: FindingLook = {
    width: look.width,
    isVerbose: look.mode === 'verbose',
    whyOf: (ruleId) => {
      const why = explained.has(ruleId) ? undefined : look.why.get(ruleId)
      explained.add(ruleId)
      return why
    },
  }
  return [
    headLine(report),
    ...seenLine(report),
    ...shown.flatMap((file) => ['', ...fileLines(file, files)]),
    ...(bad.length > shown.length
      ? [
          '',
          dim(
            `and ${showCount(bad.length - shown.length, 'more file')} not clean; --quiet has a line for each`,
          ),
        ]
      : []),
    ...cleanLines(report, files),
    ...asideLines(report, files),
    ...notCheckedLines(report, files),
    ...countLines(report),
    ...nextLines(report),
  ]
}

function headLine({ verdict, summary, files: seen }: ScanReport): string {
  const { files, excluded } = summary
  // Of the files themselves: what their members inflate to would make it look like more than all.
  const readBytes = seen.reduce((sum, { coverage }) => sum + (coverage[0]?.readBytes ?? 0), 0)
  const facts = [
    showCount(files, 'file'),
    showBytes(summary.sizeBytes),
    `${showBytes(readBytes)} read`,
    ...(excluded > 0 ? [`${excluded} not looked at`] : []),
    ...(summary.putAside > 0 ? [`${showCount(summary.putAside, 'finding')} put aside`] : []),
  ]
  return `${bold('Verdict')}  ${showVerdict(verdict)}  ${dim(facts.join(', '))}`
}

function seenLine(report: ScanReport): readonly string[] {
  if (report.seenVerdict === undefined) return []
  return [`         ${dim('without what was put aside:')} ${showVerdict(report.seenVerdict)}`]
}

function quietLine(file: ScannedFile): string {
  const reason = file.findings[0]?.title ?? gapsOf(file)[0]?.reason ?? ''
  return `${showVerdict(file.verdict)}  ${safe(file.path)}  ${dim(safe(reason))}`
}

function fileHead(file: ScannedFile): string {
  const aside = file.putAside?.length ?? 0
  const facts = `${showBytes(file.sizeBytes)}, ${file.coverage[0]?.format ?? 'unknown'}${aside > 0 ? `, ${aside} put aside` : ''}`
  return `${showVerdict(file.verdict)}  ${bold(safe(file.path))}  ${dim(facts)}`
}

function fileLines(file: ScannedFile, look: FindingLook): readonly string[] {
  const gaps = gapsOf(file)
  const named = look.isVerbose ? gaps : gaps.slice(0, MAX_NAMED)
  return [
    fileHead(file),
    ...findingLines(file.findings, look),
    ...named.flatMap(({ members = [], reason, status }) =>
      hanging('  not checked  ', [...members, reason ?? status].join(' › '), look),
    ),
    ...(gaps.length > named.length
      ? [dim(`  and ${showCount(gaps.length - named.length, 'more place')} not checked`)]
      : []),
  ]
}

function gapsOf(file: ScannedFile): ScannedFile['coverage'] {
  return file.coverage.filter(isGap)
}

function isGap({ status }: ScannedFile['coverage'][number]): boolean {
  return status !== 'full'
}

/** Clean files by name, and what was noted of them. */
function cleanLines(report: ScanReport, look: FindingLook): readonly string[] {
  const clean = report.files.filter(({ verdict }) => verdict === 'clean')
  if (clean.length === 0) return []
  const named = look.isVerbose ? clean : clean.slice(0, MAX_CLEAN_NAMED)
  return [
    '',
    ...named.flatMap((file) => [
      fileHead(file),
      ...(look.isVerbose
        ? findingLines(file.findings, look)
        : file.findings
            .slice(0, MAX_NAMED)
            .map((note) => dim(`  note  ${safe(note.title)}  ${note.ruleId}`))),
    ]),
    ...(clean.length > named.length
      ? [dim(`  and ${showCount(clean.length - named.length, 'more clean file')}`)]
      : []),
  ]
}

const NONE: readonly PutAside[] = []

function asideLines(report: ScanReport, look: FindingLook): readonly string[] {
  const aside = report.files.flatMap(({ putAside }) => putAside ?? NONE)
  const groups = Map.groupBy(aside, ({ finding, by }) =>
    by.kind === 'baseline'
      ? 'known in the baseline'
      : `${finding.ruleId}: ${by.reason} (${by.owner}, until ${by.until})`,
  )
  const idle = [
    ...(report.suppressions?.expired ?? []).map((one) => ({ ...one, word: 'expired' })),
    ...(report.suppressions?.unused ?? []).map((one) => ({ ...one, word: 'unused' })),
  ]
  const gone = report.baseline?.gone ?? 0
  if (groups.size + idle.length + gone === 0) return []
  return [
    '',
    bold('Put aside'),
    ...[...groups].flatMap(([why, cases]) => hanging(`  ${cases.length} × `, why, look)),
    ...idle.flatMap(({ word, rule, line, reason }) =>
      hanging(`  ${word}  `, `${rule}, line ${line} of ${report.suppressions?.file ?? ''}: ${reason}`, look),
    ),
    ...(gone > 0
      ? [dim(`  ${showCount(gone, 'finding')} of the baseline ${gone === 1 ? 'is' : 'are'} gone`)]
      : []),
  ]
}

/** Always there when something was left out: silence would look like cleanness. */
function notCheckedLines(report: ScanReport, look: FindingLook): readonly string[] {
  const partly = report.files.filter((file) => file.coverage.some(isGap)).length
  const byReason = Map.groupBy(report.excluded, ({ reason }) => reason)
  if (partly + byReason.size === 0) return []
  return [
    '',
    bold('Not checked'),
    ...(partly === 0
      ? []
      : [`  ${showCount(partly, 'file')} not looked at in full: the reasons stand above`]),
    ...[...byReason].flatMap(([reason, files]) => {
      const named = look.isVerbose ? files : files.slice(0, MAX_NAMED)
      const more = files.length > named.length ? ` and ${files.length - named.length} more` : ''
      return hanging(`  ${reason}: `, `${named.map(({ path }) => path).join(', ')}${more}`, look)
    }),
  ]
}

function hanging(head: string, text: string, look: FindingLook): readonly string[] {
  return wrapText(safe(text), look.width - head.length).map((line, i) =>
    i === 0 ? `${dim(safe(head))}${line}` : `${' '.repeat(head.length)}${line}`,
  )
}

function countLines({ files, summary }: ScanReport): readonly string[] {
  if (files.length < 2) return []
  const rows = VERDICTS.filter((verdict) => summary.verdicts[verdict] > 0).map((verdict) => {
    const these = files.filter((file) => file.verdict === verdict)
    const bytes = these.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    const findings = these.reduce((sum, file) => sum + file.findings.length, 0)
    return [showVerdict(verdict), String(these.length), String(findings), showBytes(bytes)]
  })
  return ['', ...table(['VERDICT', 'FILES', 'FINDINGS', 'SIZE'], rows)]
}

function nextLines(report: ScanReport): readonly string[] {
  const withFindings = report.files.filter(({ findings }) => findings.length > 0)
  const worst = VERDICTS.flatMap((verdict) => withFindings.filter((file) => file.verdict === verdict))
    .flatMap(({ findings }) => findings)
    .find(({ verdict }) => verdict !== 'clean')
  return worst === undefined ? [] : ['', `${dim('→')} sallyport rules show ${worst.ruleId}`]
}
