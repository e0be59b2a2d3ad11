import { type Digest, digestOfBytes, digestOfJson } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import {
  openStatement,
  type PredicateName,
  predicateOf,
  type TrustedKeys,
  tenantOf,
} from '../../trust/evidence/index.ts'
import type { Actor, EvidenceDesk, ModelDetail } from '../registry/index.ts'
import type { BundleModel } from './bundle-index.ts'
import type { HubEntry } from './hub-entry.ts'
import type { CheckedBundle } from './import-bundle.ts'

/**
 * What is taken over from a house whose keys are believed here: evidence about the bytes, and consent of people. Never how a model came
 * in there, never what was decided there, never what that house says of its own keys and clock.
 */
const TAKEN_OVER: ReadonlySet<PredicateName> = new Set<PredicateName>([
  'model-scan',
  'hub-source',
  'pull-source',
  'model-signature',
  'derivation',
  'training-run',
  'data-vetting',
  'slsa-provenance',
  'test-result',
  'vulns',
  'cyclonedx',
  'spdx',
  'approval',
  'rejection',
  'waiver',
  'revocation',
])

/** What taking a bundle in stands on. */
export interface TakeInDeps {
  readonly registry: {
    importStored(
      request: {
        readonly name: string
        readonly label: string
        readonly kind: 'bundle'
        readonly entries: BundleModel['files']
      },
      actor: Actor,
    ): Promise<Digest>
    assess(digest: Digest, actor: Actor): Promise<ModelDetail>
  }
  readonly desk: Pick<EvidenceDesk, 'attest' | 'append' | 'statements' | 'subject'>
  readonly trusted: TrustedKeys
  readonly tenant: string
  /** Notes that a hub knew the model, so that clients find it under its name. */
  readonly noteHub: (entry: HubEntry, model: BundleModel, actor: Actor) => void
  readonly now: () => Date
}

/** What became of one model. */
export interface TakenModel {
  readonly model: ModelDetail
  /** Statements that count here, and all that came along. */
  readonly takenOver: number
  readonly statements: number
}

/**
 * Takes the models of a checked bundle in: each into quarantine, where it came from sealed with the digests of the exporter's statements,
 * those of believed keys taken over, and looked at again. Whatever was done before a crash is found and not done twice.
 * @throws SallyportError `STORE_FAILED`, and what the registry throws
 */
export async function takeInBundle(
  deps: TakeInDeps,
  bundle: CheckedBundle,
  label: string,
  actor: Actor,
): Promise<readonly TakenModel[]> {
  const taken: TakenModel[] = []
  for (const model of bundle.index.models) {
    const { name, digest, files: entries } = model
    await deps.registry.importStored({ name, label, kind: 'bundle', entries }, actor)
    const envelopes = model.statements.map((one) => envelopeOf(bundle, one.digest))
    const counting = envelopes.filter((envelope) => isBelieved(deps, envelope))
    await sealSource(deps, bundle, model, counting.map(digestOfBytes))
    for (const envelope of counting) await deps.desk.append(envelope)
    const detail = await deps.registry.assess(digest, actor)
    for (const entry of model.hub) deps.noteHub(entry, model, actor)
    taken.push({ model: detail, takenOver: counting.length, statements: envelopes.length })
  }
  return taken
}

function envelopeOf({ statements }: CheckedBundle, digest: Digest): Uint8Array {
  const envelope = statements.get(digest)
  if (envelope === undefined) throw new SallyportError('BAD_INPUT', `the bundle does not hold ${digest}`)
  return envelope
}

/** Whether a statement counts here by itself: a believed key of the right role, of this tenant, and of a sort that is taken over. */
function isBelieved({ trusted, tenant }: TakeInDeps, envelope: Uint8Array): boolean {
  try {
    const verified = openStatement(envelope, trusted)
    return TAKEN_OVER.has(verified.name) && tenantOf(verified) === tenant
  } catch (cause) {
    // Not believed: it is cited, and counts for nothing.
    if (cause instanceof SallyportError) return false
    throw cause
  }
}

async function sealSource(
  { desk, now }: TakeInDeps,
  { index, signer }: CheckedBundle,
  model: BundleModel,
  takenOver: readonly Digest[],
): Promise<void> {
  const bundle = digestOfJson(index)
  const known = await desk.statements(model.digest)
  if (known.some(({ verified }) => predicateOf(verified, 'bundle-source')?.bundle === bundle)) return
  await desk.attest({
    name: 'bundle-source',
    subjects: [await desk.subject(model.digest)],
    predicate: {
      at: now().toISOString(),
      bundle,
      exportedAt: index.exportedAt,
      stage: index.stage,
      signerKeyId: signer.keyId,
      belief: signer.belief === 'settled' ? 'settled' : 'named',
      log: { origin: index.log.origin, vkey: index.log.vkey, checkpoint: index.log.checkpoint },
      decision: model.decision,
      statements: model.statements.map(({ digest, predicateType }) => ({ digest, predicateType })),
      takenOver,
    },
  })
}
