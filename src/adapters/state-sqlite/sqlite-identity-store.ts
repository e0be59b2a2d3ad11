import { SallyportError } from '../../ground/lang/index.ts'
import type { Session, Token } from '../../services/identity/index.ts'
import {
  type IdentityStore,
  type IdPage,
  type Principal,
  ROLES,
  type Role,
} from '../../services/identity/index.ts'
import type { Database, Row } from './database.ts'

const PRINCIPAL =
  'SELECT p.*, n.name FROM principals p LEFT JOIN principal_names n ON n.tenant = p.tenant AND n.id = p.id'

/** Principals, tokens, sessions and login links in the state database. */
export function sqliteIdentityStore(db: Database, tenant: string): IdentityStore {
  return { ...principalVerbs(db, tenant), ...tokenVerbs(db, tenant), ...sessionVerbs(db, tenant) }
}

type PrincipalVerbs = Pick<
  IdentityStore,
  'addPrincipal' | 'principal' | 'principals' | 'disablePrincipal' | 'eraseName'
>

function principalVerbs(db: Database, tenant: string): PrincipalVerbs {
  return {
    async addPrincipal({ id, role, owner, name, createdAt, disabledAt }) {
      db.atomic(() => {
        const added = db.run(
          'INSERT INTO principals VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
          tenant,
          id,
          role,
          owner,
          createdAt,
          disabledAt ?? null,
        )
        if (added === 0) throw new SallyportError('CONFLICT', `principal ${id} exists`)
        if (name !== undefined) db.run('INSERT INTO principal_names VALUES (?, ?, ?)', tenant, id, name)
      })
    },
    principal: async (id) =>
      opt(principalOf, db.get(`${PRINCIPAL} WHERE p.tenant = ? AND p.id = ?`, tenant, id)),
    async principals(after, limit) {
      const sql = `${PRINCIPAL} WHERE p.tenant = ? AND p.id > ? ORDER BY p.id LIMIT ?`
      return pageOf(db.all(sql, tenant, after ?? '', limit + 1).map(principalOf), limit)
    },
    async disablePrincipal(id, at) {
      return db.atomic(() => {
        const sql = 'UPDATE principals SET disabled_at = coalesce(disabled_at, ?) WHERE tenant = ? AND id = ?'
        if (db.run(sql, at, tenant, id) === 0) return false
        db.run('DELETE FROM sessions WHERE tenant = ? AND principal_id = ?', tenant, id)
        db.run('DELETE FROM login_links WHERE tenant = ? AND principal_id = ?', tenant, id)
        return true
      })
    },
    eraseName: async (id) =>
      db.run('DELETE FROM principal_names WHERE tenant = ? AND id = ?', tenant, id) > 0,
  }
}

type TokenVerbs = Pick<
  IdentityStore,
  'addToken' | 'token' | 'tokenByHash' | 'tokens' | 'touchToken' | 'revokeToken'
>

function tokenVerbs(db: Database, tenant: string): TokenVerbs {
  return {
    async addToken(token, hash) {
      db.atomic(() => {
        needPrincipal(db, tenant, token.principalId)
        const { id, principalId, label, role, createdAt } = token
        const times = [token.expiresAt ?? null, token.lastUsedAt ?? null, token.revokedAt ?? null]
        const sql = 'INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'
        db.run(sql, tenant, id, principalId, label, role, hash, createdAt, ...times)
      })
    },
    token: async (id) => opt(tokenOf, db.get('SELECT * FROM tokens WHERE tenant = ? AND id = ?', tenant, id)),
    tokenByHash: async (hash) =>
      opt(tokenOf, db.get('SELECT * FROM tokens WHERE hash = ? AND tenant = ?', hash, tenant)),
    async tokens(of, after, limit) {
      const rows =
        of === undefined
          ? db.all(
              'SELECT * FROM tokens WHERE tenant = ? AND id > ? ORDER BY id LIMIT ?',
              tenant,
              after ?? '',
              limit + 1,
            )
          : db.all(
              'SELECT * FROM tokens WHERE tenant = ? AND principal_id = ? AND id > ? ORDER BY id LIMIT ?',
              tenant,
              of,
              after ?? '',
              limit + 1,
            )
      return pageOf(rows.map(tokenOf), limit)
    },
    async touchToken(id, at) {
      db.run('UPDATE tokens SET last_used_at = ? WHERE tenant = ? AND id = ?', at, tenant, id)
    },
    revokeToken: async (id, at) =>
      db.run(
        'UPDATE tokens SET revoked_at = ? WHERE tenant = ? AND id = ? AND revoked_at IS NULL',
        at,
        tenant,
        id,
      ) > 0,
  }
}

type SessionVerbs = Pick<
  IdentityStore,
  'addSession' | 'sessionByHash' | 'touchSession' | 'endSession' | 'addLoginLink' | 'takeLoginLink' | 'sweep'
>

function sessionVerbs(db: Database, tenant: string): SessionVerbs {
  return {
    async addSession({ hash, principalId, createdAt, lastUsedAt, expiresAt }) {
      db.atomic(() => {
        needPrincipal(db, tenant, principalId)
        const sql = 'INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?)'
        db.run(sql, tenant, hash, principalId, createdAt, lastUsedAt, expiresAt)
      })
    },
    sessionByHash: async (hash) =>
      opt(sessionOf, db.get('SELECT * FROM sessions WHERE tenant = ? AND hash = ?', tenant, hash)),
    async touchSession(hash, at) {
      db.run('UPDATE sessions SET last_used_at = ? WHERE tenant = ? AND hash = ?', at, tenant, hash)
    },
    async endSession(hash) {
      db.run('DELETE FROM sessions WHERE tenant = ? AND hash = ?', tenant, hash)
    },
    async addLoginLink(hash, principalId, expiresAt) {
      db.atomic(() => {
        needPrincipal(db, tenant, principalId)
        db.run('INSERT INTO login_links VALUES (?, ?, ?, ?)', tenant, hash, principalId, expiresAt)
      })
    },
    async takeLoginLink(hash, at) {
      const sql = 'DELETE FROM login_links WHERE tenant = ? AND hash = ? RETURNING principal_id, expires_at'
      const row = db.get(sql, tenant, hash)
      return row !== undefined && text(row, 'expires_at') > at ? text(row, 'principal_id') : undefined
    },
    async sweep(at) {
      db.atomic(() => {
        db.run('DELETE FROM sessions WHERE tenant = ? AND expires_at <= ?', tenant, at)
        db.run('DELETE FROM login_links WHERE tenant = ? AND expires_at <= ?', tenant, at)
      })
    },
  }
}

function needPrincipal(db: Database, tenant: string, id: string): void {
  if (db.get('SELECT id FROM principals WHERE tenant = ? AND id = ?', tenant, id) === undefined)
    throw new SallyportError('NOT_FOUND', `there is no principal ${id}`)
}

function principalOf(row: Row): Principal {
  const base = {
    id: text(row, 'id'),
    role: roleOf(row),
    owner: text(row, 'owner'),
    createdAt: text(row, 'created_at'),
  }
  return { ...base, ...maybe(row, 'name', 'name'), ...maybe(row, 'disabled_at', 'disabledAt') }
}

function tokenOf(row: Row): Token {
  return {
    id: text(row, 'id'),
    principalId: text(row, 'principal_id'),
    label: text(row, 'label'),
    role: roleOf(row),
    createdAt: text(row, 'created_at'),
    ...maybe(row, 'expires_at', 'expiresAt'),
    ...maybe(row, 'last_used_at', 'lastUsedAt'),
    ...maybe(row, 'revoked_at', 'revokedAt'),
  }
}

function sessionOf(row: Row): Session {
  return {
    hash: text(row, 'hash'),
    principalId: text(row, 'principal_id'),
    createdAt: text(row, 'created_at'),
    lastUsedAt: text(row, 'last_used_at'),
    expiresAt: text(row, 'expires_at'),
  }
}

function roleOf(row: Row): Role {
  const role = ROLES.find((one) => one === row.role)
  if (role === undefined) throw new SallyportError('STORE_FAILED', `the state database holds an unknown role`)
  return role
}

function text(row: Row, column: string): string {
  const value = row[column]
  if (typeof value === 'string') return value
  throw new SallyportError('STORE_FAILED', `the state database holds no text in ${column}`)
}

function maybe<K extends string>(row: Row, column: string, name: K): { readonly [key in K]?: string } {
  return row[column] === null ? {} : ({ [name]: text(row, column) } as { readonly [key in K]?: string })
}

function opt<T>(make: (row: Row) => T, row: Row | undefined): T | undefined {
  return row === undefined ? undefined : make(row)
}

function pageOf<T extends { readonly id: string }>(rows: readonly T[], limit: number): IdPage<T> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return rows.length > limit && last !== undefined ? { items, next: last.id } : { items }
}
