import type { FileAssessment, Reason, Severity, Verdict } from '../../ground/domain/index.ts'
import { type Predicates, predicateOf, type Verified } from '../evidence/index.ts'
import type { EvidenceRule } from './policy.ts'
import { against, type Judgement, noted } from './policy-case.ts'
import type { Waivers } from './waivers.ts'

/** Places named in one reason; the statement holds them all. */
const MAX_PLACES = 3

/** One thing that speaks against a model. */
export interface Concern {
  readonly verdict: Exclude<Verdict, 'clean'> | 'partial' | 'failed' | 'warned'
  /** Rule or vulnerability; absent when a file as a whole is meant. */
  readonly ruleId?: string
  readonly severity?: Severity
  /** Where, or why. */
  readonly place: string
}

/** Everything that speaks against the model in one piece of evidence. */
export function concernsOf(verified: Verified): readonly Concern[] {
  const scan = predicateOf(verified, 'model-scan')
  if (scan !== undefined) return scan.files.flatMap(concernsOfFile)
  const vulns = predicateOf(verified, 'vulns')
  if (vulns !== undefined) return concernsOfVulns(vulns)
  const signature = predicateOf(verified, 'model-signature')
  if (signature?.result === 'refused')
    return [{ verdict: 'failed', place: signature.reason ?? 'the signature of the model does not hold' }]
  const tests = predicateOf(verified, 'test-result')
  if (tests === undefined) return []
  const { result, failedTests = [], warnedTests = [] } = tests
  if (result === 'FAILED' || failedTests.length > 0)
    return [{ verdict: 'failed', place: failedTests.slice(0, MAX_PLACES).join(', ') || 'a test failed' }]
  return result === 'WARNED'
    ? [{ verdict: 'warned', place: warnedTests.slice(0, MAX_PLACES).join(', ') || 'a test warned' }]
    : []
}

const RATED: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  high: 'high',
  medium: 'medium',
  low: 'low',
  none: 'info',
}

/** A vulnerability is as bad as it is rated; one without a rating is tolerated by its id only. */
function concernsOfVulns(vulns: Predicates['vulns']): readonly Concern[] {
  const { scanner, coverage } = vulns
  const concerns = scanner.result.map(({ id, severity = [], annotations }): Concern => {
    // Statements of others may hold one object where ours hold a list.
    const isMalicious = Array.isArray(annotations) && annotations.some(({ malicious }) => malicious === true)
    const rated = RATED[severity.find(({ method }) => method === 'rating')?.score ?? '']
    return {
      verdict: isMalicious ? 'malicious' : 'suspicious',
      ruleId: id,
      place: scanner.uri,
      ...(rated === undefined ? {} : { severity: rated }),
    }
  })
  if (coverage === undefined || coverage.status === 'full') return concerns
  return [...concerns, { verdict: 'partial', place: coverage.reason ?? scanner.uri }]
}

function concernsOfFile(file: FileAssessment): readonly Concern[] {
  const concerns: Concern[] = []
  for (const { ruleId, severity, verdict, location } of file.findings) {
    if (verdict === 'clean') continue
    concerns.push({
      verdict,
      ruleId,
      severity,
      place: [location.path, ...(location.members ?? [])].join(' > '),
    })
  }
  for (const { path, members = [], status, reason } of file.coverage)
    if (status !== 'full')
      concerns.push({
        verdict: 'partial',
        place: `${[path, ...members].join(' > ')}${reason === undefined ? '' : `: ${reason}`}`,
      })
  if (file.coverage.length === 0)
    concerns.push({ verdict: 'partial', place: `${file.path}: nothing says that it was read` })
  // A file may be worse than its findings say: then nobody can waive it, for nobody knows what they would waive.
  if (file.verdict !== 'clean' && !concerns.some(({ verdict }) => verdict === file.verdict))
    concerns.push({ verdict: file.verdict, place: file.path })
  return concerns
}

/** What the concerns of some statements come to under a rule: one reason for each kind and rule, with the first places. */
export function judgeConcerns(
  statements: readonly Verified[],
  rule: EvidenceRule,
  waivers: Waivers,
): Judgement {
  const groups = new Map<
    string,
    { readonly first: Concern; readonly places: string[]; readonly by: Set<Verified> }
  >()
  for (const verified of statements) {
    for (const concern of concernsOf(verified)) {
      const key = JSON.stringify([concern.verdict, concern.ruleId, concern.severity])
      const group = groups.get(key) ?? { first: concern, places: [], by: new Set<Verified>() }
      group.places.push(concern.place)
      group.by.add(verified)
      groups.set(key, group)
    }
  }
  const reasons: Reason[] = []
  const untils: number[] = []
  for (const key of [...groups.keys()].sort()) {
    const group = groups.get(key)
    if (group === undefined) continue
    const waiver = group.first.ruleId === undefined ? undefined : waivers.byRule.get(group.first.ruleId)
    const isWaivable = group.first.verdict === 'suspicious' && !isTolerated(group.first, rule)
    if (isWaivable && waiver !== undefined) {
      untils.push(waiver.until)
      const message = `${group.first.ruleId} is waived until ${new Date(waiver.until).toISOString()}; ${waiver.owner} answers for it.`
      reasons.push(noted('ok.waived', message, [waiver.verified, ...group.by]))
    } else reasons.push(judgeConcern(group.first, sayPlaces(group.places), { rule, by: [...group.by] }))
  }
  return { reasons, ...(untils.length === 0 ? {} : { until: Math.min(...untils) }) }
}

function isTolerated({ verdict, severity, ruleId }: Concern, { tolerate }: EvidenceRule): boolean {
  if (verdict !== 'suspicious') return false
  if (severity !== undefined && tolerate.severities.includes(severity)) return true
  return ruleId !== undefined && tolerate.ruleIds.includes(ruleId)
}

function judgeConcern(
  concern: Concern,
  places: string,
  { rule, by }: { readonly rule: EvidenceRule; readonly by: readonly Verified[] },
): Reason {
  const what = concern.ruleId ?? `The ${rule.predicate}`
  if (isTolerated(concern, rule))
    return noted('ok.tolerated', `${what} is tolerated by the policy (${places}).`, by)
  switch (concern.verdict) {
    case 'malicious': {
      const message = `${what} says that the model is not to be used (${places}).`
      return against(
        'deny',
        'finding.malicious',
        { message, nextStep: 'Do not use this model. No waiver covers this.' },
        by,
      )
    }
    case 'suspicious': {
      const message = `${what} is suspicious, and neither tolerated nor waived (${places}).`
      const nextStep = `Look at it; if it is harmless, let someone answer for it: sallyport waive${concern.ruleId === undefined ? '' : ` --rule ${concern.ruleId}`}.`
      return against('review', 'finding.not-tolerated', { message, nextStep }, by)
    }
    case 'undecided': {
      const message = `${what} could not decide (${places}).`
      const nextStep =
        'Assess again with a newer version, or take the file out of the model. No waiver covers this.'
      return against('review', 'evidence.undecided', { message, nextStep }, by)
    }
    case 'failed': {
      const message = `A ${rule.predicate} failed (${places}).`
      return against('deny', 'test.failed', { message, nextStep: 'Repair the model and test it again.' }, by)
    }
    case 'warned': {
      const message = `A ${rule.predicate} warns (${places}).`
      return against(
        'review',
        'test.warned',
        { message, nextStep: 'Repair the model and test it again.' },
        by,
      )
    }
    case 'partial': {
      const message = `Not everything was read (${places}).`
      const nextStep =
        'Assess again with larger limits or a newer version, or take the file out of the model.'
      return against(
        rule.coverage === 'full' ? 'deny' : 'review',
        'evidence.partial',
        { message, nextStep },
        by,
      )
    }
  }
}

function sayPlaces(places: readonly string[]): string {
  const shown = places.slice(0, MAX_PLACES).join('; ')
  const more = places.length - MAX_PLACES
  return more > 0 ? `${shown}; and ${more} more` : shown
}
