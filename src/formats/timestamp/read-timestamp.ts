import { fail, ok, type Result } from '../../ground/lang/index.ts'
import {
  childrenOf,
  contentOf,
  type DerNode,
  DerProblem,
  expectTag,
  integerHexOf,
  oidOf,
  rootOf,
  smallOf,
  TAG,
  timeOf,
  wholeOf,
} from './der.ts'

/** A certificate by the hash of its DER, as the signer binds it to the signature (RFC 5035 ESSCertID, RFC 5816). */
export interface CertificateHash {
  readonly algorithm: string
  readonly hash: Uint8Array
}

/** A timestamp taken apart (RFC 3161, RFC 5652); nothing is verified. Object identifiers are in dots. */
export interface TimestampView {
  /** Granted is 0, granted with changes 1. */
  readonly status: number
  readonly policy: string
  readonly imprint: { readonly algorithm: string; readonly hash: Uint8Array }
  /** Lower-case hex. */
  readonly serial: string
  readonly nonce?: string
  /** Milliseconds since 1970, and how far it may be off. */
  readonly time: number
  readonly accuracyMs: number
  /** DER of TSTInfo: what the signed attributes speak of. */
  readonly content: Uint8Array
  /** DER of each certificate that came along. */
  readonly certificates: readonly Uint8Array[]
  readonly signer: TimestampSigner
}

/** Who signed a timestamp, and how. */
export interface TimestampSigner {
  readonly id:
    | { readonly kind: 'issuer'; readonly issuer: Uint8Array; readonly serial: string }
    | { readonly kind: 'key'; readonly keyId: string }
  readonly digestAlgorithm: string
  readonly signatureAlgorithm: string
  /** The attributes as they are signed: a SET OF in DER. */
  readonly attributes: Uint8Array
  readonly contentType: string
  readonly messageDigest: Uint8Array
  /** First of the certificates that the signature is bound to: the signer's own. */
  readonly certificateHash?: CertificateHash
  readonly signature: Uint8Array
}

/** Bytes. A response with its whole chain has five to ten thousand. */
const MAX_RESPONSE_BYTES = 256 * 1024
const OID = {
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
} as const
const CONTEXT_0 = 0xa0
const IMPLICIT_0 = 0x80

/** Reads a TimeStampResp that holds a token. */
export function readTimestamp(bytes: Uint8Array): Result<TimestampView> {
  if (bytes.length > MAX_RESPONSE_BYTES)
    return fail(`the timestamp has ${bytes.length} bytes; the limit is ${MAX_RESPONSE_BYTES}`)
  try {
    return ok(read(bytes))
  } catch (error) {
    if (error instanceof DerProblem) return fail(`the timestamp cannot be read: ${error.message}`)
    throw error
  }
}

function read(bytes: Uint8Array): TimestampView {
  const [statusInfo, token] = childrenOf(bytes, rootOf(bytes, 'the response'), TAG.sequence, 'the response')
  const [statusNode, words] = childrenOf(bytes, statusInfo, TAG.sequence, 'the status')
  const status = smallOf(bytes, statusNode, 'the status')
  if (token === undefined)
    throw new DerProblem(`the authority refused with status ${status}${sayWords(bytes, words)}`)
  const [type, wrapped] = childrenOf(bytes, token, TAG.sequence, 'the token')
  if (oidOf(bytes, type, 'the kind of token') !== OID.signedData)
    throw new DerProblem('the token is not signed data')
  const [signedData] = childrenOf(bytes, wrapped, CONTEXT_0, 'the signed data')
  const [, , content, ...rest] = childrenOf(bytes, signedData, TAG.sequence, 'the signed data')
  const [contentType, contentNode] = childrenOf(bytes, content, TAG.sequence, 'the content')
  if (oidOf(bytes, contentType, 'the kind of content') !== OID.tstInfo)
    throw new DerProblem('the content is no timestamp')
  const [octets] = childrenOf(bytes, contentNode, CONTEXT_0, 'the content')
  const info = contentOf(bytes, octets, TAG.octetString, 'the content')
  const certificates = rest.find(({ tag }) => tag === CONTEXT_0)
  const signers = childrenOf(bytes, rest.at(-1), TAG.set, 'the signers')
  // RFC 3161 section 2.4.2: the token must hold the signature of the authority, and no other.
  if (signers.length !== 1) throw new DerProblem(`${signers.length} signers where one is allowed`)
  return {
    status,
    ...readInfo(info),
    content: info,
    certificates:
      certificates === undefined
        ? []
        : childrenOf(bytes, certificates, CONTEXT_0, 'the certificates')
            .filter(({ tag }) => tag === TAG.sequence)
            .map((node) => wholeOf(bytes, node)),
    signer: readSigner(bytes, signers[0]),
  }
}

function sayWords(bytes: Uint8Array, node: DerNode | undefined): string {
  if (node?.tag !== TAG.sequence) return ''
  const [first] = childrenOf(bytes, node, TAG.sequence, 'the words')
  const text =
    first === undefined ? '' : new TextDecoder().decode(contentOf(bytes, first, TAG.utf8String, 'the words'))
  return `: ${text.replaceAll(/[^\x20-\x7e]/g, ' ').slice(0, 200)}`
}

type Info = Pick<TimestampView, 'policy' | 'imprint' | 'serial' | 'nonce' | 'time' | 'accuracyMs'>

function readInfo(info: Uint8Array): Info {
  const [version, policy, imprint, serial, time, ...rest] = childrenOf(
    ...([info, rootOf(info, 'TSTInfo'), TAG.sequence, 'TSTInfo'] as const),
  )
  if (smallOf(info, version, 'the version') !== 1) throw new DerProblem('a version of TSTInfo other than 1')
  const [algorithm, hash] = childrenOf(info, imprint, TAG.sequence, 'the imprint')
  const accuracy = rest.find(({ tag }) => tag === TAG.sequence)
  const nonce = rest.find(({ tag }) => tag === TAG.integer)
  return {
    policy: oidOf(info, policy, 'the policy'),
    imprint: {
      algorithm: algorithmOf(info, algorithm, "the imprint's algorithm"),
      hash: contentOf(info, hash, TAG.octetString, 'the imprint'),
    },
    serial: integerHexOf(info, serial, 'the serial number'),
    time: timeOf(info, expectTag(time, TAG.generalizedTime, 'the time'), 'the time'),
    accuracyMs: accuracy === undefined ? 0 : readAccuracy(info, accuracy),
    ...(nonce === undefined ? {} : { nonce: integerHexOf(info, nonce, 'the nonce') }),
  }
}

/** Accuracy ::= SEQUENCE { seconds, millis [0], micros [1] }, rounded up. */
function readAccuracy(info: Uint8Array, node: DerNode): number {
  let ms = 0
  for (const part of childrenOf(info, node, TAG.sequence, 'the accuracy')) {
    const asInteger = { ...part, tag: TAG.integer }
    const value = smallOf(info, asInteger, 'the accuracy')
    if (part.tag === TAG.integer) ms += value * 1000
    else ms += part.tag === IMPLICIT_0 ? value : 1
  }
  return ms
}

function algorithmOf(bytes: Uint8Array, node: DerNode | undefined, what: string): string {
  return oidOf(bytes, childrenOf(bytes, node, TAG.sequence, what)[0], what)
}

function readSigner(bytes: Uint8Array, node: DerNode | undefined): TimestampSigner {
  const [, id, digest, attributes, signatureAlgorithm, signature] = childrenOf(
    bytes,
    node,
    TAG.sequence,
    'the signer',
  )
  const signed = expectTag(attributes, CONTEXT_0, 'the signed attributes')
  const asSet = Uint8Array.from(wholeOf(bytes, signed))
  // What is signed is the SET OF itself, not its tag in SignerInfo (RFC 5652 section 5.4).
  asSet[0] = TAG.set
  return {
    id: readSignerId(bytes, id),
    digestAlgorithm: algorithmOf(bytes, digest, "the signer's hash"),
    signatureAlgorithm: algorithmOf(bytes, signatureAlgorithm, 'the algorithm of the signature'),
    attributes: asSet,
    ...readAttributes(bytes, signed),
    signature: contentOf(bytes, signature, TAG.octetString, 'the signature'),
  }
}

function readSignerId(bytes: Uint8Array, id: DerNode | undefined): TimestampSigner['id'] {
  if (id?.tag === IMPLICIT_0) {
    const keyId = contentOf(bytes, id, IMPLICIT_0, 'the key id')
    return { kind: 'key', keyId: Array.from(keyId, (byte) => byte.toString(16).padStart(2, '0')).join('') }
  }
  const [issuer, serial] = childrenOf(bytes, id, TAG.sequence, "the signer's name")
  const name = wholeOf(bytes, expectTag(issuer, TAG.sequence, 'the issuer'))
  return { kind: 'issuer', issuer: name, serial: integerHexOf(bytes, serial, 'the serial number') }
}

type Attributes = Pick<TimestampSigner, 'contentType' | 'messageDigest' | 'certificateHash'>

function readAttributes(bytes: Uint8Array, node: DerNode): Attributes {
  const values = new Map<string, DerNode>()
  for (const attribute of childrenOf(bytes, node, CONTEXT_0, 'the signed attributes')) {
    const [type, set] = childrenOf(bytes, attribute, TAG.sequence, 'an attribute')
    const oid = oidOf(bytes, type, 'the name of an attribute')
    const [value, ...more] = childrenOf(bytes, set, TAG.set, `the attribute ${oid}`)
    // Two readers that each take one of two values would see two signatures.
    if (values.has(oid) || value === undefined || more.length > 0)
      throw new DerProblem(`the attribute ${oid} does not stand there once, with one value`)
    values.set(oid, value)
  }
  const bound = values.get(OID.signingCertificateV2) ?? values.get(OID.signingCertificate)
  return {
    contentType: oidOf(bytes, values.get(OID.contentType), 'the content type'),
    messageDigest: contentOf(bytes, values.get(OID.messageDigest), TAG.octetString, 'the message digest'),
    ...(bound === undefined
      ? {}
      : {
          certificateHash: readBound(
            bytes,
            bound,
            values.has(OID.signingCertificateV2) ? OID.sha256 : OID.sha1,
          ),
        }),
  }
}

/** SigningCertificate(V2) ::= SEQUENCE { certs SEQUENCE OF ESSCertID(v2) … }: the first is the signer's. */
function readBound(bytes: Uint8Array, node: DerNode, fallback: string): CertificateHash {
  const [list] = childrenOf(bytes, node, TAG.sequence, 'the signing certificate')
  const [first] = childrenOf(bytes, list, TAG.sequence, 'the signing certificate')
  const parts = childrenOf(bytes, first, TAG.sequence, 'the signing certificate')
  const isNamed = parts[0]?.tag === TAG.sequence
  const algorithm = isNamed ? algorithmOf(bytes, parts[0], "the certificate's hash") : fallback
  return {
    algorithm,
    hash: contentOf(bytes, parts[isNamed ? 1 : 0], TAG.octetString, "the certificate's hash"),
  }
}
