import type { Finding, Severity, Verdict } from '../../ground/domain/index.ts'

/** What reports say about a rule: its metadata without its code. */
export interface RuleFacts {
  readonly id: string
  readonly severity: Severity
  readonly verdict: Verdict
  readonly title: string
  readonly source: string
  readonly taxonomy: readonly string[]
  readonly why: string
  readonly remedy: string
}

/** Who made a report, and about which rules it can speak. */
export interface ReportMaker {
  /** Of the program. */
  readonly version: string
  readonly rules: readonly RuleFacts[]
  /** Absolute folder that relative names start from: where the scan ran. */
  readonly folder: string
}

/** A rule's facts; from its finding when the rule is not in the list. */
export function factsOf(maker: ReportMaker, finding: Finding): RuleFacts {
  const rule = maker.rules.find(({ id }) => id === finding.ruleId)
  if (rule !== undefined) return rule
  const { ruleId: id, severity, verdict, title, remedy, taxonomy } = finding
  return {
    ...{ id, severity, verdict, title, remedy, taxonomy },
    source: 'https://cwe.mitre.org/',
    why: title,
  }
}

/** A page about a CWE, a CVE or a MITRE ATLAS technique; `undefined` for another id. */
export function pageOf(id: string): string | undefined {
  if (/^CWE-\d+$/.test(id)) return `https://cwe.mitre.org/data/definitions/${id.slice('CWE-'.length)}.html`
  if (/^CVE-\d{4}-\d+$/.test(id)) return `https://www.cve.org/CVERecord?id=${id}`
  if (/^AML\.T\d{4}/.test(id)) return `https://atlas.mitre.org/techniques/${id}`
  return undefined
}
