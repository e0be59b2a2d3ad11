import { canonicalJson, type Signer, sealEnvelope, sha256Hex } from '../../ground/crypto/index.ts'
import type { Digest, GatedStage, Manifest } from '../../ground/domain/index.ts'
import { hexOfDigest } from '../../ground/domain/index.ts'
import { SallyportError, utf8 } from '../../ground/lang/index.ts'
import { predicateOf, type TrustedKeys, type Verified } from '../../trust/evidence/index.ts'
import type { ModelDetail, Verification } from '../registry/index.ts'
import {
  type BundleIndex,
  type BundleKey,
  type BundleMember,
  type BundleModel,
  INDEX_NAME,
  INDEX_TYPE,
  membersOf,
} from './bundle-index.ts'
import { headerOf, paddingOf, TAR_END } from './bundle-tar.ts'
import type { HubEntry } from './hub-entry.ts'

/** What an export stands on. */
export interface ExportDeps {
  readonly registry: {
    get(digest: Digest): Promise<ModelDetail>
    verify(
      what: { readonly path: string; readonly manifests: readonly Manifest[] },
      stage: GatedStage,
    ): Promise<Verification>
  }
  readonly manifestOf: (model: ModelDetail) => Manifest
  readonly statements: (
    model: Digest,
  ) => Promise<readonly { readonly row: { readonly index: number }; readonly verified: Verified }[]>
  readonly ledger: {
    readonly origin: string
    readonly vkey: string
    read(index: number): Promise<{ readonly envelope: Uint8Array }>
    proofFile(index: number): Promise<string>
    checkpoint(): Promise<string>
  }
  readonly trusted: TrustedKeys
  /** The policy's key: a bundle says what may be used. */
  readonly signer: Signer
  readonly hubOf: (model: Digest) => readonly HubEntry[]
  readonly readBlob: (sha256: string) => AsyncIterable<Uint8Array>
  readonly now: () => Date
}

/** A bundle about to be written. */
export interface ExportedBundle {
  readonly index: BundleIndex
  /** Bytes of the whole archive. */
  readonly size: number
  readonly chunks: AsyncIterable<Uint8Array>
}

interface Found {
  readonly model: BundleModel
  readonly texts: ReadonlyMap<string, () => Promise<Uint8Array>>
  readonly keys: readonly BundleKey[]
}

/**
 * A signed archive of models that may be used now: bytes, statements, and proofs that these were logged. The same models of an
 * unchanged home give the same members in the same order.
 * @throws SallyportError `FORBIDDEN` naming the model that is not allowed now and why, `NOT_FOUND`, `STORE_FAILED` while it is
 * read when a stored file is not what it was
 */
export async function exportBundle(
  deps: ExportDeps,
  request: { readonly models: readonly Digest[]; readonly stage: GatedStage },
): Promise<ExportedBundle> {
  const found: Found[] = []
  for (const digest of [...new Set(request.models)].toSorted())
    found.push(await findModel(deps, digest, request.stage))
  const keys = new Map(found.flatMap((one) => one.keys.map((key) => [`${key.role} ${key.keyId}`, key])))
  const index: BundleIndex = {
    schemaVersion: 1,
    exportedAt: deps.now().toISOString(),
    stage: request.stage,
    signerKeyId: deps.signer.keyId,
    log: {
      origin: deps.ledger.origin,
      vkey: deps.ledger.vkey,
      checkpoint: await deps.ledger.checkpoint(),
    },
    keys: [...keys.keys()].toSorted().flatMap((key) => keys.get(key) ?? []),
    models: found.map(({ model }) => model),
  }
  const envelope = await sealEnvelope(INDEX_TYPE, utf8(canonicalJson(index)), [deps.signer])
  const head = utf8(JSON.stringify(envelope))
  const members = membersOf(index)
  const texts = new Map(found.flatMap((one) => [...one.texts]))
  const size = [head.length, ...members.map((member) => member.size)]
    .map((bytes) => headerOf('', 0).length + bytes + paddingOf(bytes))
    .reduce((sum, bytes) => sum + bytes, TAR_END.length)
  return { index, size, chunks: archive(deps, head, members, texts) }
}

async function findModel(deps: ExportDeps, digest: Digest, stage: GatedStage): Promise<Found> {
  const detail = await deps.registry.get(digest)
  const manifest = deps.manifestOf(detail)
  const standing = await deps.registry.verify({ path: detail.name, manifests: [manifest] }, stage)
  if (standing.outcome !== 'allow')
    throw new SallyportError(
      'FORBIDDEN',
      `${detail.name} is not allowed for ${stage} now, so it is not exported: ${standing.message}${standing.nextStep === undefined ? '' : `; ${standing.nextStep}`}`,
    )
  const rows = await deps.statements(digest)
  const decision = rows
    .map(({ verified }) => predicateOf(verified, 'decision'))
    .findLast((one) => one?.stage === stage)
  if (decision === undefined)
    throw new SallyportError('LOG_CORRUPT', `the decision that promoted ${detail.name} is gone`)
  const texts = new Map<string, () => Promise<Uint8Array>>()
  const statements: BundleModel['statements'][number][] = []
  for (const { row, verified } of rows) {
    const { envelope } = await deps.ledger.read(row.index)
    const proof = utf8(await deps.ledger.proofFile(row.index))
    const hex = hexOfDigest(verified.digest)
    const { predicateType } = verified.statement
    const sizes = { size: envelope.length, proofSize: proof.length, proofSha256: sha256Hex(proof) }
    statements.push({ digest: verified.digest, predicateType, ...sizes })
    // Read again when it is written: statements of many models would not fit into memory at once.
    texts.set(`statements/${hex}.json`, async () => (await deps.ledger.read(row.index)).envelope)
    texts.set(`proofs/${hex}.tlog-proof`, async () => proof)
  }
  const { name } = detail
  const { id, expiresAt } = decision
  return {
    model: {
      ...{ name, digest, files: manifest.entries, decision: { id, expiresAt }, statements },
      hub: deps.hubOf(digest),
    },
    texts,
    keys: keysOf(deps, rows),
  }
}

function keysOf(deps: ExportDeps, rows: readonly { readonly verified: Verified }[]): readonly BundleKey[] {
  return rows.flatMap(({ verified: { signer } }) => {
    const key = deps.trusted.get(signer.keyId)
    if (key === undefined) return []
    return [{ role: signer.role, keyId: signer.keyId, publicKeyPem: key.publicKey.publicKeyPem }]
  })
}

async function* archive(
  deps: ExportDeps,
  head: Uint8Array,
  members: readonly BundleMember[],
  texts: ReadonlyMap<string, () => Promise<Uint8Array>>,
): AsyncIterable<Uint8Array> {
  yield headerOf(INDEX_NAME, head.length)
  yield head
  yield new Uint8Array(paddingOf(head.length))
  for (const { name, size, sha256 } of members) {
    yield headerOf(name, size)
    const read = texts.get(name)
    let written = 0
    // The importer checks every digest; a file that was damaged here is found by its reader there, and by its size at once.
    for await (const chunk of read === undefined ? deps.readBlob(sha256) : [await read()]) {
      written += chunk.length
      if (written > size) break
      yield chunk
    }
    if (written !== size)
      throw new SallyportError('STORE_FAILED', `${name} is no longer of the ${size} bytes that were sealed`)
    yield new Uint8Array(paddingOf(size))
  }
  yield TAR_END
}
