import {
  type Digest,
  GATED_STAGES,
  type GatedStage,
  hexOfDigest,
  type ManifestEntry,
  makeManifest,
  parseDigest,
} from '../../ground/domain/index.ts'
import { listOf, recordOf, SallyportError, textOf } from '../../ground/lang/index.ts'
import type { KeyRole } from '../../trust/evidence/index.ts'
import { type HubEntry, readHubEntry } from './hub-entry.ts'

/** Type of the payload of the signed index. */
export const INDEX_TYPE = 'application/vnd.sallyport.bundle.v1+json'
/** The first member. */
export const INDEX_NAME = 'bundle.json'
/** Bytes of the first member: an index of 200,000 files, in base64. */
export const MAX_INDEX_BYTES = 256 * 2 ** 20
/** Models, statements about one of them, and keys: far more than anybody carries over a gap at once (CWE-770). */
const MAX_MODELS = 1_000
const MAX_STATEMENTS = 10_000
const MAX_KEYS = 100
/** Bytes. A statement's own limit, and that of a proof. */
const MAX_STATEMENT_BYTES = 64 * 2 ** 20
const MAX_PROOF_BYTES = 2 ** 20
const MAX_TEXT = 400

/** A key that signed what the bundle holds. */
export interface BundleKey {
  readonly role: KeyRole
  readonly keyId: string
  readonly publicKeyPem: string
}

/** A statement about a model, with the member that holds it and the one that proves it was in the exporter's log. */
export interface BundleStatement {
  readonly digest: Digest
  readonly predicateType: string
  readonly size: number
  readonly proofSize: number
  /** Of the proof, 64 hex digits. */
  readonly proofSha256: string
}

/** One approved model. */
export interface BundleModel {
  readonly name: string
  readonly digest: Digest
  readonly files: readonly ManifestEntry[]
  /** The decision that allowed it, sealed among its statements. */
  readonly decision: { readonly id: string; readonly expiresAt: string }
  readonly statements: readonly BundleStatement[]
  /** Under which names a hub knew it: so a client beyond the gap finds it again. */
  readonly hub: readonly HubEntry[]
}

/** What a bundle says of itself; its signature covers all of it, and through it every byte of every member. */
export interface BundleIndex {
  readonly schemaVersion: 1
  /** RFC 3339. */
  readonly exportedAt: string
  readonly stage: GatedStage
  readonly signerKeyId: string
  readonly log: { readonly origin: string; readonly vkey: string; readonly checkpoint: string }
  readonly keys: readonly BundleKey[]
  readonly models: readonly BundleModel[]
}

/** A member behind the index. */
export interface BundleMember {
  readonly name: string
  readonly size: number
  readonly sha256: string
}

/** Every member behind the index, in its order: statements and proofs, then blobs, each once. */
export function membersOf({ models }: BundleIndex): readonly BundleMember[] {
  const members = new Map<string, BundleMember>()
  const add = (member: BundleMember) => {
    const known = members.get(member.name)
    if (known !== undefined && (known.size !== member.size || known.sha256 !== member.sha256))
      throw refuse(`the member ${member.name} stands twice, and differs`)
    members.set(member.name, member)
  }
  for (const { digest, size, proofSize, proofSha256 } of models.flatMap(({ statements }) => statements)) {
    const hex = hexOfDigest(digest)
    add({ name: `statements/${hex}.json`, size, sha256: hex })
    add({ name: `proofs/${hex}.tlog-proof`, size: proofSize, sha256: proofSha256 })
  }
  for (const { size, sha256 } of models.flatMap(({ files }) => files))
    add({ name: `blobs/${sha256}`, size, sha256 })
  return [...members.values()]
}

/** The index out of a payload whose signature holds: that somebody signed it does not make it well-formed. @throws SallyportError `BAD_INPUT`, `NOT_SUPPORTED` */
export function readIndex(value: unknown): BundleIndex {
  const fields = recordOf(value)
  if (fields.schemaVersion !== 1)
    throw new SallyportError('NOT_SUPPORTED', 'the bundle is of a version that is not known here')
  const { origin, vkey, checkpoint } = recordOf(fields.log)
  return {
    schemaVersion: 1,
    exportedAt: time(fields.exportedAt, 'exportedAt'),
    stage: stageOf(fields.stage),
    signerKeyId: hex(fields.signerKeyId, 'signerKeyId'),
    log: {
      origin: text(origin, 'log.origin'),
      vkey: text(vkey, 'log.vkey'),
      checkpoint: text(checkpoint, 'log.checkpoint', MAX_PROOF_BYTES),
    },
    keys: many(fields.keys, 'keys', MAX_KEYS).map(keyOf),
    models: many(fields.models, 'models', MAX_MODELS).map(modelOf),
  }
}

function modelOf(value: unknown): BundleModel {
  const { name, digest, files, decision, statements, hub } = recordOf(value)
  const manifest = makeManifest(
    listOf(files).map((file) => {
      const { name, size, sha256 } = recordOf(file)
      return { name: String(name), size: Number(size), sha256: String(sha256) }
    }),
  )
  if (!manifest.ok) throw refuse(manifest.error)
  if (manifest.value.digest !== digest)
    throw refuse(`the files of ${text(name, 'name')} do not make its digest`)
  const { id, expiresAt } = recordOf(decision)
  return {
    name: text(name, 'name'),
    digest: manifest.value.digest,
    files: manifest.value.entries,
    decision: { id: text(id, 'decision.id'), expiresAt: time(expiresAt, 'decision.expiresAt') },
    statements: many(statements, 'statements', MAX_STATEMENTS).map(statementOf),
    hub: listOf(hub).map((entry) => readHubEntry(entry, manifest.value.entries)),
  }
}

function statementOf(value: unknown): BundleStatement {
  const { digest, predicateType, size, proofSize, proofSha256 } = recordOf(value)
  const parsed = parseDigest(String(digest))
  if (!parsed.ok) throw refuse(parsed.error)
  return {
    digest: parsed.value,
    predicateType: text(predicateType, 'predicateType'),
    size: count(size, 'size', MAX_STATEMENT_BYTES),
    proofSize: count(proofSize, 'proofSize', MAX_PROOF_BYTES),
    proofSha256: hex(proofSha256, 'proofSha256'),
  }
}

function keyOf(value: unknown): BundleKey {
  const { role, keyId, publicKeyPem } = recordOf(value)
  const known = (['assessor', 'policy', 'consent'] as const).find((one) => one === role)
  if (known === undefined) throw refuse('a key has no role that is known')
  return { role: known, keyId: hex(keyId, 'keyId'), publicKeyPem: text(publicKeyPem, 'publicKeyPem', 4096) }
}

function many(value: unknown, what: string, most: number): readonly unknown[] {
  const list = listOf(value)
  if (list.length === 0) throw refuse(`it has no ${what}`)
  if (list.length > most)
    throw new SallyportError('TOO_LARGE', `the bundle has ${list.length} ${what}; the limit is ${most}`)
  return list
}

function text(value: unknown, what: string, most = MAX_TEXT): string {
  const found = textOf(value)
  if (found === undefined || found.length > most)
    throw refuse(`its ${what} is no text of 1 to ${most} characters`)
  return found
}

function hex(value: unknown, what: string): string {
  if (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)) return value
  throw refuse(`its ${what} is not 64 lower-case hex digits`)
}

function time(value: unknown, what: string): string {
  if (typeof value === 'string' && value.length < 40 && Number.isFinite(Date.parse(value))) return value
  throw refuse(`its ${what} is no time`)
}

function count(value: unknown, what: string, most: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= most) return value
  throw refuse(`its ${what} is no number of bytes up to ${most}`)
}

function stageOf(value: unknown): GatedStage {
  const stage = GATED_STAGES.find((one) => one === value)
  if (stage === undefined) throw refuse('it names no stage that is known')
  return stage
}

function refuse(why: string): SallyportError {
  return new SallyportError('BAD_INPUT', `the index of the bundle cannot be read: ${why}`)
}
