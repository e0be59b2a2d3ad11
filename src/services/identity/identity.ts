import { sha256Hex } from '../../ground/crypto/index.ts'
import { SallyportError, utf8, uuidV7 } from '../../ground/lang/index.ts'
import { createFailureLimit } from './failure-limit.ts'
import type { IdentityStore, IdPage, Principal, Token } from './identity-store.ts'
import { type Capability, capabilitiesOf, type Role, sharedCapabilities } from './roles.ts'

/** Bytes of every secret: tokens, cookies and login links cannot be guessed (NIST SP 800-63B-4 asks for 8). */
const SECRET_BYTES = 32
/** Milliseconds between two notes of a use, so that reading does not become writing. */
const TOUCH_MS = 60_000

export interface IdentityLimits {
  /** Milliseconds without a request after which a session ends. */
  readonly sessionIdleMs: number
  /** Milliseconds after which a session ends, used or not. */
  readonly sessionMaxMs: number
  /** Milliseconds for which a login link may be used, once. */
  readonly loginLinkMs: number
}

/** Half a working day idle, one day at most, and a quarter of an hour to open the link. */
export const DEFAULT_LIMITS: IdentityLimits = {
  sessionIdleMs: 4 * 3_600_000,
  sessionMaxMs: 24 * 3_600_000,
  loginLinkMs: 15 * 60_000,
}

export interface IdentityDeps {
  readonly store: IdentityStore
  readonly now: () => Date
  /** Cryptographic random bytes. */
  readonly random: (bytes: number) => Uint8Array
  readonly limits?: IdentityLimits
}

/** Who a request comes from, established. */
export interface Caller {
  readonly principal: Principal
  /** The narrower of the principal's role and the token's. */
  readonly role: Role
  readonly capabilities: readonly Capability[]
  readonly authentication: 'token' | 'session'
}

export interface NewPrincipal {
  readonly role: Role
  readonly name?: string
  readonly owner?: string
}

export interface NewToken {
  readonly principalId: string
  readonly label: string
  readonly role?: Role
  readonly expiresAt?: string
}

/** Who may knock, and how they prove it. Secrets are returned once and kept as SHA-256 only. */
export interface Identity {
  createPrincipal(request: NewPrincipal): Promise<Principal>
  principal(id: string): Promise<Principal | undefined>
  principals(after: string | undefined, limit: number): Promise<IdPage<Principal>>
  disablePrincipal(id: string): Promise<Principal>
  eraseName(id: string): Promise<void>
  createToken(request: NewToken): Promise<{ readonly token: Token; readonly secret: string }>
  token(id: string): Promise<Token | undefined>
  tokens(of: string | undefined, after: string | undefined, limit: number): Promise<IdPage<Token>>
  /** @throws SallyportError `NOT_FOUND` */
  revokeToken(id: string): Promise<Token>
  /** A secret for `GET /login?token=`, good for one use within the limit. */
  createLoginLink(principalId: string): Promise<{ readonly secret: string; readonly expiresAt: string }>
  /** @throws SallyportError `UNAUTHENTICATED`, `RATE_LIMITED` by `from`, the caller's address */
  login(link: string, from: string): Promise<{ readonly cookie: string; readonly expiresAt: string }>
  /** @throws SallyportError `UNAUTHENTICATED`, `RATE_LIMITED` */
  callerOfToken(secret: string, from: string): Promise<Caller>
  /** @throws SallyportError `UNAUTHENTICATED`, `RATE_LIMITED` */
  callerOfSession(cookie: string, from: string): Promise<Caller>
  logout(cookie: string): Promise<void>
}

/** The rules of identity over a store of principals, tokens and sessions. */
export function createIdentity(deps: IdentityDeps): Identity {
  return { ...principalVerbs(deps), ...tokenVerbs(deps), ...proofVerbs(deps) }
}

function principalVerbs(
  deps: IdentityDeps,
): Pick<Identity, 'createPrincipal' | 'principal' | 'principals' | 'disablePrincipal' | 'eraseName'> {
  const { store } = deps
  return {
    async createPrincipal({ role, name, owner }) {
      const id = newId(deps)
      const createdAt = deps.now().toISOString()
      const principal: Principal = {
        id,
        role,
        owner: owner ?? id,
        createdAt,
        ...(name === undefined ? {} : { name }),
      }
      await store.addPrincipal(principal)
      return principal
    },
    principal: (id) => store.principal(id),
    principals: (after, limit) => store.principals(after, limit),
    async disablePrincipal(id) {
      await store.disablePrincipal(id, deps.now().toISOString())
      return await needPrincipal(store, id)
    },
    async eraseName(id) {
      await needPrincipal(store, id)
      await store.eraseName(id)
    },
  }
}

function tokenVerbs(
  deps: IdentityDeps,
): Pick<Identity, 'createToken' | 'token' | 'tokens' | 'revokeToken' | 'createLoginLink'> {
  const { store, now } = deps
  return {
    async createToken(request) {
      const principal = await needPrincipal(store, request.principalId)
      const role = request.role ?? principal.role
      checkNewToken(principal, role, request.expiresAt, now())
      const secret = `spt_${newSecret(deps)}`
      const token: Token = {
        id: newId(deps),
        principalId: principal.id,
        label: request.label,
        role,
        createdAt: now().toISOString(),
        ...(request.expiresAt === undefined ? {} : { expiresAt: new Date(request.expiresAt).toISOString() }),
      }
      await store.addToken(token, hashOf(secret))
      return { token, secret }
    },
    token: (id) => store.token(id),
    tokens: (of, after, limit) => store.tokens(of, after, limit),
    async revokeToken(id) {
      await store.revokeToken(id, now().toISOString())
      const token = await store.token(id)
      if (token === undefined) throw new SallyportError('NOT_FOUND', `there is no token ${id}`)
      return token
    },
    async createLoginLink(principalId) {
      const principal = await needPrincipal(store, principalId)
      if (principal.disabledAt !== undefined)
        throw new SallyportError('CONFLICT', `principal ${principalId} is disabled and cannot log in`)
      const secret = newSecret(deps)
      const { loginLinkMs } = deps.limits ?? DEFAULT_LIMITS
      const expiresAt = new Date(now().getTime() + loginLinkMs).toISOString()
      await store.addLoginLink(hashOf(secret), principalId, expiresAt)
      return { secret, expiresAt }
    },
  }
}

function checkNewToken(principal: Principal, role: Role, expiresAt: string | undefined, now: Date): void {
  if (principal.disabledAt !== undefined)
    throw new SallyportError('CONFLICT', `principal ${principal.id} is disabled and gets no tokens`)
  if (sharedCapabilities(principal.role, role).length < capabilitiesOf(role).length)
    throw new SallyportError('FORBIDDEN', `a ${principal.role}'s token cannot have the role ${role}`)
  if (expiresAt !== undefined && !(Date.parse(expiresAt) > now.getTime()))
    throw new SallyportError('BAD_INPUT', 'expiresAt must lie in the future')
}

function proofVerbs(
  deps: IdentityDeps,
): Pick<Identity, 'login' | 'callerOfToken' | 'callerOfSession' | 'logout'> {
  const { store, now } = deps
  const limits = deps.limits ?? DEFAULT_LIMITS
  const failures = createFailureLimit(now)
  const refuse = (from: string, hash: string, why: string): SallyportError => {
    failures.note(from, hash)
    return new SallyportError('UNAUTHENTICATED', why)
  }
  return {
    async login(link, from) {
      failures.check(from)
      const hash = hashOf(link)
      const at = now()
      const principalId = await store.takeLoginLink(hash, at.toISOString())
      const principal = principalId === undefined ? undefined : await store.principal(principalId)
      if (principal === undefined || principal.disabledAt !== undefined)
        throw refuse(from, hash, 'this login link is unknown, used, or too old; ask for a new one')
      await store.sweep(at.toISOString())
      const cookie = newSecret(deps)
      const expiresAt = new Date(at.getTime() + limits.sessionMaxMs).toISOString()
      const createdAt = at.toISOString()
      const session = { hash: hashOf(cookie), principalId: principal.id, createdAt, lastUsedAt: createdAt }
      await store.addSession({ ...session, expiresAt })
      return { cookie, expiresAt }
    },
    async callerOfToken(secret, from) {
      failures.check(from)
      const hash = hashOf(secret)
      const at = now()
      const token = await store.tokenByHash(hash)
      const problem = token === undefined ? 'unknown' : problemOfToken(token, at)
      if (token === undefined || problem !== undefined)
        throw refuse(from, hash, `the API token is ${problem ?? 'unknown'}`)
      const principal = await store.principal(token.principalId)
      if (principal === undefined || principal.disabledAt !== undefined)
        throw refuse(from, hash, 'the principal of this API token is disabled')
      if (isStale(token.lastUsedAt, at, TOUCH_MS)) await store.touchToken(token.id, at.toISOString())
      const capabilities = sharedCapabilities(principal.role, token.role)
      return { principal, role: token.role, capabilities, authentication: 'token' }
    },
    async callerOfSession(cookie, from) {
      failures.check(from)
      const hash = hashOf(cookie)
      const at = now()
      const session = await store.sessionByHash(hash)
      if (session === undefined) throw refuse(from, hash, 'the session is unknown or has ended; log in again')
      if (session.expiresAt <= at.toISOString() || isStale(session.lastUsedAt, at, limits.sessionIdleMs)) {
        await store.endSession(hash)
        throw refuse(from, hash, 'the session has expired; log in again')
      }
      const principal = await store.principal(session.principalId)
      if (principal === undefined || principal.disabledAt !== undefined)
        throw refuse(from, hash, 'the principal of this session is disabled')
      if (isStale(session.lastUsedAt, at, TOUCH_MS)) await store.touchSession(hash, at.toISOString())
      const { role } = principal
      return { principal, role, capabilities: capabilitiesOf(role), authentication: 'session' }
    },
    logout: (cookie) => store.endSession(hashOf(cookie)),
  }
}

function problemOfToken(token: Token, at: Date): string | undefined {
  if (token.revokedAt !== undefined) return 'revoked'
  return token.expiresAt !== undefined && token.expiresAt <= at.toISOString() ? 'expired' : undefined
}

function isStale(since: string | undefined, at: Date, afterMs: number): boolean {
  return since === undefined || at.getTime() - Date.parse(since) >= afterMs
}

async function needPrincipal(store: IdentityStore, id: string): Promise<Principal> {
  const principal = await store.principal(id)
  if (principal === undefined) throw new SallyportError('NOT_FOUND', `there is no principal ${id}`)
  return principal
}

function newId(deps: IdentityDeps): string {
  return uuidV7(deps.now(), deps.random(10))
}

function newSecret(deps: IdentityDeps): string {
  return Buffer.from(deps.random(SECRET_BYTES)).toString('base64url')
}

// A fast hash is right here: the secrets are 256 random bits, so there is nothing to guess from a stolen table.
function hashOf(secret: string): string {
  return sha256Hex(utf8(secret))
}
