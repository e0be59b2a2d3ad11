import { parseStrictJson } from '../../ground/crypto/index.ts'
import { SallyportError, utf8Text } from '../../ground/lang/index.ts'
import { bytesOf, type JsonObject, listOf, malformed, objectOf, textOf } from './json-fields.ts'
import type { OmsBundle, OmsMaterial } from './oms-view.ts'

/** Bytes. 200,000 files with long names; a model of 982 files has 226 kB. */
const MAX_BUNDLE_BYTES = 128 * 2 ** 20
/** Certificates and timestamps in one bundle. */
const MAX_CERTIFICATES = 32
const MAX_TIMESTAMPS = 16

const MEDIA_TYPE =
  /^application\/vnd\.dev\.sigstore\.bundle(\.v0\.[1-9][0-9]*\+json|\+json;version=0\.[1-9][0-9]*)$/
/** What the reference demands of bundles by key or certificate. */
const PLAIN_MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json'
const PAYLOAD_TYPE = 'application/vnd.in-toto+json'

/**
 * A `model.sig`: a Sigstore bundle with a DSSE envelope, of any release since 0.2.0. Nothing is verified here.
 * @throws SallyportError `SIGNATURE_INVALID` for what is none, `TOO_LARGE`
 */
export function readOmsBundle(bytes: Uint8Array): OmsBundle {
  if (bytes.length > MAX_BUNDLE_BYTES)
    throw new SallyportError(
      'TOO_LARGE',
      `a signature of ${bytes.length} bytes is longer than ${MAX_BUNDLE_BYTES}`,
    )
  const json = objectOf(strictJson(bytes), 'it')
  const mediaType = textOf(json.mediaType, 'its mediaType')
  if (!MEDIA_TYPE.test(mediaType)) throw malformed(`its mediaType is "${mediaType.slice(0, 100)}"`)
  const holder = objectOf(json.verificationMaterial, 'its verificationMaterial')
  const material = materialOf(holder)
  if (material.kind !== 'keyless' && mediaType !== PLAIN_MEDIA_TYPE)
    throw malformed(
      `its mediaType is "${mediaType}"; with a key or certificate it must be "${PLAIN_MEDIA_TYPE}"`,
    )
  return { mediaType, material, timestamps: timestampsOf(holder), ...envelopeOf(json.dsseEnvelope), json }
}

/** Strict JSON: a name that stands twice would be read one way here and another way elsewhere. */
export function strictJson(bytes: Uint8Array): unknown {
  try {
    return parseStrictJson(bytes, 'it')
  } catch (cause) {
    throw malformed(cause instanceof SallyportError ? cause.message : 'it cannot be read')
  }
}

function envelopeOf(value: unknown) {
  const envelope = objectOf(value, 'its dsseEnvelope')
  if (envelope.payloadType !== PAYLOAD_TYPE) throw malformed(`its payloadType is not ${PAYLOAD_TYPE}`)
  const signatures = listOf(envelope.signatures, 'its list of signatures')
  // Sigstore bundles hold one; of several, nobody knows which was meant.
  if (signatures.length !== 1) throw malformed(`it has ${signatures.length} signatures; one is wanted`)
  const { sig, keyid } = objectOf(signatures[0], 'its signature')
  if (keyid !== undefined && keyid !== null && typeof keyid !== 'string')
    throw malformed('its keyid is no text')
  return { payload: bytesOf(envelope.payload, 'its payload'), signature: bytesOf(sig, 'its signature') }
}

const MATERIALS = ['publicKey', 'x509CertificateChain', 'certificate'] as const

function materialOf(holder: JsonObject): OmsMaterial {
  const [kind, second] = MATERIALS.filter((name) => holder[name] !== undefined && holder[name] !== null)
  if (kind === undefined) throw malformed('it has neither key nor certificate')
  if (second !== undefined) throw malformed(`it has both ${kind} and ${second}`)
  const value = objectOf(holder[kind], `its ${kind}`)
  if (kind === 'certificate') return { kind: 'keyless' }
  return kind === 'publicKey' ? keyOf(value) : chainOf(value)
}

function keyOf({ hint, rawBytes }: JsonObject): OmsMaterial {
  const pem = rawBytes === undefined ? undefined : utf8Text(bytesOf(rawBytes, 'its key'))
  if (rawBytes !== undefined && pem === undefined) throw malformed('its key is no text')
  const isSilent = hint === undefined || hint === null || hint === ''
  return { kind: 'key', hint: isSilent ? undefined : textOf(hint, 'its key hint'), pem }
}

function chainOf(value: JsonObject): OmsMaterial {
  const list = listOf(value.certificates, 'its list of certificates')
  if (list.length === 0 || list.length > MAX_CERTIFICATES)
    throw malformed(`it has ${list.length} certificates; wanted are 1 to ${MAX_CERTIFICATES}`)
  const certificates = list.map((one) => bytesOf(objectOf(one, 'a certificate').rawBytes, 'a certificate'))
  return { kind: 'certificate', certificates }
}

function timestampsOf(holder: JsonObject): readonly Uint8Array[] {
  if (holder.timestampVerificationData === undefined || holder.timestampVerificationData === null) return []
  const { rfc3161Timestamps } = objectOf(holder.timestampVerificationData, 'its timestamp data')
  if (rfc3161Timestamps === undefined || rfc3161Timestamps === null) return []
  const list = listOf(rfc3161Timestamps, 'its list of timestamps')
  if (list.length > MAX_TIMESTAMPS) throw malformed(`it has more than ${MAX_TIMESTAMPS} timestamps`)
  return list.map((one) => bytesOf(objectOf(one, 'a timestamp').signedTimestamp, 'a timestamp'))
}
