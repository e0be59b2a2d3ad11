import { type Verifier, verifierOfPem } from '../../ground/crypto/index.ts'
import type { StatementKind } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'

/** What a key may be used for. The fourth key of the house, the log's, signs no statements. */
export type KeyRole = 'assessor' | 'policy' | 'consent'

/** The one role whose keys may make each kind of statement. */
export const ROLE_OF_KIND: Readonly<Record<StatementKind, KeyRole>> = {
  evidence: 'assessor',
  consent: 'consent',
  decision: 'policy',
}

/** A key that is believed, for some kinds of statement and some time. */
export interface TrustedKey {
  readonly publicKey: Verifier
  readonly roles: readonly KeyRole[]
  /** RFC 3339. Statements that say they are older, or younger, are refused. */
  readonly notBefore?: string
  readonly notAfter?: string
  /** RFC 3339. From then on whoever holds the key may date statements as they like: only the log's time counts. */
  readonly revokedAt?: string
}

/** Believed keys by key id. */
export type TrustedKeys = ReadonlyMap<string, TrustedKey>

/**
 * The set of believed keys, from their PEM texts.
 * @throws SallyportError `KEY_INVALID` for a PEM that is no key, `BAD_CONFIG` for a key without a role, a time that is
 * none, or one key twice
 */
export function trustKeys(
  keys: readonly (Omit<TrustedKey, 'publicKey'> & { readonly publicKeyPem: string })[],
): TrustedKeys {
  const trusted = new Map<string, TrustedKey>()
  for (const { publicKeyPem, ...rest } of keys) {
    const publicKey = verifierOfPem(publicKeyPem)
    const problem = problemOfKey(rest)
    if (problem !== undefined)
      throw new SallyportError('BAD_CONFIG', `the trusted key ${publicKey.keyId} ${problem}`)
    if (trusted.has(publicKey.keyId))
      throw new SallyportError('BAD_CONFIG', `the trusted key ${publicKey.keyId} is listed twice`)
    trusted.set(publicKey.keyId, { publicKey, ...rest })
  }
  return trusted
}

function problemOfKey(key: Omit<TrustedKey, 'publicKey'>): string | undefined {
  if (key.roles.length === 0) return 'has no role'
  const times = [key.notBefore, key.notAfter, key.revokedAt].filter((time) => time !== undefined)
  const wrong = times.find((time) => !Number.isFinite(Date.parse(time)))
  return wrong === undefined ? undefined : `has the time "${wrong}", which is none`
}

/**
 * Whether a key may answer for a statement of that time.
 * @param madeAt what the statement says, milliseconds; undefined when it does not say
 * @param loggedAt when a log is known to have held it, milliseconds; undefined when not known
 * @throws SallyportError `SIGNER_UNTRUSTED` with the reason
 */
export function checkKeyTime(
  key: TrustedKey,
  madeAt: number | undefined,
  loggedAt: number | undefined,
): void {
  const shown = key.publicKey.keyId
  if (key.revokedAt !== undefined && !(loggedAt !== undefined && loggedAt < Date.parse(key.revokedAt)))
    throw untrusted(`the key ${shown} was revoked at ${key.revokedAt}, and no log held this statement before`)
  if (key.notBefore === undefined && key.notAfter === undefined) return
  const time = madeAt ?? loggedAt
  if (time === undefined)
    throw untrusted(`the key ${shown} holds for a time only, and the statement has no date`)
  if (key.notBefore !== undefined && time < Date.parse(key.notBefore))
    throw untrusted(`the key ${shown} holds from ${key.notBefore} on; the statement is older`)
  if (key.notAfter !== undefined && time > Date.parse(key.notAfter))
    throw untrusted(`the key ${shown} held until ${key.notAfter}; the statement is younger`)
}

function untrusted(why: string): SallyportError {
  return new SallyportError('SIGNER_UNTRUSTED', why)
}
