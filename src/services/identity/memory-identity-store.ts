import { SallyportError } from '../../ground/lang/index.ts'
import type { IdentityStore, IdPage, Principal, Session, Token } from './identity-store.ts'

/** An identity store in memory, for tests; it passes the same contract suite as the durable one. */
export function memoryIdentityStore(): IdentityStore {
  const principals = new Map<string, Principal>()
  const tokens = new Map<string, { token: Token; hash: string }>()
  const sessions = new Map<string, Session>()
  const links = new Map<string, { principalId: string; expiresAt: string }>()
  const forget = (id: string) => {
    for (const [hash, session] of sessions) if (session.principalId === id) sessions.delete(hash)
    for (const [hash, link] of links) if (link.principalId === id) links.delete(hash)
  }
  return {
    async addPrincipal(principal) {
      if (principals.has(principal.id))
        throw new SallyportError('CONFLICT', `principal ${principal.id} exists`)
      principals.set(principal.id, principal)
    },
    principal: async (id) => principals.get(id),
    principals: async (after, limit) => pageOf([...principals.values()], after, limit),
    async disablePrincipal(id, at) {
      const principal = principals.get(id)
      if (principal === undefined) return false
      principals.set(id, { ...principal, disabledAt: principal.disabledAt ?? at })
      forget(id)
      return true
    },
    async eraseName(id) {
      const principal = principals.get(id)
      if (principal?.name === undefined) return false
      const { name: _, ...rest } = principal
      principals.set(id, rest)
      return true
    },
    ...tokenVerbs(principals, tokens),
    ...sessionVerbs(principals, sessions, links),
  }
}

type TokenVerbs = Pick<
  IdentityStore,
  'addToken' | 'token' | 'tokenByHash' | 'tokens' | 'touchToken' | 'revokeToken'
>

function tokenVerbs(
  principals: ReadonlyMap<string, Principal>,
  tokens: Map<string, { token: Token; hash: string }>,
): TokenVerbs {
  return {
    async addToken(token, hash) {
      needPrincipal(principals, token.principalId)
      tokens.set(token.id, { token, hash })
    },
    token: async (id) => tokens.get(id)?.token,
    tokenByHash: async (hash) => [...tokens.values()].find((kept) => kept.hash === hash)?.token,
    tokens: async (of, after, limit) => {
      const all = [...tokens.values()].map((kept) => kept.token)
      return pageOf(of === undefined ? all : all.filter((token) => token.principalId === of), after, limit)
    },
    async touchToken(id, at) {
      const kept = tokens.get(id)
      if (kept !== undefined) tokens.set(id, { ...kept, token: { ...kept.token, lastUsedAt: at } })
    },
    async revokeToken(id, at) {
      const kept = tokens.get(id)
      if (kept === undefined || kept.token.revokedAt !== undefined) return false
      tokens.set(id, { ...kept, token: { ...kept.token, revokedAt: at } })
      return true
    },
  }
}

type SessionVerbs = Pick<
  IdentityStore,
  'addSession' | 'sessionByHash' | 'touchSession' | 'endSession' | 'addLoginLink' | 'takeLoginLink' | 'sweep'
>

function sessionVerbs(
  principals: ReadonlyMap<string, Principal>,
  sessions: Map<string, Session>,
  links: Map<string, { principalId: string; expiresAt: string }>,
): SessionVerbs {
  return {
    async addSession(session) {
      needPrincipal(principals, session.principalId)
      sessions.set(session.hash, session)
    },
    sessionByHash: async (hash) => sessions.get(hash),
    async touchSession(hash, at) {
      const session = sessions.get(hash)
      if (session !== undefined) sessions.set(hash, { ...session, lastUsedAt: at })
    },
    async endSession(hash) {
      sessions.delete(hash)
    },
    async addLoginLink(hash, principalId, expiresAt) {
      needPrincipal(principals, principalId)
      links.set(hash, { principalId, expiresAt })
    },
    async takeLoginLink(hash, at) {
      const link = links.get(hash)
      links.delete(hash)
      return link !== undefined && link.expiresAt > at ? link.principalId : undefined
    },
    async sweep(at) {
      for (const [hash, session] of sessions) if (session.expiresAt <= at) sessions.delete(hash)
      for (const [hash, link] of links) if (link.expiresAt <= at) links.delete(hash)
    },
  }
}

function needPrincipal(principals: ReadonlyMap<string, Principal>, id: string): void {
  if (!principals.has(id)) throw new SallyportError('NOT_FOUND', `there is no principal ${id}`)
}

function pageOf<T extends { readonly id: string }>(
  items: readonly T[],
  after: string | undefined,
  limit: number,
): IdPage<T> {
  const rest = items
    .filter((item) => after === undefined || item.id > after)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  return rest.length > limit && last !== undefined ? { items: page, next: last.id } : { items: page }
}
