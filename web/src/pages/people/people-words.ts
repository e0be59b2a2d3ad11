import type { Principal, Role, Token } from '../../api/contract.ts'
import { shortId } from '../../parts/show.ts'

/** What each role may do, in the words of the guide. */
export const ROLE_HELP: Readonly<Record<Role, string>> = {
  viewer: 'looks',
  contributor: 'looks, brings models in and has them assessed',
  reviewer: 'looks, approves, rejects, waives and revokes',
  deployer: 'looks, promotes and revokes',
  admin: 'does all of it, and decides who else may',
}

/** Roles that a token of somebody with a role can have: a token narrows and never widens. */
export const NARROWER: Readonly<Record<Role, readonly Role[]>> = {
  viewer: ['viewer'],
  contributor: ['contributor', 'viewer'],
  reviewer: ['reviewer', 'viewer'],
  deployer: ['deployer', 'viewer'],
  admin: ['admin', 'deployer', 'reviewer', 'contributor', 'viewer'],
}

/** A name where one is kept, else the pseudonym that the statements hold. */
export function nameOf({ name, id }: Pick<Principal, 'name' | 'id'>): string {
  return name ?? shortId(id)
}

/** The person behind a principal, as a person reads it; undefined for who stands for themselves. */
export function ownerOf(principal: Principal, all: readonly Principal[]): string | undefined {
  if (principal.owner === principal.id) return undefined
  const person = all.find(({ id }) => id === principal.owner)
  return person === undefined ? principal.owner : nameOf(person)
}

/** Why a token opens nothing any more; undefined while it does. @param now milliseconds since 1970 */
export function endOf(
  token: Token,
  owner: Principal,
  now: number,
): 'revoked' | 'expired' | 'shut out' | undefined {
  if (token.revokedAt !== undefined) return 'revoked'
  if (token.expiresAt !== undefined && Date.parse(token.expiresAt) <= now) return 'expired'
  return owner.disabledAt === undefined ? undefined : 'shut out'
}

/** Whether a text stands in what a row shows. @param text lower case */
export function isSought(principal: Principal, all: readonly Principal[], text: string): boolean {
  const fields = [principal.name, principal.id, principal.role, principal.owner, ownerOf(principal, all)]
  return text === '' || fields.some((field) => field?.toLowerCase().includes(text))
}
