export {
  type Caller,
  createIdentity,
  DEFAULT_LIMITS,
  type Identity,
  type IdentityDeps,
  type IdentityLimits,
  type NewPrincipal,
  type NewToken,
} from './identity.ts'
export type { IdentityStore, IdPage, Principal, Session, Token } from './identity-store.ts'
export { type LocalPeople, localPeople } from './local-people.ts'
export { memoryIdentityStore } from './memory-identity-store.ts'
export {
  memoryRequestMemory,
  REMEMBER_MS,
  type Remembered,
  type RememberedAnswer,
  type RequestMemory,
} from './request-memory.ts'
export {
  CAPABILITIES,
  type Capability,
  capabilitiesOf,
  ROLES,
  type Role,
  sharedCapabilities,
} from './roles.ts'
