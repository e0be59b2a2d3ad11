import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import packageJson from '../../../package.json' with { type: 'json' }
import { fakeHouse } from '../../../test/dev/fake-server.ts'
import { openApiDocument } from './openapi.ts'
import { createOpsServer, createRequestMetrics } from './ops-server.ts'
import { API_BASE, ROUTES } from './routes.ts'

const DOCUMENT = fileURLToPath(new URL('../../../docs/reference/openapi.json', import.meta.url))

test('docs/reference/openapi.json is the document of these routes (write it with vitest -u)', async () => {
  const text = `${JSON.stringify(openApiDocument(packageJson.version), null, 2)}\n`
  await expect(text).toMatchFileSnapshot(DOCUMENT)
})

test('every route stands in the document with its capability, its success and its problem', () => {
  const { openapi, paths } = openApiDocument('1.2.3') as {
    openapi: string
    paths: Record<string, Record<string, { operationId: string; responses: object; 'x-capability': string }>>
  }
  expect(openapi).toBe('3.1.0')
  for (const route of ROUTES) {
    const operation = paths[`${API_BASE}${route.path}`]?.[route.method.toLowerCase()]
    expect(operation?.operationId).toBe(route.id)
    expect(operation?.['x-capability']).toBe(route.needs)
    expect(Object.keys(operation?.responses ?? {})).toEqual([String(route.answers.status), 'default'])
  }
})

test('the server gives the document out without a login', async () => {
  const { server } = await fakeHouse()
  const { url } = await server.listen({ host: '127.0.0.1', port: 0 })
  const response = await fetch(`${url}${API_BASE}/openapi.json`)
  expect(await response.json()).toEqual(JSON.parse(JSON.stringify(openApiDocument('0.1.0'))))
  await server.close()
})

test('metrics count requests by route pattern, and readiness follows the check', async () => {
  const metrics = createRequestMetrics()
  const { server } = await fakeHouse({ onRequest: metrics.note })
  const { url } = await server.listen({ host: '127.0.0.1', port: 0 })
  await fetch(`${url}/healthz`)
  await fetch(`${url}/healthz`)
  await fetch(`${url}/api/v1/models/sha256:${'0'.repeat(64)}`)
  await server.close()
  let isReady: () => Promise<boolean> = async () => true
  const ops = createOpsServer({ metrics, version: '1', ledgerSize: () => 7, isReady: () => isReady() })
  await expect(ops.listen({ host: '0.0.0.0', port: 0 })).rejects.toMatchObject({ code: 'BAD_CONFIG' })
  const at = await ops.listen({ host: '127.0.0.1', port: 0 })
  const text = await (await fetch(`${at.url}/metrics`)).text()
  expect(text).toContain('http_requests_total{method="GET",route="/healthz",status="200"} 2')
  expect(text).toContain('http_requests_total{method="GET",route="/api/v1/models/:digest",status="401"} 1')
  expect(text).toContain('sallyport_ledger_entries 7')
  for (const line of text.trimEnd().split('\n'))
    expect(line).toMatch(/^(# (HELP|TYPE) .+|[a-z_]+(\{.*\})? [\d.e+-]+)$/)
  expect((await fetch(`${at.url}/readyz`)).status).toBe(200)
  isReady = async () => {
    throw new Error('store is gone')
  }
  expect((await fetch(`${at.url}/readyz`)).status).toBe(503)
  expect((await fetch(`${at.url}/else`)).status).toBe(404)
  await ops.close()
})
