import type { Digest, Outcome } from '../../ground/domain/index.ts'
import { isVerified, predicateOf, subjectsOf, tenantOf, type Verified } from '../evidence/index.ts'
import type { Policy, TrainingPolicy } from './policy.ts'
import { isFuture, sayDuration, sayTime } from './policy-case.ts'

/** A data set that a run wants to read. */
export interface DataSetInQuestion {
  readonly name: string
  readonly digest: Digest
  /** Everything known about it; what speaks of others is not read. */
  readonly statements: readonly Verified[]
}

/** Whether a run may begin, with every reason. */
export interface TrainingDecision {
  readonly outcome: Outcome
  /** One sentence each; those against come with the next step. */
  readonly reasons: readonly string[]
  /** Data sets that no current vetting speaks for. */
  readonly unvetted: readonly Digest[]
}

/**
 * Whether a training run may read its data under a policy. Pure, and total: missing, stale, future-dated, partial and bad
 * vetting never allow, and a run that names no data cannot show that its data was vetted.
 * @returns undefined where the policy says nothing of training
 */
export function decideTraining(
  policy: Pick<Policy, 'training'>,
  request: { readonly tenant: string; readonly datasets: readonly DataSetInQuestion[]; readonly at: Date },
): TrainingDecision | undefined {
  const { training } = policy
  if (training === undefined) return undefined
  if (!training.requireVettedData)
    return { outcome: 'allow', reasons: ['The policy asks for no vetting of training data.'], unvetted: [] }
  if (!request.datasets.every(({ statements }) => statements.every(isVerified)))
    throw new TypeError('decideTraining takes what openStatement returned, nothing else')
  if (request.datasets.length === 0)
    return {
      outcome: training.onViolation,
      reasons: [
        'The run names no data set, so nothing shows that its data was vetted. Name it with --dataset.',
      ],
      unvetted: [],
    }
  const judged = request.datasets.map((data) => ({ data, problem: problemOf(training, data, request) }))
  const bad = judged.filter(({ problem }) => problem !== undefined)
  const reasons = judged.map(({ data, problem }) => problem ?? `${data.name} has a current, clean vetting.`)
  return {
    outcome: bad.length === 0 ? 'allow' : training.onViolation,
    reasons,
    unvetted: bad.map(({ data }) => data.digest),
  }
}

function problemOf(
  training: TrainingPolicy,
  { name, digest, statements }: DataSetInQuestion,
  { tenant, at }: { readonly tenant: string; readonly at: Date },
): string | undefined {
  const now = at.getTime()
  const known = statements.flatMap((verified) => {
    const predicate = predicateOf(verified, 'data-vetting')
    const isAbout = subjectsOf(verified).includes(digest) && tenantOf(verified) === tenant
    return predicate === undefined || !isAbout ? [] : [{ verified, predicate }]
  })
  const next = `Vet it, then train: its digest is ${digest}.`
  // Bad news counts even when its date is wrong; good news from the future does not.
  const bad = newestOfEach(known).find(({ predicate }) => predicate.verdict !== 'clean')
  if (bad !== undefined)
    return `The vetting of ${name} of ${bad.predicate.at} says ${bad.predicate.verdict}. Do not train on it.`
  const past = known.filter(({ verified }) => !isFuture(verified, now))
  const latest = Math.max(...past.map(({ verified }) => verified.at ?? Number.NEGATIVE_INFINITY))
  if (past.length === 0) return `There is no vetting of ${name} that counts. ${next}`
  if (now - latest > training.maxAgeMs)
    return `The vetting of ${name} of ${sayTime(latest)} is older than ${sayDuration(training.maxAgeMs)}. ${next}`
  return undefined
}

/** Of each assessor the newest; all of those that bear the same time. */
function newestOfEach<
  T extends {
    readonly verified: Verified
    readonly predicate: { readonly assessor: { readonly assessor: string } }
  },
>(known: readonly T[]): readonly T[] {
  const newest = new Map<string, number>()
  for (const { verified, predicate } of known) {
    const { assessor } = predicate.assessor
    newest.set(assessor, Math.max(newest.get(assessor) ?? Number.NEGATIVE_INFINITY, verified.at ?? 0))
  }
  return known.filter(
    ({ verified, predicate }) => (verified.at ?? 0) === newest.get(predicate.assessor.assessor),
  )
}
