import type { Role } from './roles.ts'

/** Someone who acts, by a pseudonymous id. The name is not in statements and can be erased. */
export interface Principal {
  /** UUIDv7. */
  readonly id: string
  readonly role: Role
  /** The person behind it: principals of one owner count once in an approval. */
  readonly owner: string
  readonly name?: string
  readonly createdAt: string
  readonly disabledAt?: string
}

/** An API token without its secret. */
export interface Token {
  readonly id: string
  readonly principalId: string
  readonly label: string
  /** Narrows what its principal may do; never widens it. */
  readonly role: Role
  readonly createdAt: string
  readonly expiresAt?: string
  readonly lastUsedAt?: string
  readonly revokedAt?: string
}

/** A browser's session; `hash` is the SHA-256 of its cookie in hex. */
export interface Session {
  readonly hash: string
  readonly principalId: string
  readonly createdAt: string
  readonly lastUsedAt: string
  readonly expiresAt: string
}

/** One page of a list in order of id; `next` is the id to go on after. */
export interface IdPage<T> {
  readonly items: readonly T[]
  readonly next?: string
}

/** Where principals, tokens and sessions are kept. What has resolved survives power loss. Secrets arrive hashed. */
export interface IdentityStore {
  /** @throws SallyportError `CONFLICT` when the id is taken */
  addPrincipal(principal: Principal): Promise<void>
  principal(id: string): Promise<Principal | undefined>
  principals(after: string | undefined, limit: number): Promise<IdPage<Principal>>
  /** False when there is no such principal. Its sessions and login links end with it. */
  disablePrincipal(id: string, at: string): Promise<boolean>
  /** Forgets the name for good; the pseudonymous id stays. False when no name was kept. */
  eraseName(id: string): Promise<boolean>

  addToken(token: Token, hash: string): Promise<void>
  token(id: string): Promise<Token | undefined>
  tokenByHash(hash: string): Promise<Token | undefined>
  /** Of one principal, or of all. */
  tokens(of: string | undefined, after: string | undefined, limit: number): Promise<IdPage<Token>>
  touchToken(id: string, at: string): Promise<void>
  /** False when there is none that could be revoked. */
  revokeToken(id: string, at: string): Promise<boolean>

  addSession(session: Session): Promise<void>
  sessionByHash(hash: string): Promise<Session | undefined>
  touchSession(hash: string, at: string): Promise<void>
  endSession(hash: string): Promise<void>

  addLoginLink(hash: string, principalId: string, expiresAt: string): Promise<void>
  /** Takes a link that has not expired, and removes it in the same step: of two callers one gets it. */
  takeLoginLink(hash: string, at: string): Promise<string | undefined>
  /** Removes sessions and links that ended before `at`. */
  sweep(at: string): Promise<void>
}
