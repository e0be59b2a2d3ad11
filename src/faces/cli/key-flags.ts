import { SallyportError } from '../../ground/lang/index.ts'
import { type CliContext, type CommonFlags, print } from './context.ts'
import type { KeyChangeOutput, NextKeyOrder } from './doors/keys.ts'

/** Roles whose keys can change. */
export const ROLES = ['assessor', 'policy', 'consent'] as const
/** One of them. */
export type Role = (typeof ROLES)[number]

/** Leave to do it. */
export const YES = {
  yes: { kind: 'boolean', brief: 'Do it without asking', default: false, withNegated: false },
} as const
/** Where the next key lies. */
export const TO = {
  to: {
    kind: 'parsed',
    parse: String,
    brief: 'Sign with this key of a KMS or token: awskms://…, gcpkms://…, hashivault://…, pkcs11:…',
    optional: true,
  },
} as const
/** A reason, for the log. */
export const reasonFlag = (brief: string) =>
  ({ reason: { kind: 'parsed', parse: String, brief, optional: true } }) as const
/** A file with a passphrase. */
export const passphraseFlag = (brief: string) =>
  ({ passphraseFile: { kind: 'parsed', parse: String, brief, optional: true } }) as const
/** The role as the one argument. */
export const roleArgument = {
  kind: 'tuple',
  parameters: [{ parse: parseRole, brief: 'assessor, policy or consent', placeholder: 'role' }],
} as const

/** A day or a moment, as RFC 3339 in UTC. */
export function parseMoment(text: string): string {
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(day)
    ? Date.parse(day)
    : Number.NaN
  if (Number.isFinite(ms)) return new Date(ms).toISOString()
  throw new SallyportError('BAD_INPUT', `"${text}" is no time; write 2026-11-21 or 2026-11-21T14:30:00Z`)
}

function parseRole(text: string): Role | 'log' {
  const role = [...ROLES, 'log' as const].find((known) => known === text)
  if (role !== undefined) return role
  throw new SallyportError(
    'BAD_INPUT',
    `"${text}" is no role; the roles are assessor, policy, consent and log`,
  )
}

/** A new key, or one that stays where it is. */
export function nextKey(to: string | undefined): NextKeyOrder {
  return to === undefined ? { kind: 'new' } : { kind: 'remote', uri: to }
}

/** Prints what became of a change of keys, and what to do next. */
export function printChange(
  context: CliContext,
  flags: CommonFlags,
  change: KeyChangeOutput,
  next: readonly string[],
): void {
  const { before, now } = change
  print(context, flags, { kind: 'key-change', ...change }, () => [
    before.revokedAt === undefined
      ? `The key ${before.keyId.slice(0, 16)} is retired: what it signed stands.`
      : `The key ${before.keyId.slice(0, 16)} is revoked since ${before.revokedAt}.`,
    ...(now === undefined ? [] : [`The key ${now.keyId.slice(0, 16)} signs for ${now.role} from now on.`]),
    ...next.map((line) => `  → ${line}`),
  ])
}
