import { fail, ok, type Result } from '../../ground/lang/index.ts'
import {
  booleanOf,
  childrenOf,
  contentOf,
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

/** What of an X.509 certificate decides about a chain (RFC 5280 section 4). */
export interface CertificateView {
  readonly der: Uint8Array
  /** Lower-case hex of the integer. */
  readonly serial: string
  /** DER of the names, to be compared byte by byte. */
  readonly issuer: Uint8Array
  readonly subject: Uint8Array
  /** Milliseconds since 1970. */
  readonly notBefore: number
  readonly notAfter: number
  readonly isCa: boolean
  readonly maxPath?: number
  /** Extended key usages; undefined when the extension is absent. */
  readonly usages?: readonly string[]
  readonly usagesAreCritical: boolean
  /** The bits of key usage by their number; undefined when the extension is absent. */
  readonly keyUsage?: readonly number[]
  /** Lower-case hex of the subject key identifier. */
  readonly keyId?: string
  /** Critical extensions that are not understood here: the certificate must not be used (RFC 5280 section 4.2). */
  readonly notUnderstood: readonly string[]
}

/** Bytes. Certificates have one to three thousand. */
const MAX_CERTIFICATE_BYTES = 64 * 1024
const OID = { keyId: '2.5.29.14', keyUsage: '2.5.29.15', basic: '2.5.29.19', usages: '2.5.29.37' } as const
/** Critical extensions that constrain nothing that is asked here: alternative names, certificate policies. */
const HARMLESS = ['2.5.29.17', '2.5.29.32']
const CONTEXT_0 = 0xa0
const CONTEXT_3 = 0xa3

/** Reads a certificate's DER. Its signature is not looked at. */
export function readCertificate(der: Uint8Array): Result<CertificateView> {
  if (der.length > MAX_CERTIFICATE_BYTES) return fail(`a certificate of ${der.length} bytes`)
  try {
    return ok(read(der))
  } catch (error) {
    if (error instanceof DerProblem) return fail(`the certificate is not DER: ${error.message}`)
    throw error
  }
}

function read(der: Uint8Array): CertificateView {
  const [tbs] = childrenOf(der, rootOf(der, 'the certificate'), TAG.sequence, 'the certificate')
  const fields = childrenOf(der, tbs, TAG.sequence, 'tbsCertificate')
  if (fields[0]?.tag === CONTEXT_0) fields.shift()
  const [serial, , issuer, validity, subject, , ...rest] = fields
  const [notBefore, notAfter] = childrenOf(der, validity, TAG.sequence, 'the validity')
  return {
    der,
    serial: integerHexOf(der, serial, 'the serial number'),
    issuer: wholeOf(der, expectTag(issuer, TAG.sequence, 'the issuer')),
    subject: wholeOf(der, expectTag(subject, TAG.sequence, 'the subject')),
    notBefore: timeOf(der, notBefore, 'notBefore'),
    notAfter: timeOf(der, notAfter, 'notAfter'),
    ...readExtensions(
      der,
      rest.find(({ tag }) => tag === CONTEXT_3),
    ),
  }
}

type Extensions = Pick<
  CertificateView,
  'isCa' | 'maxPath' | 'usages' | 'usagesAreCritical' | 'keyUsage' | 'keyId' | 'notUnderstood'
>

function readExtensions(der: Uint8Array, node: ReturnType<typeof rootOf> | undefined): Extensions {
  let found: Extensions = { isCa: false, usagesAreCritical: false, notUnderstood: [] }
  if (node === undefined) return found
  const seen = new Set<string>()
  const [list] = childrenOf(der, node, CONTEXT_3, 'the extensions')
  for (const extension of childrenOf(der, list, TAG.sequence, 'the extensions')) {
    const parts = childrenOf(der, extension, TAG.sequence, 'an extension')
    const oid = oidOf(der, parts[0], 'the name of an extension')
    if (seen.has(oid)) throw new DerProblem(`the extension ${oid} twice`)
    seen.add(oid)
    const isCritical = parts.length > 2 && parts[1] !== undefined && booleanOf(der, parts[1], 'critical')
    const value = contentOf(der, parts.at(-1), TAG.octetString, `the extension ${oid}`)
    found = { ...found, ...readExtension(oid, value, isCritical, found) }
  }
  return found
}

function readExtension(
  oid: string,
  value: Uint8Array,
  isCritical: boolean,
  found: Extensions,
): Partial<Extensions> {
  if (oid === OID.keyId) {
    const id = contentOf(value, rootOf(value, 'the key id'), TAG.octetString, 'the key id')
    return { keyId: Array.from(id, (byte) => byte.toString(16).padStart(2, '0')).join('') }
  }
  if (oid === OID.usages) {
    const usages = childrenOf(value, rootOf(value, 'the usages'), TAG.sequence, 'the usages')
    return { usages: usages.map((usage) => oidOf(value, usage, 'a usage')), usagesAreCritical: isCritical }
  }
  if (oid === OID.basic) {
    const [ca, path] = childrenOf(value, rootOf(value, 'basicConstraints'), TAG.sequence, 'basicConstraints')
    const isCa = ca !== undefined && booleanOf(value, ca, 'cA')
    return { isCa, ...(path === undefined ? {} : { maxPath: smallOf(value, path, 'pathLenConstraint') }) }
  }
  if (oid === OID.keyUsage) {
    const [, ...bytes] = contentOf(value, rootOf(value, 'keyUsage'), TAG.bitString, 'keyUsage')
    return { keyUsage: bytes.flatMap((byte, i) => bitsOf(byte).map((bit) => i * 8 + bit)) }
  }
  if (!isCritical || HARMLESS.includes(oid)) return {}
  return { notUnderstood: [...found.notUnderstood, oid] }
}

/** Numbers of the bits that are set, the highest being 0 (X.690 section 8.6). */
function bitsOf(byte: number): number[] {
  return [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => (byte & (0x80 >> bit)) !== 0)
}
