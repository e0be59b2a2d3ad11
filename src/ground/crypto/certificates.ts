import { X509Certificate } from 'node:crypto'
import { SallyportError } from '../lang/index.ts'
import { type CertificateExtensions, readExtensions } from './certificate-extensions.ts'
import { DER, DerReader, oidOfDer } from './der.ts'

/** Bytes. A certificate with many names stays below 10 kB. */
const MAX_CERTIFICATE_BYTES = 65_536
/** Blocks in one PEM file: a system's whole root store has some 150. */
const MAX_PEM_CERTIFICATES = 512

/** Signature algorithms that still hold: RSA and ECDSA with SHA-2, RSASSA-PSS, Ed25519. MD5 and SHA-1 do not (RFC 6194). */
const SOUND_ALGORITHMS = new Set([
  '1.2.840.113549.1.1.10',
  '1.2.840.113549.1.1.11',
  '1.2.840.113549.1.1.12',
  '1.2.840.113549.1.1.13',
  '1.2.840.10045.4.3.2',
  '1.2.840.10045.4.3.3',
  '1.2.840.10045.4.3.4',
  '1.3.101.112',
])

/** A certificate (RFC 5280), read and not yet believed. */
export interface Certificate extends CertificateExtensions {
  readonly der: Uint8Array
  /** One line, `CN=…, O=…`. */
  readonly subject: string
  readonly issuer: string
  /** DER of the names: these are compared, never the lines. */
  readonly subjectDer: Uint8Array
  readonly issuerDer: Uint8Array
  /** Upper-case hex. */
  readonly serial: string
  /** Milliseconds since 1970. */
  readonly notBefore: number
  readonly notAfter: number
  readonly spki: Uint8Array
  /** Whether its signature is by an algorithm that still holds. */
  readonly isSoundlySigned: boolean
  /** Whether the key of `issuer` signed it; names and dates are not looked at. */
  isSignedBy(issuer: Certificate): boolean
}

const x509Of = new WeakMap<Certificate, X509Certificate>()

/** A certificate in DER. @throws SallyportError `BAD_INPUT` */
export function readCertificate(der: Uint8Array): Certificate {
  if (der.length > MAX_CERTIFICATE_BYTES)
    throw new SallyportError(
      'BAD_INPUT',
      `a certificate of ${der.length} bytes is longer than ${MAX_CERTIFICATE_BYTES}`,
    )
  const fields = readFields(der)
  const x509 = readX509(der)
  const certificate: Certificate = {
    ...fields,
    der,
    subject: oneLine(x509.subject),
    issuer: oneLine(x509.issuer),
    serial: x509.serialNumber,
    notBefore: x509.validFromDate.getTime(),
    notAfter: x509.validToDate.getTime(),
    spki: keyOf(x509),
    isSignedBy: (issuer) => {
      const key = (x509Of.get(issuer) ?? readX509(issuer.der)).publicKey
      return x509.verify(key)
    },
  }
  x509Of.set(certificate, x509)
  return certificate
}

/**
 * Every certificate of a PEM text, in order; text around the blocks is left aside, as openssl does.
 * @throws SallyportError `BAD_INPUT` when there is none
 */
export function readPemCertificates(text: string, what: string): readonly Certificate[] {
  const blocks = [
    ...text.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g),
  ]
  if (blocks.length === 0) throw new SallyportError('BAD_INPUT', `${what} holds no certificate in PEM`)
  if (blocks.length > MAX_PEM_CERTIFICATES)
    throw new SallyportError('TOO_LARGE', `${what} holds more than ${MAX_PEM_CERTIFICATES} certificates`)
  return blocks.map(([, body]) => readCertificate(Buffer.from(body ?? '', 'base64')))
}

/** A key that nobody can read signs nothing that counts. */
function keyOf(x509: X509Certificate): Uint8Array {
  try {
    return x509.publicKey.export({ type: 'spki', format: 'der' })
  } catch (cause) {
    throw new SallyportError('BAD_INPUT', 'the key of a certificate cannot be read', { cause })
  }
}

function readX509(der: Uint8Array): X509Certificate {
  try {
    return new X509Certificate(der)
  } catch (cause) {
    throw new SallyportError('BAD_INPUT', 'a certificate cannot be read', { cause })
  }
}

/** What Node does not tell: names as bytes, the algorithm, and the extensions. RFC 5280 section 4.1. */
function readFields(der: Uint8Array) {
  const outer = new DerReader(der, 'the certificate')
  const certificate = outer.enter()
  outer.end()
  const body = certificate.enter()
  const algorithm = oidOfDer(certificate.enter().next(DER.oid))
  certificate.next(DER.bitString)
  certificate.end()
  body.take(0xa0)
  body.next(DER.integer)
  const inner = oidOfDer(body.enter().next(DER.oid))
  const issuerDer = body.next(DER.sequence).whole
  body.next(DER.sequence)
  const subjectDer = body.next(DER.sequence).whole
  body.next(DER.sequence)
  body.take(0x81)
  body.take(0x82)
  const extensions = readExtensions(body.take(0xa3), body)
  body.end()
  return {
    issuerDer,
    subjectDer,
    // RFC 5280 section 4.1.1.2: the two must be the same, or one could be swapped.
    isSoundlySigned: algorithm === inner && SOUND_ALGORITHMS.has(algorithm),
    ...extensions,
  }
}

function oneLine(name: string): string {
  return name.split('\n').join(', ')
}
