import { createPublicKey, type KeyObject } from 'node:crypto'
import type { Bundle } from '@sigstore/bundle'
import type { TransparencyLogEntry, TrustedRoot } from '@sigstore/protobuf-specs'
import { SallyportError } from '../../ground/lang/index.ts'
import type { CheckedBundle } from '../../services/attestations/index.ts'
import { at } from './at.ts'
import { parseCertificate } from './check-leaf.ts'

/**
 * What the verifier of entries does not ask, once it has found them good: that an entry names the key that signed the
 * bundle (for one ECDSA signature other keys can be found under which it holds, too), and that the log's key was valid
 * at the time of signing.
 * @throws SallyportError `SIGNATURE_INVALID`
 */
export function checkLogEntries(
  bundle: Bundle,
  signed: { readonly key: KeyObject; readonly root: TrustedRoot; readonly signedAt: Date | undefined },
): CheckedBundle['logs'] {
  return bundle.verificationMaterial.tlogEntries.map((entry) => {
    if (!keyOfEntry(entry).equals(signed.key))
      throw new SallyportError(
        'SIGNATURE_INVALID',
        'the log entry names another key than the one that signed',
      )
    const logs = signed.root.tlogs.filter(({ logId, checkpointKeyId }) =>
      sameId((checkpointKeyId ?? logId)?.keyId, entry.logId?.keyId),
    )
    const { signedAt } = signed
    if (signedAt !== undefined && !logs.some((log) => holdsAt(log.publicKey?.validFor, signedAt)))
      throw new SallyportError(
        'SIGNATURE_INVALID',
        `the trust root does not believe the log ${logs[0]?.baseUrl} at ${signedAt.toISOString()}, when this was signed`,
      )
    return { log: logs[0]?.baseUrl ?? '', index: entry.logIndex }
  })
}

function sameId(a: Buffer | undefined, b: Buffer | undefined): boolean {
  return a !== undefined && b !== undefined && a.equals(b)
}

/** Closed at both ends (TimeRange of sigstore/protobuf-specs). */
function holdsAt(
  range: { start?: Date | undefined; end?: Date | undefined } | undefined,
  time: Date,
): boolean {
  return range?.start !== undefined && range.start <= time && (range.end === undefined || time <= range.end)
}

/** Where the body of an entry holds the signer's key: PEM in base64 (Rekor v1), or DER (Rekor v2). */
function keyOfEntry(entry: TransparencyLogEntry): KeyObject {
  const spec = at(JSON.parse(entry.canonicalizedBody.toString('utf8')), 'spec')
  const { kind, version } = entry.kindVersion ?? { kind: '', version: '' }
  const [place, form] = PLACES[`${kind} ${version}`] ?? []
  if (place === undefined)
    throw new SallyportError(
      'SIGNATURE_INVALID',
      `log entries of the kind ${kind} ${version} are not known here`,
    )
  const found = place.reduce<unknown>((value, name) => at(value, name), spec)
  return form === 'v2' ? keyOfVerifier(found) : keyOfPem(found)
}

const PLACES: Readonly<Record<string, readonly [place: readonly (string | number)[], form: 'pem' | 'v2']>> = {
  'hashedrekord 0.0.1': [['signature', 'publicKey', 'content'], 'pem'],
  'dsse 0.0.1': [['signatures', 0, 'verifier'], 'pem'],
  'intoto 0.0.2': [['content', 'envelope', 'signatures', 0, 'publicKey'], 'pem'],
  'hashedrekord 0.0.2': [['hashedRekordV002', 'signature', 'verifier'], 'v2'],
  'dsse 0.0.2': [['dsseV002', 'signatures', 0, 'verifier'], 'v2'],
}

function keyOfPem(value: unknown): KeyObject {
  return keyOf(Buffer.from(textOf(value), 'base64').toString('latin1'))
}

function keyOfVerifier(value: unknown): KeyObject {
  const certificate = at(value, 'x509Certificate')
  if (certificate !== undefined)
    return parseCertificate(Buffer.from(textOf(at(certificate, 'rawBytes')), 'base64')).publicKey
  return keyOf(Buffer.from(textOf(at(at(value, 'publicKey'), 'rawBytes')), 'base64'))
}

function keyOf(pemOrDer: string | Buffer): KeyObject {
  try {
    if (typeof pemOrDer !== 'string') return createPublicKey({ key: pemOrDer, format: 'der', type: 'spki' })
    // Takes the PEM of a certificate, too.
    return createPublicKey(pemOrDer)
  } catch (cause) {
    throw new SallyportError('SIGNATURE_INVALID', 'the key in the log entry is malformed', { cause })
  }
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new SallyportError('SIGNATURE_INVALID', 'the log entry names no key')
  return value
}
