import { type Digest, type Manifest, type ManifestEntry, makeManifest } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import {
  attestDerivation,
  attestModelScan,
  attestQuarantine,
  type QuarantinePredicate,
  sealStatement,
  subjectOf,
} from '../../trust/evidence/index.ts'
import { latestPredicate } from './read-statements.ts'
import type { Actor, Progress } from './registry-port.ts'
import type { Room } from './room.ts'
import { takeIn } from './take-in.ts'

/** Characters of a model's name; the predicate's schema allows as many. */
const MAX_NAME = 400

/**
 * Takes a model into quarantine and seals that it came in, and at whose wish. The same bytes again change nothing:
 * the first requester stays the requester.
 * @throws SallyportError `BAD_INPUT`, `NOT_FOUND` for an unknown parent, `TOO_LARGE`, `STORE_FAILED`
 */
export async function importModel(
  room: Room,
  request: { readonly path: string; readonly name?: string; readonly derivedFrom?: Digest },
  actor: Actor,
  onProgress?: (progress: Progress) => void,
): Promise<Digest> {
  const parent = request.derivedFrom === undefined ? undefined : room.view.model(request.derivedFrom)
  if (request.derivedFrom !== undefined && parent === undefined)
    throw new SallyportError('NOT_FOUND', `no model ${request.derivedFrom} to derive from; import it first`)
  if (request.name !== undefined && (request.name === '' || request.name.length > MAX_NAME))
    throw new SallyportError('BAD_INPUT', `a model's name has 1 to ${MAX_NAME} characters`)
  const { manifest, source } = await takeIn(room, request.path, onProgress)
  const name = request.name ?? source.label
  return room.inTurn(manifest.digest, async () => {
    const subject = subjectOf(manifest, name, room.tenant)
    const at = room.now().toISOString()
    const { principalId } = actor
    const sealed = await sealArrival(room, manifest, { name, source }, actor)
    if (
      parent !== undefined &&
      parent.digest !== manifest.digest &&
      !isLinked(room, parent.digest, manifest.digest)
    ) {
      const from = { name: parent.name, digest: parent.digest }
      sealed.push(
        await sealStatement(attestDerivation(subject, { at, from, principalId }), room.keys.assessor),
      )
    }
    await room.record(sealed)
    return manifest.digest
  })
}

/**
 * Takes in a model whose bytes lie in the store already, as {@link importModel} does for a path.
 * @throws SallyportError `BAD_INPUT` for files that make no model, `STORE_FAILED` for bytes that are not here
 */
export async function importStored(room: Room, request: StoredModel, actor: Actor): Promise<Digest> {
  const manifest = makeManifest(request.entries)
  if (!manifest.ok)
    throw new SallyportError('BAD_INPUT', `cannot take in ${request.label}: ${manifest.error}`)
  for (const { name, sha256 } of manifest.value.entries)
    if (!(await room.blobs.has(sha256)))
      throw new SallyportError('STORE_FAILED', `the bytes of "${name}" are not in the store`)
  const arrival = {
    name: request.name,
    source: { kind: request.kind ?? 'hub', label: request.label },
  } as const
  return room.inTurn(manifest.value.digest, async () => {
    await room.record(await sealArrival(room, manifest.value, arrival, actor))
    return manifest.value.digest
  })
}

/** A model that a hub gave. */
export interface StoredModel {
  readonly name: string
  /** Where it came from, for people. */
  readonly label: string
  /** A hub where nothing else is said. */
  readonly kind?: 'hub' | 'bundle'
  readonly entries: readonly ManifestEntry[]
}

/** What is sealed when bytes come in that are not here yet. */
async function sealArrival(
  room: Room,
  manifest: Manifest,
  arrival: Pick<QuarantinePredicate, 'name' | 'source'>,
  { principalId, owner, authentication, requestDigest }: Actor,
): Promise<Uint8Array[]> {
  if (room.view.model(manifest.digest) !== undefined) return []
  const wish = { principalId, owner, authentication, requestDigest, at: room.now().toISOString(), ...arrival }
  const subject = subjectOf(manifest, arrival.name, room.tenant)
  return [await sealStatement(attestQuarantine(subject, manifest, wish), room.keys.assessor)]
}

function isLinked(room: Room, from: Digest, to: Digest): boolean {
  return room.view.links(to, 'up').some((link) => link.from === from && !link.claimed)
}

/** Looks at every file of a model and seals what was seen. @throws SallyportError `NOT_FOUND`, `STORE_FAILED` */
export async function assessModel(
  room: Room,
  digest: Digest,
  onProgress?: (progress: Progress) => void,
): Promise<void> {
  const { manifest, name } = await manifestOf(room, digest)
  const assessment = await room.scan.assess({
    root: name,
    files: manifest.entries.map((entry) => ({ name: entry.name, path: room.blobs.pathOf(entry.sha256) })),
    ...(onProgress === undefined
      ? {}
      : { onProgress: (progress) => onProgress({ step: 'assess', ...progress }) }),
  })
  const statement = attestModelScan(subjectOf(manifest, name, room.tenant), manifest, assessment)
  await room.record([await sealStatement(statement, room.keys.assessor)])
}

/** The manifest of a model as it was sealed when it came in. @throws SallyportError `NOT_FOUND`, `LOG_CORRUPT` */
export async function manifestOf(room: Room, digest: Digest): Promise<{ manifest: Manifest; name: string }> {
  const quarantine = await latestPredicate(room, digest, 'quarantine')
  if (quarantine === undefined)
    throw new SallyportError('NOT_FOUND', `no model ${digest} here; \`sallyport import\` takes one in`)
  const manifest = makeManifest(quarantine.predicate.files)
  if (!manifest.ok || manifest.value.digest !== digest)
    throw new SallyportError('LOG_CORRUPT', `the files sealed for ${digest} do not make that digest`)
  return { manifest: manifest.value, name: quarantine.predicate.name }
}
