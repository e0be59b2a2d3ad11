import { Value } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FAKE_RUN } from '../../../test/dev/fake-runs.ts'
import { type FakeHouse, fakeHouse, furnish } from '../../../test/dev/fake-server.ts'
import { capabilitiesOf, ROLES, type Role } from '../../services/identity/index.ts'
import { ProblemSchema } from './contract.ts'
import type { Route } from './route.ts'
import { API_BASE, ROUTES } from './routes.ts'

let house: FakeHouse
let url: string
const tokens = new Map<Role, string>()
let digest: string
let decision: string
let statement: string

beforeAll(async () => {
  house = await fakeHouse()
  await furnish(house)
  url = (await house.server.listen({ host: '127.0.0.1', port: 0 })).url
  for (const role of ROLES) {
    const { id } = await house.identity.createPrincipal({ role })
    tokens.set(role, (await house.identity.createToken({ principalId: id, label: role })).secret)
  }
  const { items } = await house.registry.list({ limit: 200 })
  digest = items.find((one) => one.decision !== undefined)?.digest ?? ''
  decision = items.find((one) => one.decision !== undefined)?.decision?.id ?? ''
  statement = (await house.ledger.read(0)).digest
})
afterAll(() => house.server.close())

/** A request that each route should take, so that every answer below 400 can be checked against its schema. */
async function sampleOf(route: Route): Promise<{ path: string; body?: string; type?: string }> {
  const { identity } = house
  const path = route.path
    .replace('/statements/{digest}', `/statements/${statement}`)
    .replace('{digest}', digest)
    .replace('{index}', '3')
    .replace('/runs/{id}', `/runs/${FAKE_RUN}`)
    .replace('/decisions/{id}', `/decisions/${decision}`)
  const bodies: Readonly<Record<string, unknown>> = {
    approveModel: { stage: 'staging', note: 'fine' },
    rejectModel: { note: 'no' },
    revokeModel: { note: 'no' },
    waiveModel: { ruleId: 'pickle/x', reason: 'ours', until: '2030-01-01T00:00:00Z' },
    promoteModel: { stage: 'staging' },
    decideModel: { stage: 'staging' },
    createToken: { label: 'matrix', role: 'viewer' },
    createPrincipal: { role: 'viewer' },
    receiveLineageEvent: { eventType: 'START' },
    receiveLineageBatch: [{ eventType: 'START' }],
    deriveModel: { relation: 'fine-tune', parents: [{ repo: 'org/base' }] },
    currentDecision: { stage: 'staging', digest },
    convertModel: { to: 'safetensors' },
    registerSubject: { kind: 'prompt', name: 'support', content: 'Be kind.' },
    takeReview: {},
    setReviewDeadline: { deadline: '2130-01-01T00:00:00Z' },
    approveReview: { stage: 'production', note: 'fine', conditions: { safetensorsOnly: true } },
    rejectReview: { note: 'no' },
    askChanges: { note: 'a licence' },
  }
  if (route.id === 'importModel') {
    return { path: `${path}?filename=a.safetensors`, body: 'some bytes', type: 'application/octet-stream' }
  }
  if (route.id === 'followDecisions') return { path: `${path}?digests=${digest}&stage=staging` }
  if (path.startsWith('/principals/{id}')) {
    const { id } = await identity.createPrincipal({ role: 'viewer', name: 'Someone' })
    return { path: path.replace('{id}', id) }
  }
  if (path === '/tokens/{id}') {
    const { id } = await identity.createPrincipal({ role: 'viewer' })
    return {
      path: path.replace('{id}', (await identity.createToken({ principalId: id, label: 'x' })).token.id),
    }
  }
  if (route.id === 'getDifferences' || route.id === 'getSubjectChanges')
    return { path: `${path}?from=${digest}` }
  const body = bodies[route.id]
  return body === undefined ? { path } : { path, body: JSON.stringify(body), type: 'application/json' }
}

async function ask(route: Route, headers: Record<string, string>): Promise<Response> {
  const { path, body, type } = await sampleOf(route)
  return fetch(`${url}${API_BASE}${path}`, {
    method: route.method,
    headers: { ...headers, ...(type === undefined ? {} : { 'content-type': type }) },
    ...(body === undefined ? {} : { body }),
  })
}

describe.for(ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const))('%s', ([, route]) => {
  test('nobody without a token gets in', async () => {
    const response = await ask(route, {})
    expect(response.status).toBe(401)
    expect(Value.Check(ProblemSchema, await response.json())).toBe(true)
    expect((await ask(route, { authorization: `Bearer spt_${'A'.repeat(43)}` })).status).toBe(401)
  })

  test.for(ROLES)('%s gets what the capability says', async (role) => {
    const response = await ask(route, { authorization: `Bearer ${tokens.get(role)}` })
    if (!capabilitiesOf(role).includes(route.needs)) {
      expect(response.status).toBe(403)
      expect(await response.json()).toMatchObject({ code: 'FORBIDDEN', status: 403 })
      return
    }
    // Two routes answer "not yours" or "no session" to a token that may call them; both are answers behind the door.
    const other = { logout: 400, revokeToken: role === 'admin' ? 200 : 404 }[route.id]
    expect(response.status).toBe(other ?? route.answers.status)
    if (other !== undefined || route.answers.schema === undefined) return
    const body = await response.json()
    expect([...Value.Errors(route.answers.schema, body)]).toEqual([])
  })
})

test('the list of routes is as long as it was when this was written, and every id stands once', () => {
  expect(ROUTES.length).toBe(53)
  expect(new Set(ROUTES.map((route) => route.id)).size).toBe(ROUTES.length)
})
