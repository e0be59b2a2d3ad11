import { parseStrictJson } from '../../ground/crypto/index.ts'
import { STATEMENT_TYPE } from '../../ground/domain/index.ts'
import { fromHex, SallyportError, toHex } from '../../ground/lang/index.ts'
import type { AttestedArtifact, BundleChecker, CheckedBundle, HashName, WantedSigner } from './ports.ts'

/** Bytes. A statement about a model of a hundred thousand files is below 20 MB. */
const MAX_BUNDLE_BYTES = 64 * 1024 * 1024

/** Subjects of one statement. A release of a large project names some thousands. */
const MAX_SUBJECTS = 100_000

/** Media type of in-toto statements in DSSE. */
const IN_TOTO = 'application/vnd.in-toto+json'

/** Versions of in-toto statements that say the same in the same fields. */
const STATEMENT_TYPES: ReadonlySet<unknown> = new Set([STATEMENT_TYPE, 'https://in-toto.io/Statement/v0.1'])

const HASHES: readonly HashName[] = ['sha256', 'sha384', 'sha512']

/** What is asked about a bundle of somebody else's. */
export interface AttestationRequest {
  /** Where it came from, for errors. */
  readonly label: string
  readonly bundle: Uint8Array
  readonly wanted: WantedSigner
  /** What it must be about. */
  readonly artifact: AttestedArtifact
  /** The predicate type that it must have; a statement of another type says another thing. */
  readonly predicateType?: string
}

/** What a bundle says, after every check. */
export interface VerifiedAttestation extends Pick<CheckedBundle, 'signer' | 'signedAt' | 'logs'> {
  /** The digest of the artifact that the signature or a subject of the statement names. */
  readonly subject: { readonly name?: string; readonly digest: string }
  /** Absent for a bundle that signs the artifact itself. */
  readonly statement?: {
    readonly predicateType: string
    readonly predicate: unknown
    readonly subjects: number
  }
}

/**
 * Verifies a Sigstore bundle and what it says: who signed, that it is about this artifact, and that it is the sort of
 * statement that was asked for, which `cosign` 2.5.0 leaves out for bundles.
 * @throws SallyportError `SIGNATURE_INVALID`, `SIGNER_UNTRUSTED`, `BAD_INPUT`, `TOO_LARGE`
 */
export async function verifyAttestation(
  checker: BundleChecker,
  request: AttestationRequest,
): Promise<VerifiedAttestation> {
  const { label, bundle, wanted, artifact, predicateType } = request
  if (bundle.length > MAX_BUNDLE_BYTES)
    throw new SallyportError('TOO_LARGE', `${label} is larger than a bundle of ${MAX_BUNDLE_BYTES} bytes`)
  const { content, signer, signedAt, logs } = await checker.check(
    parseStrictJson(bundle, label),
    wanted,
    artifact,
  )
  const proven = { signer, logs, ...(signedAt === undefined ? {} : { signedAt }) }
  if (content.kind === 'artifact') {
    if (predicateType !== undefined)
      throw new SallyportError(
        'SIGNATURE_INVALID',
        `${label} signs the file itself and is no statement of any type`,
      )
    return { ...proven, subject: { digest: `${content.algorithm}:${toHex(content.digest)}` } }
  }
  if (content.payloadType !== IN_TOTO)
    throw new SallyportError(
      'NOT_SUPPORTED',
      `${label} signs a payload of the type ${JSON.stringify(content.payloadType.slice(0, 100))}, not an in-toto statement`,
    )
  const statement = readStatement(parseStrictJson(content.payload, `the statement in ${label}`), label)
  if (predicateType !== undefined && statement.predicateType !== predicateType)
    throw new SallyportError(
      'SIGNATURE_INVALID',
      `${label} is a statement of the type ${statement.predicateType}, wanted ${predicateType}`,
    )
  const subject = await findSubject(statement.subjects, artifact)
  if (subject === undefined)
    throw new SallyportError(
      'SIGNATURE_INVALID',
      `${label} is about other bytes: none of its ${statement.subjects.length} subjects has this digest`,
    )
  const { predicate } = statement
  return {
    ...proven,
    subject,
    statement: { predicateType: statement.predicateType, predicate, subjects: statement.subjects.length },
  }
}

interface Subject {
  readonly name?: string
  readonly digest: Readonly<Record<string, unknown>>
}

function readStatement(value: unknown, label: string) {
  const { _type, subject, predicateType, predicate } = asRecord(value, `the statement in ${label}`)
  if (!STATEMENT_TYPES.has(_type))
    throw new SallyportError(
      'NOT_SUPPORTED',
      `${label} holds a statement of a version that is not known here`,
    )
  if (typeof predicateType !== 'string' || predicateType === '')
    throw new SallyportError('BAD_INPUT', `the statement in ${label} has no predicateType`)
  if (!Array.isArray(subject) || subject.length === 0 || subject.length > MAX_SUBJECTS)
    throw new SallyportError(
      'BAD_INPUT',
      `the statement in ${label} has no subjects, or more than ${MAX_SUBJECTS}`,
    )
  return { predicateType, predicate, subjects: subject.map((one) => readSubject(one, label)) }
}

function readSubject(value: unknown, label: string): Subject {
  const { name, digest } = asRecord(value, `a subject in ${label}`)
  return {
    digest: asRecord(digest, `the digest of a subject in ${label}`),
    ...(typeof name === 'string' && { name }),
  }
}

/** By digest alone (in-toto `spec/v1/statement.md`), and never by one that nobody computed here. */
async function findSubject(
  subjects: readonly Subject[],
  artifact: AttestedArtifact,
): Promise<VerifiedAttestation['subject'] | undefined> {
  for (const algorithm of HASHES) {
    const candidates = subjects.filter(({ digest }) => typeof digest[algorithm] === 'string')
    if (candidates.length === 0) continue
    const own = await artifact.digest(algorithm)
    if (own === undefined) continue
    const hex = toHex(own)
    const found = candidates.find(({ digest }) => String(digest[algorithm]).toLowerCase() === hex)
    if (found !== undefined)
      return { ...(found.name !== undefined && { name: found.name }), digest: `${algorithm}:${hex}` }
  }
  return undefined
}

/** An artifact of which only a digest is known. @throws SallyportError `BAD_INPUT` */
export function artifactOfDigest(text: string): AttestedArtifact {
  const [, algorithm, hex = ''] = /^(sha256|sha384|sha512):([0-9a-f]+)$/.exec(text) ?? []
  const bytes = algorithm === undefined ? undefined : fromHex(hex)
  if (bytes === undefined || bytes.length * 8 !== Number(algorithm?.slice(3)))
    throw new SallyportError(
      'BAD_INPUT',
      `${JSON.stringify(text.slice(0, 150))} is no digest: write sha256: and 64 lower-case hex digits`,
    )
  return { digest: async (wanted) => (wanted === algorithm ? bytes : undefined) }
}

function asRecord(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SallyportError('BAD_INPUT', `${what} is not an object`)
  return { ...value }
}
