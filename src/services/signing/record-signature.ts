import type { Digest } from '../../ground/domain/index.ts'
import type { SallyportError } from '../../ground/lang/index.ts'
import type { EvidenceDesk, NewEvidence } from '../registry/index.ts'
import type { OpenedSignature } from './open-signature.ts'

/** What sealing a signature stands on. */
export interface RecordDeps {
  readonly desk: Pick<EvidenceDesk, 'attest' | 'subject'>
  readonly now: () => Date
}

type Predicate = NewEvidence<'model-signature'>['predicate']

/** What is written down of a signature that held. */
export type HeldSignature = Pick<
  OpenedSignature,
  'signer' | 'believed' | 'bundleDigest' | 'statementDigest'
> & {
  readonly omsRoot: string | undefined
}

/** Characters; a reason that names many files goes on for long. */
const MAX_REASON = 2000

/** Seals that a model bears a signature that held. @throws SallyportError `NOT_FOUND` for a model that was never imported */
export function recordSignature(deps: RecordDeps, model: Digest, held: HeldSignature): Promise<Digest> {
  const { signer, believed, bundleDigest, statementDigest, omsRoot } = held
  return seal(deps, model, {
    at: deps.now().toISOString(),
    result: 'valid',
    bundle: bundleDigest,
    ...{ believed, ...signer },
    ...(signer.signedAt === undefined ? {} : { signedAt: new Date(signer.signedAt).toISOString() }),
    statement: statementDigest,
    ...(omsRoot === undefined ? {} : { omsRoot }),
  })
}

/** Seals that a model came with a signature that did not hold. @throws SallyportError as {@link recordSignature} */
export function recordRefusal(
  deps: RecordDeps,
  model: Digest,
  bundle: Digest,
  error: SallyportError,
): Promise<Digest> {
  const reason = `${error.message} (${error.code})`.slice(0, MAX_REASON)
  return seal(deps, model, { at: deps.now().toISOString(), result: 'refused', bundle, reason })
}

async function seal({ desk }: RecordDeps, model: Digest, predicate: Predicate): Promise<Digest> {
  return desk.attest({ name: 'model-signature', subjects: [await desk.subject(model)], predicate })
}
