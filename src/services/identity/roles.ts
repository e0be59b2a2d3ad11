/** What a request may do. A route asks for exactly one; a role is a set of them, written out, so that none is implied. */
export const CAPABILITIES = [
  'read',
  'import',
  'assess',
  'review',
  'revoke',
  'promote',
  'own-tokens',
  'server-paths',
  'principals',
] as const
export type Capability = (typeof CAPABILITIES)[number]

export const ROLES = ['viewer', 'contributor', 'reviewer', 'deployer', 'admin'] as const
export type Role = (typeof ROLES)[number]

/**
 * Who may do what. A reviewer does not deploy and a deployer does not approve; both may revoke, for pulling a model out
 * must never wait for a second role. An admin may do all of it, and the two-person rule still counts them once.
 */
const SETS: Readonly<Record<Role, readonly Capability[]>> = {
  viewer: ['read', 'own-tokens'],
  contributor: ['read', 'own-tokens', 'import', 'assess'],
  reviewer: ['read', 'own-tokens', 'assess', 'review', 'revoke'],
  deployer: ['read', 'own-tokens', 'assess', 'promote', 'revoke'],
  admin: CAPABILITIES,
}

/** The capabilities of a role, in the order of {@link CAPABILITIES}. */
export function capabilitiesOf(role: Role): readonly Capability[] {
  return CAPABILITIES.filter((capability) => SETS[role].includes(capability))
}

/** What a token of one role may do in the hands of a principal of another: only what both may. */
export function sharedCapabilities(principal: Role, token: Role): readonly Capability[] {
  const held = capabilitiesOf(token)
  return capabilitiesOf(principal).filter((capability) => held.includes(capability))
}
