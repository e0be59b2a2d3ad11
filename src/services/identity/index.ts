export {
  type Caller,
  createIdentity,
  type Identity,
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
  type Capability,
  capabilitiesOf,
  ROLES,
  type Role,
} from './roles.ts'
