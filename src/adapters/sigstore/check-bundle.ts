import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import { type Bundle, bundleFromJSON, ValidationError } from '@sigstore/bundle'
import {
  type SignedEntity,
  type Signer,
  type TrustMaterial,
  toSignedEntity,
  toTrustMaterial,
  VerificationError,
  Verifier,
} from '@sigstore/verify'
import { SallyportError } from '../../ground/lang/index.ts'
import type {
  AttestedArtifact,
  BundleChecker,
  CheckedBundle,
  ProvenSigner,
  SignedContent,
  WantedSigner,
} from '../../services/attestations/index.ts'
import { checkLeaf, identityOfLeaf, leafOf, parseCertificate } from './check-leaf.ts'
import { checkLogEntries } from './check-log-entries.ts'
import { preciseTimestamp } from './precise-timestamp.ts'
import { artifactContent, digestOfArtifact, dsseContent, type SignatureContent } from './signed-content.ts'
import type { TrustConfig } from './trust-config.ts'

/** Entries, timestamps and certificates in one bundle. Clients write one of each; every one costs verifications (CWE-770). */
const MAX_ITEMS = 16

/** Hashes in one inclusion proof: a log of 2^64 entries needs 64. */
const MAX_PROOF_HASHES = 64

const MEDIA_TYPE = /^application\/vnd\.dev\.sigstore\.bundle(\+json;version=0\.[123]|\.v0\.3\+json)$/

/** Checks bundles v0.1 to v0.3 against a trust root, without a network. Wanted things only: nothing is optional. */
export function makeBundleChecker(config: TrustConfig): BundleChecker {
  const trust = trustOf(config)
  return { check: (value, wanted, artifact) => checkBundle(trust, value, wanted, artifact) }
}

/** Whose signature is taken inside this room: a signer who checks their own bundle knows their name only from it. */
type Wanted = WantedSigner | { readonly kind: 'whoever-has-the-certificate' }

/** A trust root with its certificates and keys parsed. */
interface Trust {
  readonly root: TrustConfig['root']
  readonly material: Omit<TrustMaterial, 'publicKey'>
}

/** @throws SallyportError `BAD_CONFIG` for certificates and keys that are none */
export function trustOf({ root, label }: TrustConfig): Trust {
  try {
    return { root, material: toTrustMaterial(root) }
  } catch (cause) {
    throw new SallyportError('BAD_CONFIG', `trust root ${label}: a certificate or key in it is malformed`, {
      cause,
    })
  }
}

/** {@link BundleChecker.check}, for this room. */
export async function checkBundle(
  { root, material }: Trust,
  value: unknown,
  wanted: Wanted,
  artifact?: AttestedArtifact,
): Promise<CheckedBundle> {
  const bundle = readBundle(value)
  const { content, signature } = await openContent(bundle, artifact)
  const trust: TrustMaterial = { ...material, publicKey: () => believed(wanted) }
  const { signer, times } = runVerifier(bundle, signature, { trust, wanted })
  return {
    content,
    signer: proveSigner(bundle, signer, wanted),
    ...(times[0] === undefined ? {} : { signedAt: times[0].toISOString() }),
    logs: checkLogEntries(bundle, { key: signer.key, root, signedAt: times[0] }),
  }
}

/** Reads a bundle from outside. @throws SallyportError `BAD_INPUT` */
function readBundle(value: unknown): Bundle {
  let bundle: Bundle
  try {
    bundle = bundleFromJSON(value)
  } catch (cause) {
    const fields = cause instanceof ValidationError ? ` (${cause.fields.join(', ').slice(0, 200)})` : ''
    throw new SallyportError('BAD_INPUT', `not a Sigstore bundle${fields}`, { cause })
  }
  const { mediaType, verificationMaterial } = bundle
  if (!MEDIA_TYPE.test(mediaType))
    throw new SallyportError(
      'BAD_INPUT',
      `bundles of the type ${JSON.stringify(mediaType.slice(0, 100))} are not known here`,
    )
  const { tlogEntries, timestampVerificationData, content } = verificationMaterial
  const counts = [
    tlogEntries.length,
    timestampVerificationData?.rfc3161Timestamps.length ?? 0,
    content.$case === 'x509CertificateChain' ? content.x509CertificateChain.certificates.length : 1,
  ]
  if (counts.some((count) => count > MAX_ITEMS))
    throw new SallyportError(
      'BAD_INPUT',
      `the bundle holds more than ${MAX_ITEMS} log entries, timestamps or certificates`,
    )
  if (tlogEntries.some((entry) => (entry.inclusionProof?.hashes.length ?? 0) > MAX_PROOF_HASHES))
    throw new SallyportError('BAD_INPUT', `an inclusion proof holds more than ${MAX_PROOF_HASHES} hashes`)
  if (content.$case === 'x509CertificateChain') refuseRoots(content.x509CertificateChain.certificates)
  return bundle
}

/** Roots come from the trust root; a bundle that brings one asks to be believed for it (sigstore_bundle.proto). */
function refuseRoots(chain: readonly { readonly rawBytes: Buffer }[]): void {
  for (const { rawBytes } of chain.slice(1)) {
    const certificate = parseCertificate(rawBytes)
    if (certificate.subject === certificate.issuer)
      throw new SallyportError('BAD_INPUT', 'the bundle brings a root certificate of its own')
  }
}

async function openContent(
  bundle: Bundle,
  artifact: AttestedArtifact | undefined,
): Promise<{ readonly content: SignedContent; readonly signature: SignatureContent }> {
  if (bundle.content.$case === 'messageSignature') {
    const { messageSignature } = bundle.content
    const signed = await digestOfArtifact(messageSignature, artifact)
    return {
      content: { kind: 'artifact', ...signed },
      signature: artifactContent({ ...signed, signature: messageSignature.signature }),
    }
  }
  const { payload, payloadType, signatures } = bundle.content.dsseEnvelope
  const [signature] = signatures
  if (signature === undefined || signatures.length > 1)
    throw new SallyportError('BAD_INPUT', 'the envelope of a bundle holds one signature')
  return {
    content: { kind: 'dsse', payloadType, payload },
    signature: dsseContent({ payload, payloadType, signature: signature.sig }),
  }
}

/** The key that is wanted; asked for by bundles that name a key and no certificate. */
function believed(wanted: Wanted): { publicKey: KeyObject; validFor: () => boolean } {
  if (wanted.kind !== 'key') throw new SallyportError('SIGNER_UNTRUSTED', 'the bundle is signed with a key')
  return { publicKey: readKey(wanted.publicKeyPem), validFor: () => true }
}

function readKey(pem: string): KeyObject {
  try {
    return createPublicKey(pem)
  } catch (cause) {
    throw new SallyportError('KEY_INVALID', 'the public key is not a PEM public key', { cause })
  }
}

function runVerifier(
  bundle: Bundle,
  signature: SignatureContent,
  { trust, wanted }: { readonly trust: TrustMaterial; readonly wanted: Wanted },
): { readonly signer: Signer; readonly times: readonly Date[] } {
  refuseOtherSort(bundle, wanted)
  const thresholds =
    wanted.kind === 'key'
      ? { timestampThreshold: 0, ctlogThreshold: 0, tlogThreshold: wanted.mayBeUnlogged === true ? 0 : 1 }
      : {}
  const verifier = new Verifier(trust, thresholds)
  try {
    const entity = entityOf(bundle, signature)
    return { signer: verifier.verify(entity), times: timesOf(entity) }
  } catch (cause) {
    throw failureOf(cause)
  }
}

/** A certificate proves an identity and nothing about the key that was wanted, and the other way round. */
function refuseOtherSort(bundle: Bundle, wanted: Wanted): void {
  const hasKey = bundle.verificationMaterial.content.$case === 'publicKey'
  if (wanted.kind === 'key' && !hasKey)
    throw new SallyportError(
      'SIGNER_UNTRUSTED',
      'the bundle is signed with a certificate, not with this key: say whose, with --identity',
    )
  if (wanted.kind !== 'key' && hasKey)
    throw new SallyportError(
      'SIGNER_UNTRUSTED',
      'the bundle is signed with a key and names no identity: give the key with --key',
    )
}

function entityOf(bundle: Bundle, signature: SignatureContent): SignedEntity {
  const entity = toSignedEntity(bundle)
  const timestamps = entity.timestamps.map((stamp) =>
    stamp.$case === 'timestamp-authority'
      ? { ...stamp, timestamp: preciseTimestamp(stamp.timestamp) }
      : stamp,
  )
  return { ...entity, timestamps, signature }
}

/** Times that the verifier has checked, earliest first: of timestamp authorities, and of logs that promised inclusion. */
function timesOf(entity: SignedEntity): readonly Date[] {
  return entity.timestamps
    .flatMap((stamp) => {
      if (stamp.$case === 'timestamp-authority') return [stamp.timestamp.signingTime]
      return stamp.tlogEntry.inclusionPromise === undefined
        ? []
        : [new Date(Number(stamp.tlogEntry.integratedTime) * 1000)]
    })
    .sort((a, b) => a.getTime() - b.getTime())
}

function proveSigner(bundle: Bundle, signer: Signer, wanted: Wanted): ProvenSigner {
  if (wanted.kind === 'key') {
    const der = signer.key.export({ format: 'der', type: 'spki' })
    return { kind: 'key', keyId: `sha256:${createHash('sha256').update(der).digest('hex')}` }
  }
  const leaf = leafOf(bundle)
  checkLeaf(leaf)
  const found = identityOfLeaf(leaf, signer.identity?.oids)
  if (wanted.kind === 'whoever-has-the-certificate') return { kind: 'identity', ...found }
  const isWanted =
    wanted.kind === 'identity'
      ? found.identity === wanted.identity
      : matchesWhole(wanted.pattern, found.identity)
  if (!isWanted || found.identityProvider !== wanted.identityProvider)
    throw new SallyportError(
      'SIGNER_UNTRUSTED',
      `signed by ${found.identity} (${found.identityProvider}), wanted ${wanted.kind === 'identity' ? wanted.identity : wanted.pattern.source} (${wanted.identityProvider})`,
    )
  return { kind: 'identity', ...found }
}

// An unanchored pattern for `alice@example.com` would take `malice@example.com.evil`.
function matchesWhole(pattern: RegExp, identity: string): boolean {
  return new RegExp(`^(?:${pattern.source})$`, 'v').test(identity)
}

const REASONS: Readonly<Record<string, string>> = {
  CERTIFICATE_ERROR:
    'the certificate is not from an authority that the trust root names, valid when it signed',
  PUBLIC_KEY_ERROR: 'the key is not the one that was given',
  SIGNATURE_ERROR: 'the signature is not by this key over these bytes',
  TIMESTAMP_ERROR: 'no trusted time of signing',
  TLOG_BODY_ERROR: 'the log entry is about another signature',
  TLOG_ERROR: 'no entry in a trusted log',
  TLOG_INCLUSION_PROMISE_ERROR: 'the promise of inclusion is not by a trusted log',
  TLOG_INCLUSION_PROOF_ERROR: 'the proof of inclusion does not hold',
  TLOG_MISSING_INCLUSION_ERROR: 'nothing shows that the entry is in the log',
}
const UNTRUSTED = new Set(['CERTIFICATE_ERROR', 'PUBLIC_KEY_ERROR'])

/** Whatever breaks while hostile bytes are checked means that they did not pass. */
function failureOf(cause: unknown): SallyportError {
  if (cause instanceof SallyportError) return cause
  if (!(cause instanceof VerificationError))
    return new SallyportError('SIGNATURE_INVALID', 'the bundle is malformed', { cause })
  const why = REASONS[cause.code] ?? 'verification failed'
  return new SallyportError(
    UNTRUSTED.has(cause.code) ? 'SIGNER_UNTRUSTED' : 'SIGNATURE_INVALID',
    `${why} (${cause.message})`,
    { cause, detail: { check: cause.code } },
  )
}
