import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { identityStoreSuite, requestMemorySuite } from '../../../test/contract/identity-store-suite.ts'
import { createIdentity, DEFAULT_LIMITS } from './identity.ts'
import type { IdentityStore } from './identity-store.ts'
import { memoryIdentityStore } from './memory-identity-store.ts'
import { memoryRequestMemory } from './request-memory.ts'
import { CAPABILITIES, capabilitiesOf, ROLES, sharedCapabilities } from './roles.ts'

describe('identity store in memory', () => identityStoreSuite(async () => memoryIdentityStore()))
describe('request memory in memory', () => requestMemorySuite(async (now) => memoryRequestMemory(now)))

function house(store: IdentityStore = memoryIdentityStore()) {
  let ms = Date.parse('2026-01-01T00:00:00Z')
  const identity = createIdentity({ store, now: () => new Date(ms), random: (n) => randomBytes(n) })
  return { identity, wait: (by: number) => (ms += by) }
}

test('a token opens the door until it is revoked', async () => {
  const { identity } = house()
  const { id } = await identity.createPrincipal({ role: 'reviewer' })
  const { token, secret } = await identity.createToken({ principalId: id, label: 'ci' })
  expect(secret).toMatch(/^spt_[\w-]{43}$/)
  expect(await identity.callerOfToken(secret, 'here')).toMatchObject({ principal: { id }, role: 'reviewer' })
  await identity.revokeToken(token.id)
  await expect(identity.callerOfToken(secret, 'here')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
})

test('secrets reach the store only as hashes', async () => {
  const seen: unknown[] = []
  const inner = memoryIdentityStore()
  const store = new Proxy(inner, {
    get: (target, name, self) => {
      const verb: unknown = Reflect.get(target, name, self)
      return typeof verb === 'function'
        ? (...given: unknown[]) => {
            seen.push(given)
            return Reflect.apply(verb, target, given)
          }
        : verb
    },
  })
  const { identity } = house(store)
  const { id } = await identity.createPrincipal({ role: 'admin' })
  const { secret } = await identity.createToken({ principalId: id, label: 'x' })
  const link = await identity.createLoginLink(id)
  const { cookie } = await identity.login(link.secret, 'here')
  await identity.callerOfSession(cookie, 'here')
  await identity.callerOfToken(secret, 'here')
  const all = JSON.stringify(seen)
  expect(seen.length).toBeGreaterThan(6)
  for (const one of [secret, link.secret, cookie]) expect(all).not.toContain(one)
})

test('an expired token, a disabled principal and an end date in the past are refused', async () => {
  const { identity, wait } = house()
  const { id } = await identity.createPrincipal({ role: 'viewer' })
  const expiresAt = '2026-01-01T01:00:00Z'
  const { secret } = await identity.createToken({ principalId: id, label: 'x', expiresAt })
  const other = await identity.createToken({ principalId: id, label: 'y' })
  wait(3_600_000)
  await expect(identity.callerOfToken(secret, 'here')).rejects.toThrow(/expired/)
  await expect(identity.createToken({ principalId: id, label: 'z', expiresAt })).rejects.toThrow(/future/)
  await identity.disablePrincipal(id)
  await expect(identity.callerOfToken(other.secret, 'here')).rejects.toThrow(/disabled/)
  await expect(identity.createLoginLink(id)).rejects.toMatchObject({ code: 'CONFLICT' })
})

test('a session ends when idle, at its utmost age, and at logout', async () => {
  const { identity, wait } = house()
  const { id } = await identity.createPrincipal({ role: 'viewer' })
  const login = async () => (await identity.login((await identity.createLoginLink(id)).secret, 'here')).cookie
  const idle = await login()
  wait(DEFAULT_LIMITS.sessionIdleMs)
  await expect(identity.callerOfSession(idle, 'here')).rejects.toThrow(/expired/)
  const used = await login()
  for (let spent = 0; spent < DEFAULT_LIMITS.sessionMaxMs; spent += 3_600_000) {
    await identity.callerOfSession(used, 'here')
    wait(3_600_000)
  }
  await expect(identity.callerOfSession(used, 'here')).rejects.toThrow(/expired/)
  const left = await login()
  await identity.logout(left)
  await expect(identity.callerOfSession(left, 'here')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
})

test('a login link works once and for a quarter of an hour', async () => {
  const { identity, wait } = house()
  const { id } = await identity.createPrincipal({ role: 'viewer' })
  const { secret } = await identity.createLoginLink(id)
  await identity.login(secret, 'here')
  await expect(identity.login(secret, 'here')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  const late = await identity.createLoginLink(id)
  wait(DEFAULT_LIMITS.loginLinkMs)
  await expect(identity.login(late.secret, 'here')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
})

test('twenty different wrong secrets shut an address out for a while; one stale secret and other addresses do not', async () => {
  const { identity, wait } = house()
  const { id } = await identity.createPrincipal({ role: 'viewer' })
  const { secret } = await identity.createToken({ principalId: id, label: 'x' })
  for (let i = 0; i < 100; i++) await identity.callerOfToken('spt_stale', 'here').catch(() => undefined)
  expect(await identity.callerOfToken(secret, 'here')).toBeDefined()
  for (let i = 0; i < 20; i++) await identity.callerOfToken(`spt_${i}`, 'here').catch(() => undefined)
  await expect(identity.callerOfToken(secret, 'here')).rejects.toMatchObject({ code: 'RATE_LIMITED' })
  await expect(identity.login('x', 'here')).rejects.toMatchObject({ code: 'RATE_LIMITED' })
  expect(await identity.callerOfToken(secret, 'there')).toBeDefined()
  wait(5 * 60_000 + 1)
  expect(await identity.callerOfToken(secret, 'here')).toBeDefined()
})

test('roles are sets: a reviewer does not promote, a deployer does not approve, only an admin manages principals', () => {
  expect(capabilitiesOf('reviewer')).not.toContain('promote')
  expect(capabilitiesOf('deployer')).not.toContain('review')
  expect(ROLES.filter((role) => capabilitiesOf(role).includes('principals'))).toEqual(['admin'])
  expect(capabilitiesOf('admin')).toEqual(CAPABILITIES)
})

test('a token narrows and never widens', async () => {
  for (const a of ROLES)
    for (const b of ROLES)
      for (const capability of sharedCapabilities(a, b)) {
        expect(capabilitiesOf(a)).toContain(capability)
        expect(capabilitiesOf(b)).toContain(capability)
      }
  const { identity } = house()
  const { id } = await identity.createPrincipal({ role: 'viewer' })
  await expect(identity.createToken({ principalId: id, label: 'x', role: 'admin' })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  })
})
