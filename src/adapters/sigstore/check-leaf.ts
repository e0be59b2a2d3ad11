import { X509Certificate } from 'node:crypto'
import type { Bundle } from '@sigstore/bundle'
import type { Signer } from '@sigstore/verify'
import { SallyportError } from '../../ground/lang/index.ts'

/** Extended key usage of code signing (RFC 5280 section 4.2.1.12). */
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3'

/** Extensions of Fulcio that name the OIDC issuer: DER text, and the older raw bytes (fulcio `docs/oid-info.md`). */
const ISSUER = '1.3.6.1.4.1.57264.1.8'
const ISSUER_OLD = '1.3.6.1.4.1.57264.1.1'

/** Tag of a DER UTF8String. */
const UTF8_STRING = 0x0c

/** The signing certificate of a bundle. @throws SallyportError `SIGNATURE_INVALID` when there is none */
export function leafOf(bundle: Bundle): X509Certificate {
  const { content } = bundle.verificationMaterial
  const der =
    content.$case === 'certificate'
      ? content.certificate.rawBytes
      : content.$case === 'x509CertificateChain'
        ? content.x509CertificateChain.certificates[0]?.rawBytes
        : undefined
  if (der === undefined) throw new SallyportError('SIGNATURE_INVALID', 'the bundle holds no certificate')
  return parseCertificate(der)
}

/** @throws SallyportError `SIGNATURE_INVALID` */
export function parseCertificate(pemOrDer: Uint8Array | string): X509Certificate {
  try {
    return new X509Certificate(pemOrDer)
  } catch (cause) {
    throw new SallyportError('SIGNATURE_INVALID', 'the signing certificate is malformed', { cause })
  }
}

/** What chain building does not ask: that the certificate is one for signing, and no authority's. @throws SallyportError `SIGNER_UNTRUSTED` */
export function checkLeaf(leaf: X509Certificate): void {
  if (leaf.ca) throw new SallyportError('SIGNER_UNTRUSTED', 'the signing certificate is that of an authority')
  // Node calls the extended key usage `keyUsage`.
  if (!(leaf.keyUsage ?? []).includes(CODE_SIGNING))
    throw new SallyportError('SIGNER_UNTRUSTED', 'the signing certificate is not for signing code')
}

/**
 * Who a certificate names. One name only: of two, somebody else might read the other one.
 * @param extensions of the certificate, as the verifier read them
 * @throws SallyportError `SIGNER_UNTRUSTED`
 */
export function identityOfLeaf(
  leaf: X509Certificate,
  extensions: NonNullable<Signer['identity']>['oids'],
): { readonly identity: string; readonly identityProvider: string } {
  const names = leaf.subjectAltName ?? ''
  // Node quotes a name that could be read as two.
  const [, quoted, plain] = /^(?:URI|email):(?:("(?:[^"\\]|\\.)*")|([^,"]*))$/.exec(names) ?? []
  const identity = quoted === undefined ? plain : String(JSON.parse(quoted))
  if (identity === undefined || identity === '')
    throw new SallyportError(
      'SIGNER_UNTRUSTED',
      'the signing certificate does not name exactly one e-mail or URI',
    )
  const valuesOf = (id: string) =>
    (extensions ?? []).filter(({ oid }) => oid?.id.join('.') === id).map(({ value }) => value)
  const named = valuesOf(ISSUER)
  const [issuer, ...others] = named.length > 0 ? named.map(textOfDer) : valuesOf(ISSUER_OLD)
  if (issuer === undefined || issuer.length === 0 || others.length > 0)
    throw new SallyportError(
      'SIGNER_UNTRUSTED',
      'the signing certificate does not name exactly one OIDC issuer',
    )
  return { identity, identityProvider: Buffer.from(issuer).toString('utf8') }
}

/** Text of a DER UTF8String, short or long form (X.690 section 8.1.3); empty when it is none. */
function textOfDer(der: Uint8Array): Uint8Array {
  const [tag, first = 0, second = 0, third = 0] = der
  const [start, length] =
    first < 0x80
      ? [2, first]
      : first === 0x81
        ? [3, second]
        : first === 0x82
          ? [4, second * 256 + third]
          : [0, -1]
  const text = der.subarray(start)
  return tag === UTF8_STRING && text.length === length ? text : new Uint8Array()
}
