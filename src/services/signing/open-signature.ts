import {
  isOldStatement,
  type OmsBundle,
  type OmsManifest,
  readOmsBundle,
  readOmsStatement,
} from '../../formats/oms/index.ts'
import {
  type Certificate,
  type EcVerifier,
  ecVerifierOfPem,
  ecVerifierOfSpki,
  pae,
  readCertificate,
  sha256Hex,
  verifyCertificateChain,
} from '../../ground/crypto/index.ts'
import { type Digest, digestOfBytes } from '../../ground/domain/index.ts'
import { SallyportError, utf8 } from '../../ground/lang/index.ts'
import { oldEncoding } from './old-encoding.ts'
import type { KeylessVerifier, SigningCurve, TimestampVerifier, WantedIdentity } from './ports.ts'

const PAYLOAD_TYPE = 'application/vnd.in-toto+json'

/** Somebody whose signatures on models are believed. */
export type BelievedSigner =
  | { readonly kind: 'key'; readonly publicKeyPem: string; readonly label: string }
  | {
      readonly kind: 'certificate'
      readonly roots: readonly Certificate[]
      /** An e-mail, URI, DNS name or common name that the certificate must bear; whoever the roots vouch for when absent. */
      readonly identity?: string
      readonly label: string
    }
  | ({
      readonly kind: 'keyless'
      readonly label: string
      /** Path of another trust root than the usual one. */
      readonly trustConfig?: string
    } & WantedIdentity)

/** Who signed a model, as far as it was proven. */
export interface SignerFacts {
  readonly method: BelievedSigner['kind']
  /** SHA-256 of the public key's SPKI DER; a keyless key is used once and has no name. */
  readonly keyId?: string
  readonly curve?: SigningCurve
  readonly identity?: string
  readonly identityProvider?: string
  readonly certificate?: {
    readonly subject: string
    readonly issuer: string
    readonly serial: string
    /** RFC 3339. */
    readonly notAfter: string
  }
  /** RFC 3339: vouched for by a log or a timestamp authority; the signer's own word is none. */
  readonly signedAt?: string
}

/** A signature that holds: its list of files can be believed, the files are not looked at yet. */
export interface OpenedSignature {
  readonly manifest: OmsManifest
  readonly signer: SignerFacts
  /** Which of the believed signers it was. */
  readonly believed: string
  readonly bundleDigest: Digest
  /** Of the signed statement: unlike the root it covers the names of the files. */
  readonly statementDigest: Digest
}

/** What checking a signature stands on. */
export interface SignatureDeps {
  readonly now: () => Date
  /** Opened only for keyless bundles. @param trustConfig as the believed signer names it */
  readonly keyless: (trustConfig: string | undefined) => Promise<KeylessVerifier>
  /** Where timestamps are believed, a certificate must have held at their time and not now. */
  readonly timestamps?: TimestampVerifier
}

/**
 * Verifies a `model.sig` against those who are believed, and reads its statement.
 * @throws SallyportError `SIGNATURE_INVALID` for a bundle that is malformed or over other bytes, `SIGNER_UNTRUSTED` when
 * it is by nobody who is believed, `TOO_LARGE`
 */
export async function openSignature(
  deps: SignatureDeps,
  bytes: Uint8Array,
  believed: readonly BelievedSigner[],
): Promise<OpenedSignature> {
  const bundle = readOmsBundle(bytes)
  const candidates = believed.filter(({ kind }) => kind === bundle.material.kind)
  if (candidates.length === 0) throw untrusted(noCandidate(bundle, believed))
  const failures: SallyportError[] = []
  for (const candidate of candidates) {
    const opened = await check(deps, bundle, candidate).catch((error: unknown) => {
      // What could not be asked is no answer: only a plain no lets the next one be tried.
      if (!isRefusal(error)) throw error
      failures.push(error)
    })
    if (opened === undefined) continue
    return {
      manifest: readOmsStatement(opened.payload),
      signer: opened.signer,
      believed: candidate.label,
      bundleDigest: digestOfBytes(bytes),
      statementDigest: digestOfBytes(opened.payload),
    }
  }
  const [first] = failures
  if (first !== undefined && failures.length === 1) throw first
  const reasons = failures.slice(0, 5).map(({ message }) => message)
  throw untrusted(`none of ${failures.length} believed signers has signed this: ${reasons.join('; ')}`)
}

function isRefusal(error: unknown): error is SallyportError {
  return error instanceof SallyportError && ['SIGNATURE_INVALID', 'SIGNER_UNTRUSTED'].includes(error.code)
}

const METHOD_WORDS = { key: 'a key', certificate: 'a certificate', keyless: 'Sigstore (keyless)' } as const
const FLAG_WORDS = {
  key: '--public-key',
  certificate: '--certificate-chain',
  keyless: '--identity and --identity-provider',
} as const

function noCandidate({ material }: OmsBundle, believed: readonly BelievedSigner[]): string {
  const how = `the signature was made with ${METHOD_WORDS[material.kind]}`
  const others = [...new Set(believed.map(({ kind }) => METHOD_WORDS[kind]))]
  const whom = others.length === 0 ? 'nobody is believed' : `only ${others.join(' or ')} is believed`
  return `${how}, and ${whom}; name the signer with ${FLAG_WORDS[material.kind]}`
}

interface Checked {
  readonly payload: Uint8Array
  readonly signer: SignerFacts
}

async function check(deps: SignatureDeps, bundle: OmsBundle, believed: BelievedSigner): Promise<Checked> {
  if (believed.kind === 'key') return checkKey(deps, bundle, believed.publicKeyPem)
  if (believed.kind === 'certificate') return checkCertificate(deps, bundle, believed)
  const { identity, identityProvider, trustConfig } = believed
  const verifier = await deps.keyless(trustConfig)
  const { payload, payloadType, ...facts } = await verifier.verify(bundle.json, {
    identity,
    identityProvider,
  })
  if (payloadType !== PAYLOAD_TYPE) throw invalid(`its payloadType is not ${PAYLOAD_TYPE}`)
  return { payload, signer: { method: 'keyless', ...facts } }
}

async function checkKey(deps: SignatureDeps, bundle: OmsBundle, pem: string): Promise<Checked> {
  const verifier = ecVerifierOfPem(pem)
  if (bundle.material.kind === 'key') mustNameKey(bundle.material, verifier)
  mustHold(bundle, verifier)
  const signedAt = await timeOf(deps, bundle)
  const { keyId, curve } = verifier
  return {
    payload: bundle.payload,
    signer: { method: 'key', keyId, curve, ...(signedAt === undefined ? {} : { signedAt }) },
  }
}

/** A bundle that names another key is another's, or was put together by somebody: no reason to go on. */
function mustNameKey(
  { hint, pem }: { hint: string | undefined; pem: string | undefined },
  key: EcVerifier,
): void {
  const der = Buffer.from(key.keyId, 'hex')
  const names = [
    sha256Hex(utf8(key.publicKeyPem)),
    key.keyId,
    der.toString('base64'),
    der.toString('base64url'),
  ]
  if (hint !== undefined && !names.includes(hint))
    throw untrusted(`the signature names the key ${hint.slice(0, 64)}, which is not the one that is believed`)
  if (pem !== undefined && keyIdOf(pem) !== key.keyId)
    throw untrusted('the signature brings a key that is not the one that is believed')
}

function keyIdOf(pem: string): string {
  try {
    return ecVerifierOfPem(pem).keyId
  } catch (cause) {
    throw new SallyportError('SIGNATURE_INVALID', 'the key that the signature brings cannot be read', {
      cause,
    })
  }
}

async function checkCertificate(
  deps: SignatureDeps,
  bundle: OmsBundle,
  believed: BelievedSigner & { kind: 'certificate' },
): Promise<Checked> {
  const list = bundle.material.kind === 'certificate' ? bundle.material.certificates : []
  const [leaf, ...intermediates] = list.map((der) => readBundled(der))
  if (leaf === undefined) throw invalid('it has no certificate')
  const verifier = leafVerifier(leaf)
  mustHold(bundle, verifier)
  const signedAt = await timeOf(deps, bundle)
  const at = signedAt === undefined ? deps.now().getTime() : Date.parse(signedAt)
  verifyCertificateChain({ leaf, intermediates, roots: believed.roots, at, purpose: 'codeSigning' })
  const names = [...leaf.alternativeNames, ...commonNames(leaf.subject)]
  if (believed.identity !== undefined && !names.includes(believed.identity))
    throw untrusted(
      `the certificate is that of ${names.map((name) => `"${name}"`).join(', ')} and not of "${believed.identity}"`,
    )
  return {
    payload: bundle.payload,
    signer: {
      method: 'certificate',
      keyId: verifier.keyId,
      curve: verifier.curve,
      ...(names[0] === undefined ? {} : { identity: believed.identity ?? names[0] }),
      certificate: {
        subject: leaf.subject,
        issuer: leaf.issuer,
        serial: leaf.serial,
        notAfter: new Date(leaf.notAfter).toISOString(),
      },
      ...(signedAt === undefined ? {} : { signedAt }),
    },
  }
}

function commonNames(subject: string): readonly string[] {
  return subject.split(', ').flatMap((part) => (part.startsWith('CN=') ? [part.slice(3)] : []))
}

function readBundled(der: Uint8Array): Certificate {
  try {
    return readCertificate(der)
  } catch (cause) {
    throw new SallyportError('SIGNATURE_INVALID', `a certificate of the signature: ${messageOf(cause)}`, {
      cause,
    })
  }
}

function leafVerifier(leaf: Certificate): EcVerifier {
  try {
    return ecVerifierOfSpki(leaf.spki)
  } catch (cause) {
    throw new SallyportError('SIGNATURE_INVALID', `the signing certificate: ${messageOf(cause)}`, { cause })
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

function mustHold({ payload, signature }: OmsBundle, verifier: EcVerifier): void {
  const isOld = isOldStatement(payload)
  const message = isOld ? oldEncoding(PAYLOAD_TYPE, payload) : pae(PAYLOAD_TYPE, payload)
  if (!verifier.verify(message, signature, isOld ? 'sha256' : undefined))
    throw invalid('the signature is not by this key, or not over this statement')
}

/** The earliest time that a believed authority vouches for; undefined where none is asked or none was brought. */
async function timeOf(
  { timestamps }: SignatureDeps,
  { timestamps: tokens, signature }: OmsBundle,
): Promise<string | undefined> {
  if (timestamps === undefined || tokens.length === 0) return undefined
  const times = await Promise.all(tokens.map((token) => timestamps.verify(token, signature)))
  return times.toSorted()[0]
}

function invalid(why: string): SallyportError {
  return new SallyportError('SIGNATURE_INVALID', why)
}

function untrusted(why: string): SallyportError {
  return new SallyportError('SIGNER_UNTRUSTED', why)
}
