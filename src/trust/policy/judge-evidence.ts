import { canonicalJson } from '../../ground/crypto/index.ts'
import type { Reason } from '../../ground/domain/index.ts'
import { predicateOf, type Verified } from '../evidence/index.ts'
import { concernsOf, judgeConcerns } from './concerns.ts'
import type { EvidenceRule, StagePolicy } from './policy.ts'
import {
  against,
  isFuture,
  type Judgement,
  noted,
  type PolicyCase,
  sayDuration,
  sayTime,
} from './policy-case.ts'
import type { Waivers } from './waivers.ts'

/**
 * Whether one required piece of evidence is there, fresh, by the right signer, and good. Of one assessor the newest counts,
 * of several assessors each: bad news of any of them counts, however old, until that same assessor looks again.
 */
export function judgeEvidence(kase: PolicyCase, rule: EvidenceRule, waivers: Waivers): Judgement {
  const all = kase.statements.filter(({ name }) => name === rule.predicate)
  const bySigner = all.filter((verified) => isSignedBy(verified, rule))
  const present = bySigner.filter((verified) => !isFuture(verified, kase.at))
  const future = bySigner.filter((verified) => isFuture(verified, kase.at))
  const newest = newestOfEach(present)
  const freshness = judgeFreshness(kase, rule, newest)
  const concerns = judgeConcerns([...newest, ...future], rule, waivers)
  const untils = [freshness.until, concerns.until].filter((until) => until !== undefined)
  return {
    reasons: [
      ...noteOthers(
        rule,
        all.filter((verified) => !bySigner.includes(verified)),
      ),
      ...noteFuture(rule, future),
      ...freshness.reasons,
      ...concerns.reasons,
      ...judgeConditions([...newest, ...future], rule),
    ],
    ...(untils.length === 0 ? {} : { until: Math.min(...untils) }),
  }
}

/** Malicious findings of believed assessors deny, also where the policy did not ask for their evidence. */
export function judgeUnasked(kase: PolicyCase, stage: StagePolicy): Judgement {
  const scans = kase.statements.filter(({ name }) => name === 'model-scan')
  const isAsked = (verified: Verified) =>
    stage.evidence.some((rule) => rule.predicate === 'model-scan' && isSignedBy(verified, rule))
  const unasked = scans.filter((verified) => !isAsked(verified))
  const newest = newestOfEach(unasked.filter((verified) => !isFuture(verified, kase.at)))
  const bad = [...newest, ...unasked.filter((verified) => isFuture(verified, kase.at))].filter((verified) =>
    concernsOf(verified).some(({ verdict }) => verdict === 'malicious'),
  )
  if (bad.length === 0) return { reasons: [] }
  const words = {
    message: 'A believed assessor whom this policy did not ask has found something malicious.',
    nextStep: 'Read its findings; do not use this model.',
  }
  return { reasons: [against('deny', 'finding.malicious', words, bad)] }
}

function isSignedBy({ signer }: Verified, { signers }: EvidenceRule): boolean {
  return signers.includes(signer.keyId) || signers.includes(signer.role)
}

function judgeFreshness(kase: PolicyCase, rule: EvidenceRule, newest: readonly Verified[]): Judgement {
  const { predicate, maxAgeMs } = rule
  if (newest.length === 0) {
    const words = {
      message: `There is no ${predicate} of this model that counts.`,
      nextStep: nextStepFor(predicate),
    }
    return { reasons: [against('deny', 'evidence.missing', words, [])] }
  }
  if (maxAgeMs === undefined)
    return { reasons: [noted('ok.evidence', `There is a ${predicate} of this model.`, newest)] }
  const fresh = newest.filter(({ at }) => at !== undefined && kase.at - at <= maxAgeMs)
  const last = Math.max(...newest.map(({ at }) => at ?? Number.NEGATIVE_INFINITY))
  if (fresh.length > 0) {
    const message = `The ${predicate} of ${sayTime(last)} is no older than ${sayDuration(maxAgeMs)}.`
    return { reasons: [noted('ok.evidence', message, fresh)], until: last + maxAgeMs }
  }
  const isUndated = last === Number.NEGATIVE_INFINITY
  const words = {
    message: isUndated
      ? `The ${predicate} does not say when it was made, so nobody knows whether it is older than ${sayDuration(maxAgeMs)}.`
      : `The ${predicate} of ${sayTime(last)} is older than ${sayDuration(maxAgeMs)}.`,
    nextStep: nextStepFor(predicate),
  }
  return { reasons: [against('deny', isUndated ? 'evidence.undated' : 'evidence.stale', words, newest)] }
}

function judgeConditions(statements: readonly Verified[], rule: EvidenceRule): readonly Reason[] {
  return rule.conditions.flatMap((condition) =>
    statements.flatMap((verified) => {
      const held = condition.holds(verified.statement.predicate)
      if (held.ok && held.value) return [noted('ok.condition', condition.message, [verified])]
      const words = {
        message: held.ok
          ? `The ${rule.predicate} does not meet "${condition.message}".`
          : `The ${rule.predicate} could not be checked against "${condition.message}": ${held.error}.`,
        nextStep: `Bring a ${rule.predicate} for which this is true: ${condition.cel}`,
      }
      return [against('deny', held.ok ? 'condition.not-met' : 'condition.failed', words, [verified])]
    }),
  )
}

/** The newest of each assessor; all of those that bear the same time, and all of those that bear none. */
function newestOfEach(statements: readonly Verified[]): readonly Verified[] {
  const newest = new Map<string, number>()
  const assessors = new Map(statements.map((verified) => [verified.digest, assessorOf(verified)]))
  const keyOf = ({ digest }: Verified) => assessors.get(digest) ?? ''
  for (const verified of statements) {
    const known = newest.get(keyOf(verified)) ?? Number.NEGATIVE_INFINITY
    newest.set(keyOf(verified), Math.max(known, verified.at ?? Number.NEGATIVE_INFINITY))
  }
  return statements.filter(
    (verified) => verified.at === undefined || verified.at === newest.get(keyOf(verified)),
  )
}

/** Who looked, in the words of each predicate. What cannot be told apart is one assessor. */
function assessorOf(verified: Verified): string {
  const scan = predicateOf(verified, 'model-scan')
  if (scan !== undefined) return scan.assessor.assessor
  const vulns = predicateOf(verified, 'vulns')
  if (vulns !== undefined) return vulns.scanner.uri
  const tests = predicateOf(verified, 'test-result')
  if (tests !== undefined) return canonicalJson(tests.configuration)
  return predicateOf(verified, 'slsa-provenance')?.runDetails.builder.id ?? ''
}

function noteOthers(rule: EvidenceRule, others: readonly Verified[]): readonly Reason[] {
  if (others.length === 0) return []
  return [
    noted(
      'ignored.signer',
      `${others.length} ${rule.predicate} statements are by signers whom this rule does not name.`,
      others,
    ),
  ]
}

function noteFuture(rule: EvidenceRule, future: readonly Verified[]): readonly Reason[] {
  if (future.length === 0) return []
  const message = `${future.length} ${rule.predicate} statements are dated in the future: they cannot speak for the model.`
  return [noted('ignored.future', message, future)]
}

function nextStepFor(predicate: string): string {
  return predicate === 'model-scan'
    ? 'Assess the model again: sallyport assess.'
    : `Bring a new ${predicate} of this model.`
}
