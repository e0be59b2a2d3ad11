import type { Finding } from '../../ground/domain/index.ts'
import type { PutAsideBy, ScannedFile } from '../scan/index.ts'
import { printable, shorten } from './printable.ts'
import { factsOf, pageOf, type ReportMaker, type RuleFacts } from './rule-facts.ts'

/** Cases of one rule that are written out; the rest is counted. */
const MAX_CASES = 100
const MAX_DETAIL = 20_000

/** JSON of a part of a BOM. */
export type Json = Readonly<Record<string, unknown>>

interface Case {
  readonly ref: string
  readonly path: string
  readonly finding: Finding
  readonly by?: PutAsideBy
}

/**
 * Findings as vulnerabilities: CycloneDX means by the word a weakness of a component, with a rating, what it affects and what
 * to do, and this is what readers of BOMs take in. One for each rule, and one more for each way of having put it aside.
 * Notes (severity info) are no weaknesses; they are annotations.
 */
export function vulnerabilitiesOf(
  files: readonly (readonly [ref: string, file: ScannedFile])[],
  maker: ReportMaker,
): readonly Json[] {
  const cases = files.flatMap(([ref, file]) => [
    ...file.findings.map((finding): Case => ({ ref, path: file.path, finding })),
    ...(file.putAside ?? []).map(({ finding, by }): Case => ({ ref, path: file.path, finding, by })),
  ])
  const weaknesses = cases.filter(({ finding }) => finding.severity !== 'info')
  const groups = Map.groupBy(weaknesses, ({ finding, by }) => JSON.stringify([finding.ruleId, by]))
  return [...groups.values()].map((group, i) => vulnerabilityOf(group, maker, `vulnerability-${i + 1}`))
}

function vulnerabilityOf(cases: readonly Case[], maker: ReportMaker, ref: string): Json {
  const [first] = cases
  if (first === undefined) throw new Error('a vulnerability without a case')
  const rule = factsOf(maker, first.finding)
  const cwes = numbersOf(rule)
  const references = rule.taxonomy.flatMap((id) => {
    const url = pageOf(id)
    return url === undefined || id.startsWith('CWE-') ? [] : [{ id, source: { name: nameOf(id), url } }]
  })
  const more = cases.length - MAX_CASES
  return {
    'bom-ref': ref,
    id: rule.id,
    source: { name: 'Sallyport', url: rule.source },
    ...(references.length === 0 ? {} : { references }),
    ratings: [{ source: { name: 'Sallyport' }, severity: rule.severity, method: 'other' }],
    ...(cwes.length === 0 ? {} : { cwes }),
    description: `${rule.title}. ${rule.why}`,
    detail: shorten(
      [...cases.slice(0, MAX_CASES).map(detailOf), ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
      MAX_DETAIL,
    ),
    recommendation: rule.remedy,
    ...(first.by === undefined ? {} : { analysis: analysisOf(first.by) }),
    affects: [...new Set(cases.map((one) => one.ref))].map((affected) => ({ ref: affected })),
    properties: [
      { name: 'sallyport:verdict', value: rule.verdict },
      ...cases
        .slice(0, MAX_CASES)
        .map(({ finding }) => ({ name: 'sallyport:fingerprint', value: finding.fingerprint })),
    ],
  }
}

function detailOf({ path, finding }: Case): string {
  const { members = [], offset } = finding.location
  const where = [path, ...members].map(printable).join(' › ')
  const call = finding.call === undefined ? '' : `; loading runs ${printable(finding.call)}`
  return `${where}${offset === undefined ? '' : ` at byte ${offset}`}: ${printable(finding.message)}${call}`
}

/** What was accepted is still there: it is exploitable, and somebody answers for it. */
function analysisOf(by: PutAsideBy): Json {
  if (by.kind === 'baseline') return { state: 'in_triage', detail: 'Known in the baseline of the scan.' }
  return {
    state: 'exploitable',
    response: ['will_not_fix'],
    detail: printable(`Accepted by ${by.owner} until ${by.until}: ${by.reason}`),
  }
}

function numbersOf(rule: RuleFacts): readonly number[] {
  return rule.taxonomy.flatMap((id) => (/^CWE-\d+$/.test(id) ? [Number(id.slice('CWE-'.length))] : []))
}

function nameOf(id: string): string {
  return id.startsWith('CVE-') ? 'CVE' : 'MITRE ATLAS'
}
