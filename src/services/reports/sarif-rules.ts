import type { ReportingDescriptor, Result } from 'sarif'
import type { Severity, Verdict } from '../../ground/domain/index.ts'
import { shorten } from './printable.ts'
import { pageOf, type RuleFacts } from './rule-facts.ts'

/** GitHub's limits (docs.github.com, SARIF support for code scanning): it shows 10 tags of a rule, and 1,024 characters of its texts. */
const MAX_TAGS = 10
export const MAX_TEXT = 1024

const LEVELS: Readonly<Record<Severity, Result.level>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
}

/** In the middle of the band that GitHub gives the word: over 9.0 critical, 7.0 high, 4.0 medium, 0.1 low. */
const SCORES: Readonly<Record<Severity, string | undefined>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.0',
  info: undefined,
}

/** How seldom a harmless file is named: a malicious verdict needs a call that no harmless file makes. */
const PRECISION: Readonly<Record<Verdict, string>> = {
  malicious: 'very-high',
  suspicious: 'high',
  undecided: 'medium',
  clean: 'low',
}

/** SARIF's level for a severity. */
export function levelOf(severity: Severity): Result.level {
  return LEVELS[severity]
}

/** A rule as SARIF describes it, with help as text and Markdown. */
export function descriptorOf(rule: RuleFacts): ReportingDescriptor {
  const score = SCORES[rule.severity]
  return {
    id: rule.id,
    name: nameOf(rule.id),
    shortDescription: { text: shorten(rule.title, MAX_TEXT) },
    fullDescription: { text: shorten(rule.why, MAX_TEXT) },
    help: {
      text: `${rule.title}\n\nWhy: ${rule.why}\n\nWhat to do: ${rule.remedy}\n\n${rule.taxonomy.join(', ')}`,
      markdown: [
        `## ${rule.title}`,
        `**Why.** ${rule.why}`,
        `**What to do.** ${rule.remedy}`,
        rule.taxonomy.map(linkOf).join(' · '),
        `[Source](${rule.source})`,
      ].join('\n\n'),
    },
    helpUri: rule.source,
    defaultConfiguration: { level: levelOf(rule.severity) },
    properties: {
      tags: tagsOf(rule),
      precision: PRECISION[rule.verdict],
      'problem.severity': problemSeverity(rule.severity),
      ...(score === undefined ? {} : { 'security-severity': score }),
      verdict: rule.verdict,
      severity: rule.severity,
    },
  }
}

function problemSeverity(severity: Severity): string {
  const level = LEVELS[severity]
  return level === 'note' ? 'recommendation' : String(level)
}

function tagsOf(rule: RuleFacts): string[] {
  const ids = rule.taxonomy.map((id) => (id.startsWith('CWE-') ? `external/cwe/${id.toLowerCase()}` : id))
  return ['security', rule.id.split('/')[0] ?? rule.id, ...ids].slice(0, MAX_TAGS)
}

function linkOf(id: string): string {
  const page = pageOf(id)
  return page === undefined ? id : `[${id}](${page})`
}

/** `pickle/active-import` as `PickleActiveImport`, as SARIF wants names. */
function nameOf(id: string): string {
  return id
    .split(/[/-]/)
    .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
    .join('')
}
