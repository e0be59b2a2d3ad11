import type { Digest, GatedStage, Outcome, Reason } from '../../ground/domain/index.ts'
import { type PredicateName, type Predicates, predicateOf, type Verified } from '../evidence/index.ts'

/** Milliseconds that a signer's clock may run ahead of ours; what is dated later does not count in the model's favour. */
const CLOCK_TOLERANCE_MS = 5_000

/** Who asked for the model to come in, and therefore should not be the one who lets it through. */
export interface Requester {
  readonly principalId: string
  readonly owner: string
}

/** What is asked: may this model stand at this stage now? */
export interface PolicyCase {
  readonly tenant: string
  readonly subject: Digest
  readonly stage: GatedStage
  /** Milliseconds since 1970. */
  readonly at: number
  /** Evidence and consent about the subject, each once, oldest first. */
  readonly statements: readonly Verified[]
  readonly requesters: readonly Requester[]
  /** Who asked a gate for it and did not get it, and when (milliseconds since 1970). */
  readonly askers: readonly (Requester & { readonly askedAt: number })[]
  /** Statements about the models that this one was made from, by subject. */
  readonly ancestry: ReadonlyMap<Digest, readonly Verified[]>
}

/** What one question came to: reasons, and until when they hold (milliseconds; absent when time does not change them). */
export interface Judgement {
  readonly reasons: readonly Reason[]
  readonly until?: number
}

/** Statements of one predicate, with the predicate typed. */
export function statementsOf<N extends PredicateName>(
  statements: readonly Verified[],
  name: N,
): readonly { readonly verified: Verified; readonly predicate: Predicates[N] }[] {
  return statements.flatMap((verified) => {
    const predicate = predicateOf(verified, name)
    return predicate === undefined ? [] : [{ verified, predicate }]
  })
}

/** Whether a statement says that it was made after now. */
export function isFuture(verified: Verified, at: number): boolean {
  return verified.at !== undefined && verified.at > at + CLOCK_TOLERANCE_MS
}

/**
 * Whether a wish came from someone who asked for the model: who brought it in, whenever that was, or who had been held back
 * at a gate before they wished it. Who approved it before they used it themselves is no requester.
 */
export function isByRequester(
  wish: Requester & { readonly at: string },
  { requesters, askers }: Pick<PolicyCase, 'requesters' | 'askers'>,
): boolean {
  const isOf = ({ principalId, owner }: Requester) => principalId === wish.principalId || owner === wish.owner
  return requesters.some(isOf) || askers.some((one) => isOf(one) && one.askedAt <= Date.parse(wish.at))
}

/** A reason that lets the model pass, or that only explains what was left out. */
export function noted(code: string, message: string, statements: readonly Verified[]): Reason {
  return { code, outcome: 'allow', message, statements: digestsOf(statements) }
}

/** A reason against, which always says what to do next. */
export function against(
  outcome: Exclude<Outcome, 'allow'>,
  code: string,
  words: { readonly message: string; readonly nextStep: string },
  statements: readonly Verified[],
): Reason {
  return { code, outcome, ...words, statements: digestsOf(statements) }
}

/** Length of time in words: `30 days`, `90 minutes`. */
export function sayDuration(ms: number): string {
  const [unit, size] =
    ms >= 172_800_000 ? ['days', 86_400_000] : ms >= 7_200_000 ? ['hours', 3_600_000] : ['minutes', 60_000]
  return `${Math.floor(ms / size)} ${unit}`
}

/** A time as statements write it. */
export function sayTime(ms: number): string {
  return new Date(ms).toISOString()
}

function digestsOf(statements: readonly Verified[]): readonly Digest[] {
  return statements.map(({ digest }) => digest)
}
