import { expect, test } from 'vitest'
import type { IdentityStore, RequestMemory } from '../../src/services/identity/index.ts'

const T0 = '2026-01-01T00:00:00.000Z'
const T1 = '2026-01-02T00:00:00.000Z'
const idOf = (n: number) => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`
const principal = (n: number) => ({
  id: idOf(n),
  role: 'viewer' as const,
  owner: `owner-${n}`,
  createdAt: T0,
})
const token = (n: number, of = 1) => ({
  id: idOf(100 + n),
  principalId: idOf(of),
  label: `t${n}`,
  role: 'viewer' as const,
  createdAt: T0,
})

/** What every identity store must do. @param open a fresh, empty one */
export function identityStoreSuite(open: () => Promise<IdentityStore>): void {
  test('a principal is found as it was added, and a second one with its id is refused', async () => {
    const store = await open()
    await store.addPrincipal({ ...principal(1), name: 'Ada' })
    expect(await store.principal(idOf(1))).toEqual({ ...principal(1), name: 'Ada' })
    expect(await store.principal(idOf(2))).toBeUndefined()
    await expect(store.addPrincipal(principal(1))).rejects.toMatchObject({ code: 'CONFLICT' })
    expect((await store.principal(idOf(1)))?.name).toBe('Ada')
  })

  test('an erased name is gone, the pseudonym stays', async () => {
    const store = await open()
    await store.addPrincipal({ ...principal(1), name: 'Ada' })
    expect(await store.eraseName(idOf(1))).toBe(true)
    expect(await store.eraseName(idOf(1))).toBe(false)
    expect(await store.principal(idOf(1))).toEqual(principal(1))
  })

  test('pages go through all principals once, in order', async () => {
    const store = await open()
    for (const n of [3, 1, 5, 2, 4]) await store.addPrincipal(principal(n))
    const seen: string[] = []
    let after: string | undefined
    do {
      const page = await store.principals(after, 2)
      expect(page.items.length).toBeLessThanOrEqual(2)
      seen.push(...page.items.map((one) => one.id))
      after = page.next
    } while (after !== undefined)
    expect(seen).toEqual([1, 2, 3, 4, 5].map(idOf))
  })

  test('disabling keeps the first time and ends sessions and links of that principal alone', async () => {
    const store = await open()
    for (const n of [1, 2]) {
      await store.addPrincipal(principal(n))
      const times = { createdAt: T0, lastUsedAt: T0, expiresAt: T1 }
      await store.addSession({ hash: `s${n}`, principalId: idOf(n), ...times })
      await store.addLoginLink(`l${n}`, idOf(n), T1)
    }
    expect(await store.disablePrincipal(idOf(1), T0)).toBe(true)
    expect(await store.disablePrincipal(idOf(1), T1)).toBe(true)
    expect(await store.disablePrincipal(idOf(9), T1)).toBe(false)
    expect((await store.principal(idOf(1)))?.disabledAt).toBe(T0)
    expect(await store.sessionByHash('s1')).toBeUndefined()
    expect(await store.takeLoginLink('l1', T0)).toBeUndefined()
    expect((await store.sessionByHash('s2'))?.principalId).toBe(idOf(2))
    expect(await store.takeLoginLink('l2', T0)).toBe(idOf(2))
  })

  test('a token is found by its hash, touched, revoked once, and listed by principal', async () => {
    const store = await open()
    await store.addPrincipal(principal(1))
    await store.addPrincipal(principal(2))
    await store.addToken({ ...token(1), expiresAt: T1 }, 'hash1')
    await store.addToken(token(2, 2), 'hash2')
    expect(await store.tokenByHash('hash1')).toEqual({ ...token(1), expiresAt: T1 })
    expect(await store.tokenByHash('hash3')).toBeUndefined()
    await store.touchToken(token(1).id, T0)
    expect((await store.token(token(1).id))?.lastUsedAt).toBe(T0)
    expect(await store.revokeToken(token(1).id, T0)).toBe(true)
    expect(await store.revokeToken(token(1).id, T1)).toBe(false)
    expect((await store.token(token(1).id))?.revokedAt).toBe(T0)
    expect((await store.tokens(idOf(2), undefined, 10)).items).toEqual([token(2, 2)])
    const first = await store.tokens(undefined, undefined, 1)
    expect(first.next).toBe(token(1).id)
    expect((await store.tokens(undefined, first.next, 1)).items).toEqual([token(2, 2)])
  })

  test('nothing is kept for a principal that does not exist', async () => {
    const store = await open()
    const times = { createdAt: T0, lastUsedAt: T0, expiresAt: T1 }
    await expect(store.addToken(token(1), 'h')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(store.addSession({ hash: 's', principalId: idOf(1), ...times })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    await expect(store.addLoginLink('l', idOf(1), T1)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('a login link is taken once, by one of many, and not at or after its end', async () => {
    const store = await open()
    await store.addPrincipal(principal(1))
    await store.addLoginLink('many', idOf(1), T1)
    const takers = await Promise.all(Array.from({ length: 20 }, () => store.takeLoginLink('many', T0)))
    expect(takers.filter((one) => one !== undefined)).toEqual([idOf(1)])
    await store.addLoginLink('late', idOf(1), T1)
    expect(await store.takeLoginLink('late', T1)).toBeUndefined()
    expect(await store.takeLoginLink('late', T0)).toBeUndefined()
  })

  test('a session is touched and ended; sweeping removes what is over and nothing else', async () => {
    const store = await open()
    await store.addPrincipal(principal(1))
    const base = { principalId: idOf(1), createdAt: T0, lastUsedAt: T0 }
    await store.addSession({ ...base, hash: 'old', expiresAt: T0 })
    await store.addSession({ ...base, hash: 'new', expiresAt: T1 })
    await store.addLoginLink('link', idOf(1), T1)
    await store.touchSession('new', T1)
    expect((await store.sessionByHash('new'))?.lastUsedAt).toBe(T1)
    await store.sweep(T0)
    expect(await store.sessionByHash('old')).toBeUndefined()
    expect(await store.sessionByHash('new')).toBeDefined()
    expect(await store.takeLoginLink('link', T0)).toBe(idOf(1))
    await store.endSession('new')
    expect(await store.sessionByHash('new')).toBeUndefined()
  })
}

/** What every request memory must do. @param open a fresh, empty one on the given clock */
export function requestMemorySuite(open: (now: () => Date) => Promise<RequestMemory>): void {
  const answer = { status: 201, body: '{"a":1}', headers: { location: '/x' } }

  test('of many that begin with one key, one is new', async () => {
    const memory = await open(() => new Date(T0))
    const all = await Promise.all(Array.from({ length: 20 }, () => memory.begin('p', 'k', 'd')))
    expect(all.map((one) => one.kind).sort()).toEqual(['new', ...Array(19).fill('running')].sort())
  })

  test('an answer is given again to the same request, and refused to another', async () => {
    const memory = await open(() => new Date(T0))
    await memory.begin('p', 'k', 'd')
    await memory.answer('p', 'k', answer)
    expect(await memory.begin('p', 'k', 'd')).toEqual({ kind: 'answered', answer })
    expect(await memory.begin('p', 'k', 'other')).toEqual({ kind: 'different' })
    expect(await memory.begin('q', 'k', 'other')).toEqual({ kind: 'new' })
  })

  test('a forgotten key is new again, and so is one after a day', async () => {
    let now = new Date(T0)
    const memory = await open(() => now)
    await memory.begin('p', 'k', 'd')
    await memory.forget('p', 'k')
    expect(await memory.begin('p', 'k', 'e')).toEqual({ kind: 'new' })
    await memory.answer('p', 'k', answer)
    now = new Date('2026-01-02T00:00:00.001Z')
    expect(await memory.begin('p', 'k', 'f')).toEqual({ kind: 'new' })
  })
}
