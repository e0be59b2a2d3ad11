import { type OpenedEnvelope, openEnvelope, parseStrictJson } from '../../ground/crypto/index.ts'
import { type Digest, digestOfBytes, type Statement, type StatementKind } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import { checkStatement } from './check-statement.ts'
import { kindOfPredicate, type PredicateName } from './predicate-types.ts'
import type { KnownStatement, Predicates } from './predicates.ts'
import { BUNDLE_MEDIA_TYPE, MAX_BUNDLE_BYTES, PAYLOAD_TYPE } from './seal-statement.ts'
import { timeOfPredicate } from './time-of-predicate.ts'
import {
  checkKeyTime,
  type KeyRole,
  ROLE_OF_KIND,
  type TrustedKey,
  type TrustedKeys,
} from './trusted-keys.ts'

declare const brand: unique symbol

/** A statement that a believed key signed. Made only by {@link openStatement}: to skip verification does not compile. */
export interface Verified<S extends Statement = Statement> {
  readonly statement: S
  readonly name: PredicateName
  readonly kind: StatementKind
  readonly signer: { readonly keyId: string; readonly role: KeyRole }
  /** Digest of the sealed bytes: what the log commits to, and the statement's public name. */
  readonly digest: Digest
  /** Milliseconds since 1970, as the statement says; undefined when its predicate has no time. */
  readonly at: number | undefined
  readonly [brand]: 'Verified'
}

// The brand is a word of the compiler's; this is the same word at run time, for callers that are not compiled.
const made = new WeakSet<object>()

/** Whether a value came out of {@link openStatement} in this very process. */
export function isVerified(value: unknown): value is Verified {
  return typeof value === 'object' && value !== null && made.has(value)
}

/**
 * Verifies the bytes of a sealed statement: shape, one signature by a believed key, a key whose role may say such a
 * thing, at a time at which it was believed, and a predicate that its schema and meaning allow.
 * @param options `loggedAt`: when a log is known to have held these bytes; without it a revoked key counts for nothing
 * @throws SallyportError `TOO_LARGE`, `BAD_INPUT`, `NOT_SUPPORTED`, `SIGNATURE_INVALID`, `SIGNER_UNTRUSTED`
 */
export function openStatement(
  bytes: Uint8Array,
  trusted: TrustedKeys,
  options: { readonly loggedAt?: Date } = {},
): Verified {
  if (bytes.length > MAX_BUNDLE_BYTES)
    throw new SallyportError(
      'TOO_LARGE',
      `the bundle has ${bytes.length} bytes; the limit is ${MAX_BUNDLE_BYTES}`,
    )
  const { envelope, hint } = readBundle(parseStrictJson(bytes, 'the bundle'))
  const { payload, payloadType, keyIds } = verifyEnvelope(envelope, hint, trusted)
  if (payloadType !== PAYLOAD_TYPE)
    throw refuse(`the payload is "${payloadType.slice(0, 200)}", not ${PAYLOAD_TYPE}`)
  const { statement, name } = checkStatement(parseStrictJson(payload, 'the statement'))
  const kind = kindOfPredicate(statement.predicateType)
  const key = keyOf(trusted, keyIds)
  const role = roleFor({ name, kind, statement }, key)
  if (!key.roles.includes(role))
    throw new SallyportError(
      'SIGNER_UNTRUSTED',
      `the key ${key.publicKey.keyId} is believed as ${key.roles.join(', ')}; a ${name} statement wants ${role}`,
    )
  const at = timeOfPredicate(name, statement.predicate) ?? undefined
  checkKeyTime(key, at, options.loggedAt?.getTime())
  const verified = Object.freeze({
    statement,
    name,
    kind,
    signer: { keyId: key.publicKey.keyId, role },
    digest: digestOfBytes(bytes),
    at,
  })
  made.add(verified)
  return verified as Verified
}

/** The predicate of a verified statement when it is of that name, typed as its schema has checked it. */
export function predicateOf<N extends PredicateName>(verified: Verified, name: N): Predicates[N] | undefined {
  return verified.name === name ? (verified.statement as KnownStatement<N>).predicate : undefined
}

/** Digests of all subjects of a verified statement. */
export function subjectsOf(verified: Verified): readonly Digest[] {
  return verified.statement.subject.map(({ digest }) => `sha256:${digest?.sha256}` as Digest)
}

/** The tenant that a verified statement speaks of; statements of others, which know no tenants, are `default`. */
export function tenantOf(verified: Verified): string {
  const tenant = verified.statement.subject[0]?.annotations?.tenant
  return typeof tenant === 'string' ? tenant : 'default'
}

function readBundle(value: unknown): { readonly envelope: unknown; readonly hint: string } {
  const { mediaType, verificationMaterial, dsseEnvelope } = asRecord(value, 'the bundle')
  if (mediaType !== BUNDLE_MEDIA_TYPE) throw refuse(`the bundle's mediaType is not ${BUNDLE_MEDIA_TYPE}`)
  const material = asRecord(verificationMaterial, 'the verificationMaterial')
  const publicKey = asRecord(material.publicKey, 'the publicKey of the verificationMaterial')
  const hint = publicKey.hint ?? ''
  if (typeof hint !== 'string') throw refuse('the hint of the publicKey is not text')
  const { signatures } = asRecord(dsseEnvelope, 'the dsseEnvelope')
  if (!Array.isArray(signatures) || signatures.length !== 1)
    throw refuse('the dsseEnvelope must have exactly one signature, as a Sigstore bundle has')
  return { envelope: dsseEnvelope, hint }
}

function verifyEnvelope(envelope: unknown, hint: string, trusted: TrustedKeys): OpenedEnvelope {
  const named = trusted.get(hint)
  const candidates = named === undefined ? [...trusted.values()] : [named]
  try {
    return openEnvelope(
      envelope,
      candidates.map(({ publicKey }) => publicKey),
    )
  } catch (cause) {
    if (named !== undefined || !(cause instanceof SallyportError) || cause.code !== 'SIGNATURE_INVALID')
      throw cause
    const why = `no believed key made the signature; the bundle names the key "${hint.slice(0, 80)}"`
    throw new SallyportError('SIGNER_UNTRUSTED', why, {
      cause,
      detail: { hint, believed: [...trusted.keys()] },
    })
  }
}

/**
 * A stolen key must not speak about itself: events of the assessor's key are the policy key's to say. The time of the log
 * is vouched for by the log's own signature inside, so that either of the two may carry it.
 */
function roleFor(
  { name, kind, statement }: { name: PredicateName; kind: StatementKind; statement: Statement },
  key: TrustedKey,
): KeyRole {
  if (name === 'key-event' && statement.predicate.role === 'assessor') return 'policy'
  return name === 'log-time' && key.roles.includes('policy') ? 'policy' : ROLE_OF_KIND[kind]
}

function keyOf(trusted: TrustedKeys, keyIds: readonly string[]): TrustedKey {
  const key = trusted.get(keyIds[0] ?? '')
  if (key === undefined)
    throw new SallyportError('SIGNER_UNTRUSTED', 'a key is filed under an id that is not its own')
  return key
}

function asRecord(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse(`${what} is not an object`)
  return value as Readonly<Record<string, unknown>>
}

function refuse(why: string): SallyportError {
  return new SallyportError('BAD_INPUT', why)
}
