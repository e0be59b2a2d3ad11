import { sha256Hex } from '../../ground/crypto/index.ts'
import { type Digest, digestOfBytes, hexOfDigest } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import {
  openStatement,
  predicateOf,
  subjectsOf,
  type TrustedKeys,
  trustKeys,
  type Verified,
} from '../../trust/evidence/index.ts'
import { leafOfDigest, verifyProofFile } from '../../trust/ledger/index.ts'
import type { StoredBlob } from '../registry/index.ts'
import { type BundleIndex, type BundleMember, type BundleModel, membersOf } from './bundle-index.ts'
import { headerOf, paddingOf, RECORD_BYTES, TAR_END } from './bundle-tar.ts'
import { ByteFeed } from './byte-feed.ts'
import { mustBeEmpty, type OpenedIndex, openIndex, same } from './open-index.ts'

/** Bytes of all statements of a bundle: they are kept until the last byte was seen. */
const MAX_STATEMENTS_BYTES = 512 * 2 ** 20

/** What reading a bundle stands on. */
export interface ReadDeps {
  readonly trusted: TrustedKeys
  /** Takes bytes into the store, durably, and says what they were. */
  readonly putBlob: (chunks: AsyncIterable<Uint8Array>) => Promise<StoredBlob>
  readonly now: () => Date
  readonly onBytes?: (doneBytes: number, totalBytes: number, name: string) => void
}

/** A bundle of which every byte was checked. */
export interface CheckedBundle extends OpenedIndex {
  /** Sealed statements by digest. */
  readonly statements: ReadonlyMap<Digest, Uint8Array>
}

/** The index alone, to look at; nothing is taken in. @throws as {@link openIndex} does */
export function peekBundle(
  deps: Pick<ReadDeps, 'trusted'>,
  chunks: AsyncIterable<Uint8Array>,
  accepted: readonly string[],
): Promise<OpenedIndex> {
  return openIndex(new ByteFeed(chunks), deps.trusted, accepted)
}

/**
 * Reads a whole bundle and checks it: who signed it, every byte of every member, every statement and its proof of inclusion, and that the
 * decision which let each model out holds still. Files go into the store on the way; nothing else is written.
 * @throws SallyportError `SIGNER_UNTRUSTED` with what to do, `SIGNATURE_INVALID`, `BAD_INPUT`, `TOO_LARGE`, `FORBIDDEN` for what has run out
 */
export async function readBundle(
  deps: ReadDeps,
  chunks: AsyncIterable<Uint8Array>,
  accepted: readonly string[],
): Promise<CheckedBundle> {
  const feed = new ByteFeed(chunks)
  const opened = await openIndex(feed, deps.trusted, accepted)
  mustBeBelieved(opened)
  const { index } = opened
  mustHoldStill(index, deps.now())
  const members = membersOf(index)
  const total = members.reduce((sum, { size }) => sum + size, 0)
  const texts = new Map<string, Uint8Array>()
  let done = 0
  let kept = 0
  for (const member of members) {
    if (!same(await feed.take(RECORD_BYTES), headerOf(member.name, member.size)))
      throw new SallyportError(
        'BAD_INPUT',
        `the bundle does not go on with ${member.name}, as its index says`,
      )
    if (member.name.startsWith('blobs/')) await takeBlob(deps, feed, member)
    else {
      kept += member.size
      if (kept > MAX_STATEMENTS_BYTES)
        throw new SallyportError('TOO_LARGE', `its statements have more than ${MAX_STATEMENTS_BYTES} bytes`)
      texts.set(member.name, await takeText(feed, member))
    }
    await mustBeEmpty(feed, paddingOf(member.size))
    done += member.size
    deps.onBytes?.(done, total, member.name)
  }
  await mustBeEmpty(feed, TAR_END.length)
  if (!(await feed.isAtEnd())) throw new SallyportError('BAD_INPUT', 'the bundle goes on behind its end')
  return { ...opened, statements: checkStatements(index, texts) }
}

function mustBeBelieved({ signer, index }: OpenedIndex): void {
  if (signer.belief !== 'none') return
  throw new SallyportError(
    'SIGNER_UNTRUSTED',
    `the bundle is signed by the key ${signer.keyId} of ${index.log.origin}, which is not believed here. Compare the id with \`sallyport keys list\` where it was exported, over another way than the bundle came; then import with --accept-key ${signer.keyId}, or believe the key with \`sallyport keys trust\``,
    { detail: { keyId: signer.keyId } },
  )
}

function mustHoldStill({ models, stage }: BundleIndex, now: Date): void {
  for (const { name, decision } of models)
    if (Date.parse(decision.expiresAt) <= now.getTime())
      throw new SallyportError(
        'FORBIDDEN',
        `the decision that let ${name} out for ${stage} held until ${decision.expiresAt}; export it again where it is approved`,
      )
}

async function takeBlob(deps: ReadDeps, feed: ByteFeed, member: BundleMember): Promise<void> {
  const stored = await deps.putBlob(feed.stream(member.size))
  if (stored.sha256 !== member.sha256 || stored.size !== member.size) throw notSigned(member.name)
}

async function takeText(feed: ByteFeed, member: BundleMember): Promise<Uint8Array> {
  const bytes = await feed.take(member.size)
  if (sha256Hex(bytes) !== member.sha256) throw notSigned(member.name)
  return bytes
}

/** Every statement is one of the keys of the bundle's, about its model, and was in the exporter's log. */
function checkStatements(
  index: BundleIndex,
  texts: ReadonlyMap<string, Uint8Array>,
): ReadonlyMap<Digest, Uint8Array> {
  const keys = keysOf(index)
  const statements = new Map<Digest, Uint8Array>()
  for (const model of index.models) {
    const opened = model.statements.map(({ digest }) => {
      const envelope = textOf(texts, `statements/${hexOfDigest(digest)}.json`)
      const proof = textOf(texts, `proofs/${hexOfDigest(digest)}.tlog-proof`)
      const proven = verifyProofFile(
        Buffer.from(proof).toString('utf8'),
        leafOfDigest(digest),
        index.log.vkey,
      )
      if (!proven.ok)
        throw new SallyportError(
          'SIGNATURE_INVALID',
          `the proof that ${digest} was logged does not hold: ${proven.error}`,
        )
      statements.set(digestOfBytes(envelope), envelope)
      return openStatement(envelope, keys)
    })
    mustBeDecided(index, model, opened)
  }
  return statements
}

function mustBeDecided({ stage }: BundleIndex, model: BundleModel, opened: readonly Verified[]): void {
  const foreign = opened.find((verified) => !subjectsOf(verified).includes(model.digest))
  if (foreign !== undefined)
    throw new SallyportError('SIGNATURE_INVALID', `a statement in the bundle is not about ${model.name}`)
  const decision = opened
    .map((verified) => predicateOf(verified, 'decision'))
    .find((one) => one?.id === model.decision.id)
  const isAllowed =
    decision?.outcome === 'allow' &&
    decision.stage === stage &&
    decision.expiresAt === model.decision.expiresAt
  if (!isAllowed)
    throw new SallyportError(
      'SIGNATURE_INVALID',
      `no sealed decision in the bundle allows ${model.name} for ${stage}`,
    )
}

/** The keys that travel with the statements: good for checking that these are whole, and for nothing that is decided here. */
function keysOf({ keys }: BundleIndex): TrustedKeys {
  const roles = new Map<string, { publicKeyPem: string; roles: ('assessor' | 'policy' | 'consent')[] }>()
  for (const { keyId, role, publicKeyPem } of keys) {
    const known = roles.get(keyId)
    if (known === undefined) roles.set(keyId, { publicKeyPem, roles: [role] })
    else known.roles.push(role)
  }
  return trustKeys([...roles.values()])
}

function textOf(texts: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  const bytes = texts.get(name)
  if (bytes === undefined) throw new SallyportError('BAD_INPUT', `the bundle does not hold ${name}`)
  return bytes
}

function notSigned(name: string): SallyportError {
  return new SallyportError('SIGNATURE_INVALID', `the bytes of ${name} are not those that were signed`)
}
