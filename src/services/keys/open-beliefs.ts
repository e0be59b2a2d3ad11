import type { Signer } from '../../ground/crypto/index.ts'
import type { Digest } from '../../ground/domain/index.ts'
import { type TrustedKey, type TrustedKeys, trustKeys, type Verified } from '../../trust/evidence/index.ts'
import type { Ledger } from '../../trust/ledger/index.ts'
import { type HouseKeysDeps, settleKeys } from './house-keys.ts'
import { believedKeys, type HouseRole, type KeyStore, revocationsOf } from './key-book.ts'
import { learnRevocations } from './learn-revocations.ts'
import { logTimes } from './log-times.ts'
import { timeKeeper } from './mark-time.ts'

/** What beliefs stand on. */
export interface BeliefDeps {
  readonly keys: Readonly<Record<HouseRole, Signer>> & { readonly store: KeyStore }
  readonly ledger: Pick<Ledger, 'append' | 'entries' | 'size' | 'read' | 'vkey' | 'origin' | 'checkpoint'>
  readonly view: { reset(): void }
  /** Brings the view up to the ledger's end. */
  readonly project: (
    trusted: TrustedKeys,
    loggedAt: (index: number) => Promise<Date | undefined>,
  ) => Promise<unknown>
  readonly openRemote: (uri: string) => Promise<Signer>
  readonly tenant: string
  readonly now: () => Date
  readonly onStep?: (step: string) => void
}

/** Whom a house believes, and how that changes. */
export interface Beliefs {
  /** Follows the book of keys. */
  readonly trusted: Map<string, TrustedKey>
  readonly loggedAt: (index: number) => Promise<Date | undefined>
  readonly due: () => Promise<readonly Uint8Array[]>
  /** Takes in revocations that only the log knows, such as after a restored backup of the keys. */
  readonly learn: (
    statements: (subject: Digest) => Promise<readonly { readonly verified: Verified }[]>,
  ) => Promise<void>
  readonly change: HouseKeysDeps
}

/**
 * Whom a house believes, from its book of keys. Ends what a killed change of keys began, and empties the view when it was
 * folded under other revocations: whoever projects next folds it anew.
 */
export async function openBeliefs(deps: BeliefDeps): Promise<Beliefs> {
  const { keys, ledger, view, openRemote, tenant, now } = deps
  const { store } = keys
  await settleKeys({ store, ledger })
  const trusted = new Map(trustKeys(believedKeys(store.book())))
  const { loggedAt } = logTimes(ledger)
  const keeper = timeKeeper({
    ledger,
    sealers: [keys.assessor, keys.policy],
    logKeyId: keys.log.keyId,
    tenant,
    now,
  })
  const believe = async () => {
    for (const [id, key] of trustKeys(believedKeys(store.book()))) trusted.set(id, key)
    const under = revocationsOf(store.book())
    if (under === store.book().foldedUnder) return false
    // The view first: if this ends in between, the next to open it resets it once more.
    view.reset()
    await store.save({ ...store.book(), foldedUnder: under })
    return true
  }
  await believe()
  const refold = async () => {
    if (await believe()) await deps.project(trusted, loggedAt)
  }
  const learn: Beliefs['learn'] = async (statements) => {
    if (await learnRevocations(store, statements)) await refold()
  }
  const change: HouseKeysDeps = {
    ...{ store, ledger, signers: keys, mark: keeper.mark, refold, openRemote, tenant, now },
    ...(deps.onStep === undefined ? {} : { onStep: deps.onStep }),
  }
  return { trusted, loggedAt, due: keeper.due, learn, change }
}
