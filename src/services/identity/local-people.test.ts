import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createIdentity, localPeople, memoryIdentityStore } from './index.ts'

function newPeople() {
  const identity = createIdentity({
    store: memoryIdentityStore(),
    now: () => new Date(),
    random: randomBytes,
  })
  return { identity, people: localPeople({ identity, userName: 'me' }) }
}

test('without a token the owner of the home acts, always as the same principal', async () => {
  const { people } = newPeople()
  const first = await people.actor(undefined, { verb: 'approve' })
  expect(await people.actor(undefined, { verb: 'approve' })).toEqual(first)
  expect(first.authentication).toBe('local')
})

test.for([
  ['reviewer', 'approve', true],
  ['reviewer', 'promote', false],
  ['reviewer', 'people add', false],
  ['contributor', 'import', true],
  ['contributor', 'approve', false],
  ['deployer', 'promote', true],
  ['viewer', 'import', false],
  ['admin', 'people add', true],
  ['admin', 'something new', false],
] as const)('a %s by token, asking to %s: %s', async ([role, verb, isAllowed]) => {
  const { people } = newPeople()
  const { person, token } = await people.add(undefined, { name: 'x', role })
  const asking = people.actor(token, { verb })
  if (isAllowed) expect(await asking).toMatchObject({ principalId: person.id, authentication: 'token' })
  else await expect(asking).rejects.toMatchObject({ code: 'FORBIDDEN' })
})

test('a wrong token, an unknown role, and a reviewer who adds people are refused', async () => {
  const { people } = newPeople()
  await expect(people.actor('spt_wrong', { verb: 'import' })).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
  })
  await expect(people.add(undefined, { name: 'x', role: 'king' })).rejects.toMatchObject({
    code: 'BAD_INPUT',
  })
  const { token } = await people.add(undefined, { name: 'x', role: 'reviewer' })
  await expect(people.add(token, { name: 'y', role: 'admin' })).rejects.toMatchObject({ code: 'FORBIDDEN' })
})

test('the login link comes once, at the first start', async () => {
  const { people } = newPeople()
  expect(await people.firstLoginLink()).toBeDefined()
  expect(await people.firstLoginLink()).toBeUndefined()
})
