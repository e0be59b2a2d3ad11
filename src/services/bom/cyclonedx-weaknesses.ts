import type { Finding } from '../../ground/domain/index.ts'
import { type BomFacts, type Json, shown, some } from './bom-facts.ts'

/** Cases of one rule that are written out; the rest is counted. */
const MAX_CASES = 100

/** Findings of the scan and known vulnerabilities of other scanners, as `vulnerabilities`. Notes (severity info) are annotations. */
export function weaknessesOf(facts: BomFacts, refOfFile: ReadonlyMap<string, string>): readonly Json[] {
  const findings = (facts.assessment?.files ?? []).flatMap((file) => file.findings)
  const groups = Map.groupBy(
    findings.filter(({ severity }) => severity !== 'info'),
    ({ ruleId }) => ruleId,
  )
  const found = [...groups.values()].flatMap((cases) => weaknessOf(cases, refOfFile))
  const known = facts.vulns.flatMap(({ predicate, statement }) =>
    predicate.scanner.result.map(({ id, severity = [] }) => ({
      id: shown(id, 200),
      source: { name: shown(predicate.scanner.uri, 400) },
      ...some(
        'ratings',
        severity.flatMap(({ score }) =>
          score !== undefined && Number.isFinite(Number(score)) && score.trim() !== ''
            ? [{ score: Number(score), method: 'other' }]
            : [],
        ),
      ),
      affects: [{ ref: 'model' }],
      properties: [{ name: 'sallyport:statement', value: statement }],
    })),
  )
  return [...found, ...known].map((one, i) => ({ 'bom-ref': `vulnerability-${i + 1}`, ...one }))
}

function weaknessOf(cases: readonly Finding[], refOfFile: ReadonlyMap<string, string>): readonly Json[] {
  const [first] = cases
  if (first === undefined) return []
  const cwes = first.taxonomy.flatMap((id) => (/^CWE-\d+$/.test(id) ? [Number(id.slice(4))] : []))
  const more = cases.length - MAX_CASES
  const details = cases.slice(0, MAX_CASES).map(({ location, message, call }) => {
    const where = [location.path, ...(location.members ?? [])].join(' › ')
    return `${shown(where, 400)}: ${shown(message, 400)}${call === undefined ? '' : `; loading runs ${shown(call, 400)}`}`
  })
  return [
    {
      id: first.ruleId,
      source: { name: 'Sallyport' },
      ratings: [{ source: { name: 'Sallyport' }, severity: first.severity, method: 'other' }],
      ...some('cwes', cwes),
      description: shown(first.title, 400),
      detail: [...details, ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
      recommendation: shown(first.remedy, 2000),
      affects: [...new Set(cases.map(({ location }) => refOfFile.get(location.path) ?? 'model'))].map(
        (ref) => ({ ref }),
      ),
      properties: [{ name: 'sallyport:verdict', value: first.verdict }],
    },
  ]
}

/** Notes of the scan, and what was not looked at. */
export function annotationsOf(facts: BomFacts, refOfFile: ReadonlyMap<string, string>): readonly Json[] {
  const annotate = (path: string, text: string): Json => ({
    subjects: [refOfFile.get(path) ?? 'model'],
    annotator: { component: { type: 'application', name: 'sallyport', version: facts.version } },
    timestamp: facts.assessment?.finishedAt ?? facts.at,
    text: shown(text, 2000),
  })
  return (facts.assessment?.files ?? []).flatMap((file) => [
    ...file.findings
      .filter(({ severity }) => severity === 'info')
      .map(({ ruleId, title, message }) => annotate(file.path, `${ruleId}: ${title}. ${message}`)),
    ...file.coverage
      .filter(({ status }) => status !== 'full')
      .map(({ members = [], reason, status }) =>
        annotate(file.path, `Not checked: ${[...members, reason ?? status].join(' › ')}`),
      ),
  ])
}
