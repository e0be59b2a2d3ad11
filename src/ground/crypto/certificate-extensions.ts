import { utf8Text } from '../lang/index.ts'
import { DER, type DerElement, type DerReader, oidOfDer } from './der.ts'

/** Extensions of one certificate; real ones have about ten. */
const MAX_EXTENSIONS = 64
/** Names in one certificate. */
const MAX_NAMES = 256

const OID = {
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extKeyUsage: '2.5.29.37',
} as const

/** Extensions that may be critical because they are acted on, or bind nobody here (certificatePolicies without a wanted policy). */
const UNDERSTOOD = new Set<string>([...Object.values(OID), '2.5.29.32'])

/** Bits of KeyUsage (RFC 5280 section 4.2.1.3), as they stand in its first byte. */
const DIGITAL_SIGNATURE = 0x80
const KEY_CERT_SIGN = 0x04

/** What a certificate may be used for. */
export interface CertificateExtensions {
  readonly isAuthority: boolean
  /** Authorities that may follow below it; undefined without a limit. */
  readonly pathLength: number | undefined
  /** Undefined where the certificate does not say. */
  readonly keyUsage: { readonly digitalSignature: boolean; readonly certSign: boolean } | undefined
  /** Object identifiers of purposes; undefined where the certificate does not say. */
  readonly purposes: readonly string[] | undefined
  /** E-mail addresses, URIs and DNS names of the subject, as they stand. */
  readonly alternativeNames: readonly string[]
  /** Critical extensions that are not understood: such a certificate must be refused (RFC 5280 section 4.2). */
  readonly unknownCritical: readonly string[]
}

/** The extensions of a TBSCertificate. @param holder what errors are told to */
export function readExtensions(element: DerElement | undefined, holder: DerReader): CertificateExtensions {
  const found = element === undefined ? [] : listOf(element, holder)
  const find = (oid: string) => found.find((extension) => extension.oid === oid)?.value
  return {
    ...authorityOf(find(OID.basicConstraints), holder),
    keyUsage: usageOf(find(OID.keyUsage), holder),
    purposes: purposesOf(find(OID.extKeyUsage), holder),
    alternativeNames: namesOf(find(OID.subjectAltName), holder),
    unknownCritical: found.flatMap(({ oid, isCritical }) =>
      isCritical && !UNDERSTOOD.has(oid) ? [oid] : [],
    ),
  }
}

interface Extension {
  readonly oid: string
  readonly isCritical: boolean
  /** The element that the octets hold. */
  readonly value: DerElement
}

function listOf(element: DerElement, holder: DerReader): readonly Extension[] {
  const wrapper = holder.inside(element)
  const list = wrapper.enter()
  wrapper.end()
  const found: Extension[] = []
  while (!list.isAtEnd) {
    if (found.length === MAX_EXTENSIONS) throw list.refuse(`more than ${MAX_EXTENSIONS} extensions`)
    const extension = list.enter()
    const oid = oidOfDer(extension.next(DER.oid))
    const critical = extension.take(DER.boolean)?.content
    const value = onlyElement(extension.next(DER.octetString), holder)
    extension.end()
    // Which of two would count? RFC 5280 section 4.2 forbids them.
    if (found.some((other) => other.oid === oid)) throw list.refuse(`extension ${oid} twice`)
    found.push({ oid, isCritical: critical !== undefined && critical[0] !== 0, value })
  }
  return found
}

function onlyElement(octets: DerElement, holder: DerReader): DerElement {
  const reader = holder.inside(octets)
  const element = reader.next()
  reader.end()
  return element
}

function authorityOf(value: DerElement | undefined, holder: DerReader) {
  if (value === undefined) return { isAuthority: false, pathLength: undefined }
  const reader = holder.inside(value)
  const flag = reader.take(DER.boolean)?.content[0]
  const length = reader.take(DER.integer)?.content
  reader.end()
  const isAuthority = flag !== undefined && flag !== 0
  if (length === undefined) return { isAuthority, pathLength: undefined }
  // More than 127 levels is nonsense, and so is a negative number.
  if (length.length !== 1 || (length[0] ?? 0) > 0x7f) throw reader.refuse('a path length that is none')
  return { isAuthority, pathLength: length[0] }
}

function usageOf(value: DerElement | undefined, holder: DerReader) {
  if (value === undefined) return undefined
  const [, bits = 0] = value.content
  if (value.tag !== DER.bitString || value.content.length < 2) throw holder.refuse('a key usage that is none')
  return { digitalSignature: (bits & DIGITAL_SIGNATURE) !== 0, certSign: (bits & KEY_CERT_SIGN) !== 0 }
}

function purposesOf(value: DerElement | undefined, holder: DerReader): readonly string[] | undefined {
  if (value === undefined) return undefined
  const reader = holder.inside(value)
  const purposes: string[] = []
  while (!reader.isAtEnd && purposes.length < MAX_NAMES) purposes.push(oidOfDer(reader.next(DER.oid)))
  reader.end()
  return purposes
}

/** rfc822Name, dNSName and uniformResourceIdentifier of GeneralName; the other kinds name nobody who signs. */
const NAME_TAGS = new Set([0x81, 0x82, 0x86])

function namesOf(value: DerElement | undefined, holder: DerReader): readonly string[] {
  if (value === undefined) return []
  const reader = holder.inside(value)
  const names: string[] = []
  for (let count = 0; !reader.isAtEnd; count++) {
    if (count === MAX_NAMES) throw reader.refuse(`more than ${MAX_NAMES} names`)
    const { tag, content } = reader.next()
    if (!NAME_TAGS.has(tag)) continue
    const name = utf8Text(content)
    // A NUL in a name has fooled readers before (CVE-2009-2408).
    if (name === undefined || name.includes('\0')) throw reader.refuse('a name that is no text')
    names.push(name)
  }
  return names
}
