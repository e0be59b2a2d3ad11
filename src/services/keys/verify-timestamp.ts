import { constants, hash, verify } from 'node:crypto'
import { readTimestamp, type TimestampView } from '../../formats/timestamp/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import { buildChain, type KnownCertificate, knownCertificate, nameOf } from './build-chain.ts'

/** Hashes by their object identifiers. SHA-1 may name a certificate (RFC 5035), and nothing else. */
const HASHES: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}
const SHA1 = '1.3.14.3.2.26'
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8'
const TST_INFO = '1.2.840.113549.1.9.16.1.4'
/** Signature algorithms: the hash that is inside the name, or the signer's own where it is not. */
const SIGNATURES: Readonly<Record<string, { readonly key: 'ec' | 'rsa'; readonly hash?: string }>> = {
  '1.2.840.10045.4.3.2': { key: 'ec', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { key: 'ec', hash: 'sha384' },
  '1.2.840.10045.4.3.4': { key: 'ec', hash: 'sha512' },
  '1.2.840.113549.1.1.1': { key: 'rsa' },
  '1.2.840.113549.1.1.11': { key: 'rsa', hash: 'sha256' },
  '1.2.840.113549.1.1.12': { key: 'rsa', hash: 'sha384' },
  '1.2.840.113549.1.1.13': { key: 'rsa', hash: 'sha512' },
}

/** What a timestamp must be over, and whom it may be by. */
export interface WantedTimestamp {
  readonly message: Uint8Array
  /** DER of the certificates that are believed as roots of timestamp authorities; at least one. */
  readonly roots: readonly Uint8Array[]
  /** DER of certificates between, where the token does not bring them. */
  readonly intermediates?: readonly Uint8Array[]
  /** Lower-case hex of the nonce that was sent; undefined where the timestamp was not asked for just now. */
  readonly nonce?: string
}

/** What a verified timestamp says. */
export interface VerifiedTimestamp {
  /** RFC 3339: the latest moment at which the message may have come to be, accuracy included. */
  readonly at: string
  /** The authority's name in its certificate. */
  readonly authority: string
  readonly serial: string
}

/**
 * Verifies a TimeStampResp (RFC 3161, RFC 5816): the imprint, the nonce, the signed attributes, the binding of the
 * signer's certificate, its one and critical usage, and its chain to a root, at the time that the token itself says.
 * @throws SallyportError `BAD_INPUT` when it cannot be read, `SIGNATURE_INVALID` when it is not about these bytes or not
 * signed, `SIGNER_UNTRUSTED` when the authority is not believed, `NOT_SUPPORTED` for an algorithm
 */
export function verifyTimestamp(response: Uint8Array, wanted: WantedTimestamp): VerifiedTimestamp {
  const read = readTimestamp(response)
  if (!read.ok) throw new SallyportError('BAD_INPUT', read.error)
  const token = read.value
  if (token.status > 1) throw invalid(`the authority refused with status ${token.status}`)
  checkImprint(token, wanted)
  const along = token.certificates
    .slice(0, MAX_CERTIFICATES)
    .map((der) => knownCertificate(der, 'the timestamp'))
  const between = (wanted.intermediates ?? []).map((der) => knownCertificate(der, 'an intermediate'))
  const roots = wanted.roots.map((der) => knownCertificate(der, 'a root of timestamps'))
  const signer = findSigner(token, [...along, ...between, ...roots])
  checkBinding(token, signer)
  checkSignature(token, signer)
  checkUsage(signer)
  buildChain(signer, [...along, ...between], roots, token.time)
  return {
    at: new Date(token.time + token.accuracyMs).toISOString(),
    authority: nameOf(signer),
    serial: token.serial,
  }
}

/** Certificates of one token that are looked at. */
const MAX_CERTIFICATES = 16

function checkImprint({ imprint, nonce }: TimestampView, wanted: WantedTimestamp): void {
  const name = HASHES[imprint.algorithm]
  if (name === undefined)
    throw new SallyportError(
      'NOT_SUPPORTED',
      `the timestamp is over a hash that is not accepted: ${imprint.algorithm}`,
    )
  if (Buffer.compare(hash(name, wanted.message, 'buffer'), imprint.hash) !== 0)
    throw invalid('the timestamp is over other bytes')
  if (wanted.nonce !== undefined && nonce !== wanted.nonce)
    throw invalid('the timestamp answers another question: its nonce is not the one that was sent')
}

function findSigner(token: TimestampView, certificates: readonly KnownCertificate[]): KnownCertificate {
  const { id } = token.signer
  const found = certificates.find(({ view }) =>
    id.kind === 'key'
      ? view.keyId === id.keyId
      : view.serial === id.serial && Buffer.compare(view.issuer, id.issuer) === 0,
  )
  if (found !== undefined) return found
  throw new SallyportError(
    'SIGNER_UNTRUSTED',
    'the timestamp brings no certificate of its signer, and none was given',
  )
}

/** Without the binding, a token could be shown with another certificate that holds the same key (RFC 5035 section 2). */
function checkBinding({ signer }: TimestampView, { view }: KnownCertificate): void {
  const bound = signer.certificateHash
  if (bound === undefined) throw invalid('the timestamp does not say whose certificate signed it')
  const name = bound.algorithm === SHA1 ? 'sha1' : HASHES[bound.algorithm]
  if (name === undefined)
    throw new SallyportError('NOT_SUPPORTED', `the signer's certificate is named by ${bound.algorithm}`)
  if (Buffer.compare(hash(name, view.der, 'buffer'), bound.hash) !== 0)
    throw invalid('the timestamp was signed under another certificate than the one beside it')
}

function checkSignature({ content, signer }: TimestampView, { x509 }: KnownCertificate): void {
  const digestName = HASHES[signer.digestAlgorithm]
  const scheme = SIGNATURES[signer.signatureAlgorithm]
  if (digestName === undefined || scheme === undefined)
    throw new SallyportError(
      'NOT_SUPPORTED',
      `the timestamp is signed with ${signer.signatureAlgorithm} over ${signer.digestAlgorithm}, which is not accepted`,
    )
  if (signer.contentType !== TST_INFO) throw invalid('the signed attributes speak of something else')
  if (Buffer.compare(hash(digestName, content, 'buffer'), signer.messageDigest) !== 0)
    throw invalid('the timestamp is not what its authority signed')
  const { publicKey } = x509
  if (publicKey.asymmetricKeyType !== scheme.key)
    throw invalid("the signature is of another kind than its signer's key")
  const key = scheme.key === 'rsa' ? { key: publicKey, padding: constants.RSA_PKCS1_PADDING } : publicKey
  if (!verify(scheme.hash ?? digestName, signer.attributes, key, signer.signature))
    throw invalid("the timestamp's signature is wrong")
}

/** RFC 3161 section 2.3: this usage alone, and critical. */
function checkUsage(signer: KnownCertificate): void {
  const { usages, usagesAreCritical } = signer.view
  if (usages?.length === 1 && usages[0] === TIME_STAMPING && usagesAreCritical) return
  throw new SallyportError(
    'SIGNER_UNTRUSTED',
    `the certificate of ${nameOf(signer)} is not one for timestamps: extended key usage must be timeStamping alone, and critical`,
  )
}

function invalid(why: string): SallyportError {
  return new SallyportError('SIGNATURE_INVALID', why)
}
