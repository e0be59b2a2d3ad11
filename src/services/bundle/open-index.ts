import { openEnvelope, parseStrictJson, type Verifier, verifierOfPem } from '../../ground/crypto/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { TrustedKey, TrustedKeys } from '../../trust/evidence/index.ts'
import { type BundleIndex, INDEX_NAME, INDEX_TYPE, MAX_INDEX_BYTES, readIndex } from './bundle-index.ts'
import { headerOf, paddingOf, RECORD_BYTES, sizeOfFirst } from './bundle-tar.ts'
import type { ByteFeed } from './byte-feed.ts'

/** An index whose signature was looked at. */
export interface OpenedIndex {
  readonly index: BundleIndex
  readonly signer: {
    readonly keyId: string
    readonly publicKeyPem: string
    /** `settled` by the keys that this house believes, `named` by whoever imports, or by nobody. */
    readonly belief: 'settled' | 'named' | 'none'
  }
}

/**
 * Reads the index at the front of a bundle and checks who signed it. A key that nobody believes is told, with its id, and believed in nothing.
 * @param accepted ids of keys that whoever imports names in so many words
 * @throws SallyportError `BAD_INPUT`, `TOO_LARGE`, `SIGNATURE_INVALID`, `SIGNER_UNTRUSTED` for a key that was revoked
 */
export async function openIndex(
  feed: ByteFeed,
  trusted: TrustedKeys,
  accepted: readonly string[],
): Promise<OpenedIndex> {
  const envelope = parseStrictJson(await readHead(feed), 'the bundle')
  const payload = payloadOf(envelope)
  const index = readIndex(parseStrictJson(payload, 'the index of the bundle'))
  const signer = verifierOf(index)
  const { payloadType } = openEnvelope(envelope, [signer])
  if (payloadType !== INDEX_TYPE)
    throw new SallyportError(
      'BAD_INPUT',
      `the signed payload is "${payloadType.slice(0, 200)}", and no bundle`,
    )
  const { keyId, publicKeyPem } = signer
  const known = trusted.get(keyId)
  if (known !== undefined) mustHold(known, index)
  const isSettled = known?.roles.includes('policy') === true
  const belief = isSettled ? 'settled' : accepted.includes(keyId) ? 'named' : 'none'
  return { index, signer: { keyId, publicKeyPem, belief } }
}

async function readHead(feed: ByteFeed): Promise<Uint8Array> {
  const header = await feed.take(RECORD_BYTES)
  const size = sizeOfFirst(header)
  if (size === undefined || !same(header, headerOf(INDEX_NAME, size)))
    throw new SallyportError('BAD_INPUT', 'this is no bundle: its first member is not a signed index')
  if (size > MAX_INDEX_BYTES)
    throw new SallyportError('TOO_LARGE', `the index has ${size} bytes; the limit is ${MAX_INDEX_BYTES}`)
  const bytes = await feed.take(size)
  await mustBeEmpty(feed, paddingOf(size))
  return bytes
}

/** The payload is read before its signature is checked, to learn whose key to check it by; nothing else is taken from it until then. */
function payloadOf(envelope: unknown): Uint8Array {
  const payload =
    typeof envelope === 'object' && envelope !== null && 'payload' in envelope ? envelope.payload : undefined
  if (typeof payload !== 'string')
    throw new SallyportError('BAD_INPUT', 'the index of the bundle is not signed')
  return Buffer.from(payload, 'base64')
}

/** The key that the index names as its signer: that it is this key is proven by its id, that it may be believed is not. */
function verifierOf({ signerKeyId, keys }: BundleIndex): Verifier {
  const key = keys.find(({ keyId, role }) => keyId === signerKeyId && role === 'policy')
  const verifier = key === undefined ? undefined : verifierOfPem(key.publicKeyPem)
  if (verifier?.keyId === signerKeyId) return verifier
  throw new SallyportError(
    'SIGNATURE_INVALID',
    'the bundle does not hold the key by which it says it is signed',
  )
}

function mustHold(
  { revokedAt, notBefore, notAfter, publicKey }: TrustedKey,
  { exportedAt }: BundleIndex,
): void {
  const at = Date.parse(exportedAt)
  const late = notAfter !== undefined && at > Date.parse(notAfter)
  const early = notBefore !== undefined && at < Date.parse(notBefore)
  const why =
    revokedAt !== undefined
      ? `was revoked at ${revokedAt}`
      : late
        ? `held until ${notAfter}`
        : early
          ? `holds from ${notBefore} on`
          : undefined
  if (why === undefined) return
  throw new SallyportError('SIGNER_UNTRUSTED', `the key ${publicKey.keyId} that signed the bundle ${why}`)
}

/** Whether two headers are the same in every byte. */
export function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

/** @throws SallyportError `BAD_INPUT` for bytes where there should be none */
export async function mustBeEmpty(feed: ByteFeed, size: number): Promise<void> {
  if ((await feed.take(size)).some((byte) => byte !== 0))
    throw new SallyportError('BAD_INPUT', 'the bundle holds bytes that its index does not know')
}
