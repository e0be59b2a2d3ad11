import { createHash } from 'node:crypto'
import { SigningConfig, TrustedRoot } from '@sigstore/protobuf-specs'
import { parseStrictJson } from '../../ground/crypto/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'

/** Bytes. The public-good trust root is below 7,000; one of a hundred logs would be below 200,000. */
const MAX_CONFIG_BYTES = 1_000_000

/** Entries of one list in a trust root. Every one costs verifications (CWE-770). */
const MAX_AUTHORITIES = 256

/** Whom Sigstore bundles are checked against, and where new ones are made. */
export interface TrustConfig {
  readonly root: TrustedRoot
  /** Absent where only a trust root was given: that suffices to verify, not to sign. */
  readonly signing?: SigningConfig
  /** Where it came from, for people. */
  readonly label: string
  /** Hex SHA-256 of the bytes that were read, so that two places can compare what they trust. */
  readonly sha256: string
}

/**
 * Reads a `trusted_root.json` or a ClientTrustConfig (sigstore/protobuf-specs, `sigstore_trustroot.proto`). A trust
 * root in which the validity of a log or an authority has no beginning is refused: a missing bound is a mistake, and
 * reading it as "for ever" would be a guess.
 * @throws SallyportError `BAD_CONFIG` naming `label`
 */
export function parseTrustConfig(bytes: Uint8Array, label: string): TrustConfig {
  if (bytes.length > MAX_CONFIG_BYTES) throw refuse(label, `is larger than ${MAX_CONFIG_BYTES} bytes`)
  const value = asRecord(parseStrictJson(bytes, label), label, 'the document')
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  if (value.trustedRoot === undefined) return { root: readRoot(value, label), label, sha256 }
  const root = readRoot(asRecord(value.trustedRoot, label, 'trustedRoot'), label)
  if (value.signingConfig === undefined) return { root, label, sha256 }
  const signing = readSigning(asRecord(value.signingConfig, label, 'signingConfig'), label)
  return { root, signing, label, sha256 }
}

function readRoot(value: Readonly<Record<string, unknown>>, label: string): TrustedRoot {
  refuseOtherType(
    value.mediaType,
    /^application\/vnd\.dev\.sigstore\.trustedroot(\+json;version=0\.1|\.v0\.[12]\+json)$/,
    label,
  )
  const root = decode(() => TrustedRoot.fromJSON(value), label)
  const lists = [root.certificateAuthorities, root.timestampAuthorities, root.tlogs, root.ctlogs]
  if (lists.some((list) => list.length > MAX_AUTHORITIES))
    throw refuse(label, `names more than ${MAX_AUTHORITIES} authorities of one sort`)
  for (const [i, log] of [...root.tlogs, ...root.ctlogs].entries()) checkLog(log, i, label)
  for (const ca of [...root.certificateAuthorities, ...root.timestampAuthorities]) checkAuthority(ca, label)
  return root
}

function checkLog(log: TrustedRoot['tlogs'][number], i: number, label: string): void {
  const name = log.baseUrl === '' ? `log ${i + 1}` : log.baseUrl
  if (log.publicKey?.rawBytes === undefined || log.publicKey.rawBytes.length === 0)
    throw refuse(label, `${name} has no public key`)
  if (log.logId === undefined && log.checkpointKeyId === undefined) throw refuse(label, `${name} has no id`)
  checkRange(log.publicKey.validFor, `the key of ${name}`, label)
}

function checkAuthority(ca: TrustedRoot['certificateAuthorities'][number], label: string): void {
  const name = ca.uri === '' ? 'an authority' : ca.uri
  if (ca.certChain === undefined || ca.certChain.certificates.length === 0)
    throw refuse(label, `${name} has no certificate`)
  checkRange(ca.validFor, name, label)
}

function checkRange(
  range: { start?: Date | undefined; end?: Date | undefined } | undefined,
  what: string,
  label: string,
): void {
  if (range?.start === undefined) throw refuse(label, `does not say since when ${what} is valid`)
  const times = [range.start, ...(range.end === undefined ? [] : [range.end])].map((time) => time.getTime())
  if (times.some(Number.isNaN)) throw refuse(label, `the validity of ${what} is no time`)
}

function readSigning(value: Readonly<Record<string, unknown>>, label: string): SigningConfig {
  refuseOtherType(value.mediaType, /^application\/vnd\.dev\.sigstore\.signingconfig\.v0\.2\+json$/, label)
  return decode(() => SigningConfig.fromJSON(value), label)
}

function refuseOtherType(mediaType: unknown, wanted: RegExp, label: string): void {
  if (typeof mediaType !== 'string' || !wanted.test(mediaType))
    throw refuse(
      label,
      `has the media type ${JSON.stringify(mediaType)?.slice(0, 100)}, which is not known here`,
    )
}

function decode<T>(read: () => T, label: string): T {
  try {
    return read()
  } catch (cause) {
    throw refuse(label, 'is malformed', cause)
  }
}

function asRecord(value: unknown, label: string, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse(label, `${what} is not an object`)
  return value as Readonly<Record<string, unknown>>
}

function refuse(label: string, why: string, cause?: unknown): SallyportError {
  return new SallyportError('BAD_CONFIG', `trust root ${label}: ${why}`, { cause })
}
