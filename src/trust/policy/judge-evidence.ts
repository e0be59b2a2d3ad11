import { type Digest, hexOfDigest, type Reason } from '../../ground/domain/index.ts'
import type { Verified } from '../evidence/index.ts'
import { type Line, linesOf } from './ancestry.ts'
import { concernsOf, judgeConcerns } from './concerns.ts'
import { newestOfEach } from './newest-of-each.ts'
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
import { NO_WAIVERS, type Waivers } from './waivers.ts'

/**
 * Whether one required piece of evidence is there, fresh, by the right signer, and good. Of one assessor the newest counts,
 * of several assessors each: bad news of any of them counts, however old, until that same assessor looks again.
 */
export function judgeEvidence(kase: PolicyCase, rule: EvidenceRule, waivers: Waivers): Judgement {
  const own = judgeOwn(kase, rule, waivers)
  if (!own.isMissing || rule.acceptFrom.length === 0) return own.judgement
  // Bad news about the model itself, such as one dated in the future, stands beside what its parents bring.
  const inherited = judgeInherited(kase, rule, { subject: kase.subject, depth: 1, seen: new Set() })
  const notes = own.judgement.reasons.filter(({ code }) => code !== 'evidence.missing')
  return { ...inherited, reasons: [...notes, ...inherited.reasons] }
}

function judgeOwn(
  kase: PolicyCase,
  rule: EvidenceRule,
  waivers: Waivers,
): { readonly judgement: Judgement; readonly isMissing: boolean } {
  const all = kase.statements.filter(({ name }) => name === rule.predicate)
  const bySigner = all.filter((verified) => isSignedBy(verified, rule))
  const present = bySigner.filter((verified) => !isFuture(verified, kase.at))
  const future = bySigner.filter((verified) => isFuture(verified, kase.at))
  const newest = newestOfEach(present)
  const freshness = judgeFreshness(kase, rule, newest)
  const concerns = judgeConcerns([...newest, ...future], rule, waivers)
  const untils = [freshness.until, concerns.until].filter((until) => until !== undefined)
  const reasons = [
    ...noteOthers(
      rule,
      all.filter((verified) => !bySigner.includes(verified)),
    ),
    ...noteFuture(rule, future),
    ...freshness.reasons,
    ...concerns.reasons,
    ...judgeConditions([...newest, ...future], rule),
  ]
  return {
    judgement: { reasons, ...(untils.length === 0 ? {} : { until: Math.min(...untils) }) },
    isMissing: newest.length === 0,
  }
}

interface Heir {
  readonly subject: Digest
  /** Steps from the model that is decided on. */
  readonly depth: number
  readonly seen: Set<Digest>
}

/**
 * Evidence about parents in place of a model's own, along derivations of the kinds that the rule accepts: every statement
 * that names parents must be of an accepted kind, and the evidence of every parent must be good. A parent that was judged
 * already is not judged again.
 */
function judgeInherited(kase: PolicyCase, rule: EvidenceRule, heir: Heir): Judgement {
  const lines = linesOf(
    heir.subject === kase.subject ? kase.statements : (kase.ancestry.get(heir.subject) ?? []),
    kase.ancestry,
  )
  if (lines.length === 0) return judgeFreshness(kase, rule, [])
  const judgements = lines.flatMap((line): readonly Judgement[] => {
    const isAccepted =
      isSignedBy(line.verified, rule) &&
      rule.acceptFrom.some(({ relation, maxDepth }) => relation === line.relation && heir.depth <= maxDepth)
    if (!isAccepted) {
      const words = {
        message: `There is no ${rule.predicate} of this model, and one of ${line.parents[0]?.name ?? 'its base'} does not speak for it: the policy does not accept ${heir.depth} steps of ${line.relation}.`,
        nextStep: nextStepFor(rule.predicate),
      }
      return [{ reasons: [against('deny', 'evidence.not-inherited', words, [line.verified])] }]
    }
    return line.parents.map((parent) => judgeParent(kase, rule, { heir, line, parent }))
  })
  const untils = judgements.flatMap(({ until }) => (until === undefined ? [] : [until]))
  return {
    reasons: judgements.flatMap(({ reasons }) => reasons),
    ...(untils.length === 0 ? {} : { until: Math.min(...untils) }),
  }
}

function judgeParent(
  kase: PolicyCase,
  rule: EvidenceRule,
  { heir, line, parent }: { heir: Heir; line: Line; parent: Line['parents'][number] },
): Judgement {
  const { digest, name } = parent
  if (heir.seen.has(digest)) return { reasons: [] }
  heir.seen.add(digest)
  const statements = kase.ancestry.get(digest) ?? []
  const own = judgeOwn({ ...kase, subject: digest, statements }, rule, NO_WAIVERS)
  const judgement = own.isMissing
    ? judgeInherited(kase, rule, { ...heir, subject: digest, depth: heir.depth + 1 })
    : own.judgement
  const who = `${name} (${hexOfDigest(digest).slice(0, 12)})`
  const message = `For want of a ${rule.predicate} of this model the policy reads that of ${who}, of which it is a ${line.relation}.`
  const reasons = judgement.reasons.map((reason) => ({ ...reason, message: `${who}: ${reason.message}` }))
  return { ...judgement, reasons: [noted('ok.inherited', message, [line.verified]), ...reasons] }
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
