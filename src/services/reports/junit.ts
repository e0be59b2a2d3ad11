import type { Finding, Verdict } from '../../ground/domain/index.ts'
import type { ScannedFile, ScanReport } from '../scan/index.ts'
import { placeOf } from './place-of.ts'
import { printable } from './printable.ts'

/** Findings written out for one file; the rest is counted. */
const MAX_FINDINGS = 50

/**
 * A scan as JUnit XML, for tools that show tests: a suite for each path, a case for each file. Malicious and suspicious files
 * fail, undecided ones are errors, excluded ones are skipped; a verdict that does not fail the scan is skipped with its reason.
 */
export function junitOf(report: ScanReport, failOn: ReadonlySet<Verdict>): string {
  const paths = [...new Set(report.paths)]
  const byPath = Map.groupBy(report.files, (file) => paths.find((path) => isOf(file, path, paths.length)))
  const groups = paths.map((path) => ({ path, files: byPath.get(path) ?? [] }))
  const seconds = (Date.parse(report.finishedAt) - Date.parse(report.startedAt)) / 1000
  const suites = groups.map(({ path, files }, i) => {
    const excluded = i === 0 ? report.excluded : []
    const cases = [
      ...files.map((file) => caseOf(report, file, failOn)),
      ...excluded.map((file) =>
        element('testcase', { name: placeOf(report, file.path), classname: 'sallyport.excluded' }, [
          element('skipped', { message: file.reason }, []),
        ]),
      ),
    ]
    return element(
      'testsuite',
      {
        name: path,
        tests: files.length + excluded.length,
        failures: countOf(files, failOn, ['malicious', 'suspicious']),
        errors: countOf(files, failOn, ['undecided']),
        skipped:
          excluded.length + files.filter(({ verdict }) => verdict !== 'clean' && !failOn.has(verdict)).length,
        time: seconds.toFixed(3),
        timestamp: report.startedAt.replace(/Z$/, ''),
      },
      cases,
    )
  })
  const totals = {
    name: 'sallyport scan',
    tests: report.files.length + report.excluded.length,
    failures: countOf(report.files, failOn, ['malicious', 'suspicious']),
    errors: countOf(report.files, failOn, ['undecided']),
    time: seconds.toFixed(3),
  }
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', totals, suites)}\n`
}

/** Whether a file came from a path: the only one, or the one that its name begins with. */
function isOf(file: ScannedFile, path: string, paths: number): boolean {
  const start = path.replace(/^(?:\.\/+)+/, '').replace(/\/+$/, '')
  if (paths === 1 || start === '' || start === '.') return true
  return file.path === start || file.path.startsWith(`${start}/`)
}

function countOf(
  files: readonly ScannedFile[],
  failOn: ReadonlySet<Verdict>,
  verdicts: readonly Verdict[],
): number {
  return files.filter(({ verdict }) => verdicts.includes(verdict) && failOn.has(verdict)).length
}

function caseOf(report: ScanReport, file: ScannedFile, failOn: ReadonlySet<Verdict>): string {
  const name = placeOf(report, file.path)
  const attributes = {
    name,
    classname: `sallyport.${file.coverage[0]?.format ?? 'unknown'}`,
    file: name,
    time: '0',
  }
  const text = textOf(file)
  const children: string[] = []
  const message = file.findings[0]?.title ?? gapsOf(file)[0] ?? file.verdict
  if (file.verdict !== 'clean') {
    const kind = failOn.has(file.verdict) ? (file.verdict === 'undecided' ? 'error' : 'failure') : 'skipped'
    const facts =
      kind === 'skipped' ? { message: `${file.verdict}: ${message}` } : { message, type: file.verdict }
    children.push(element(kind, facts, [escapeXml(text)]))
  } else if (text !== '') children.push(element('system-out', {}, [escapeXml(text)]))
  return element('testcase', attributes, children)
}

function textOf(file: ScannedFile): string {
  const shown = file.findings.slice(0, MAX_FINDINGS).map(lineOf)
  const more = file.findings.length - shown.length
  const aside = (file.putAside ?? []).map(({ finding, by }) => {
    const why =
      by.kind === 'baseline'
        ? 'known in the baseline'
        : `put aside by ${by.owner} until ${by.until}: ${by.reason}`
    return `(${why}) ${lineOf(finding)}`
  })
  return [...shown, ...(more > 0 ? [`and ${more} more findings`] : []), ...aside, ...gapsOf(file)]
    .map(printable)
    .join('\n')
}

function lineOf(finding: Finding): string {
  const { members = [], offset } = finding.location
  const where = [...members, ...(offset === undefined ? [] : [`byte ${offset}`])].join(' › ')
  const call = finding.call === undefined ? '' : `; loading runs ${finding.call}`
  return `${finding.severity.toUpperCase()} ${finding.ruleId}: ${finding.message}${call}${where === '' ? '' : ` (${where})`}. ${finding.remedy}`
}

function gapsOf(file: ScannedFile): readonly string[] {
  return file.coverage
    .filter(({ status }) => status !== 'full')
    .map(({ members = [], reason, status }) => `not checked: ${[...members, reason ?? status].join(' › ')}`)
}

function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  children: readonly string[],
): string {
  const start = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escapeXml(printable(String(value)))}"`)
    .join('')
  if (children.length === 0) return `<${name}${start}/>`
  const isText = !(children[0] ?? '').startsWith('<')
  return isText
    ? `<${name}${start}>${children.join('')}</${name}>`
    : `<${name}${start}>\n${children.join('\n')}\n</${name}>`
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char)
}
