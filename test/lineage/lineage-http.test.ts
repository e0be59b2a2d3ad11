import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Digest, runNodeId } from '../../src/ground/domain/index.ts'
import { deriveModel, type LineageDeps, receiveEvent, walkLineage } from '../../src/services/lineage/index.ts'
import { type FakeHouse, fakeHouse } from '../dev/fake-server.ts'
import { openRoom, someone } from '../e2e/open-room.ts'

const RUN = 'ea041791-68bc-4ae1-bd89-4c8106a157e4'
const event = (eventType: string) => ({
  ...{ eventType, eventTime: '2026-11-21T10:00:00.000Z', run: { runId: RUN } },
  job: { namespace: 'airflow', name: 'train.bert' },
  inputs: [{ namespace: 's3://bucket', name: 'reviews' }],
  ...{ producer: 'https://github.com/apache/airflow' },
  schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent',
})

let house: FakeHouse
let room: Awaited<ReturnType<typeof openRoom>>
let deps: LineageDeps
let url: string
let secret: string
const models: Digest[] = []

// The API over a real ledger and a real view.
beforeAll(async () => {
  const newFolder = () => mkdtempSync(join(tmpdir(), 'sallyport-lineage-'))
  room = await openRoom(newFolder())
  for (const name of ['base', 'child']) {
    const folder = newFolder()
    writeFileSync(join(folder, 'm.bin'), name)
    models.push((await room.registry.importModel({ path: folder, name }, someone('ada'))).digest)
  }
  const files: LineageDeps['files'] = {
    manifest: async () => undefined,
    read: async () => new Uint8Array(),
    open: async () => Promise.reject(new Error('not asked for')),
  }
  deps = { view: room.view, desk: room.registry.desk, files, tenant: 'default', now: () => new Date() }
  house = await fakeHouse({
    lineage: {
      graph: async (start, query) => walkLineage(deps, start, query),
      claims: async () => [],
      receive: (one, actor) => receiveEvent(deps, one, actor),
      derive: (request, actor) => deriveModel(deps, request, actor),
    },
  })
  url = (await house.server.listen({ host: '127.0.0.1', port: 0 })).url
  const { id } = await house.identity.createPrincipal({ role: 'contributor' })
  secret = (await house.identity.createToken({ principalId: id, label: 'airflow' })).secret
})
afterAll(async () => {
  await house.server.close()
  await room.close()
})

async function post(path: string, body: string | Uint8Array<ArrayBuffer>, encoding?: string) {
  const response = await fetch(`${url}/api/v1${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${secret}`,
      'content-type': 'application/json',
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
    },
    body,
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

test('a batch, packed or not: each event is recorded or refused by itself', async () => {
  const batch = JSON.stringify([event('START'), { eventType: 'START', run: 7 }, event('COMPLETE')])
  const first = await post('/lineage/batch', new Uint8Array(gzipSync(batch)), 'gzip')
  expect(first).toMatchObject({
    status: 200,
    body: {
      status: 'partial_success',
      summary: { received: 3, successful: 2, failed: 1, retriable: 0, non_retriable: 1 },
      failed_events: [{ index: 1, reason: expect.stringContaining('OpenLineage'), retriable: false }],
    },
  })
  // Told twice, known once.
  const again = await post('/lineage/batch', JSON.stringify([event('START')]))
  expect(again).toMatchObject({ status: 200, body: { status: 'success' } })
  expect((await room.registry.desk.statements(runNodeId('default', RUN))).length).toBe(2)
})

test.for([
  ['one packed event', () => gzipSync(JSON.stringify(event('FAIL'))), 'gzip', 201],
  ['what unpacks to more than the limit', () => gzipSync(Buffer.alloc(64 * 2 ** 20, ' ')), 'gzip', 413],
  ['what is not packed at all', () => Buffer.from(JSON.stringify(event('FAIL'))), 'gzip', 400],
  ['half of what was packed', () => gzipSync(JSON.stringify(event('FAIL'))).subarray(0, 40), 'gzip', 400],
  ['another packing', () => gzipSync('{}'), 'br', 415],
] as const)('%s', async ([, body, encoding, status]) => {
  expect((await post('/lineage', new Uint8Array(body()), encoding)).status).toBe(status)
})

test('a path that takes no packed bodies does not read one', async () => {
  const { status } = await post(
    `/models/${models[1]}/derivations`,
    new Uint8Array(gzipSync(JSON.stringify({ relation: 'fine-tune', parents: [{ digest: models[0] }] }))),
    'gzip',
  )
  expect(status).toBe(400)
})

test('a derivation is sealed once, and what contradicts it is refused', async () => {
  const [base = '' as Digest, child = '' as Digest] = models
  const derive = (of: Digest, body: unknown) => post(`/models/${of}/derivations`, JSON.stringify(body))
  const sealed = await derive(child, {
    relation: 'quantisation',
    parents: [{ digest: base }],
    tool: { name: 'optimum', version: '1.23' },
  })
  expect(sealed).toMatchObject({ status: 201, body: { statement: expect.stringMatching(/^sha256:/) } })
  expect(walkLineage(deps, child, { way: 'up', depth: 2 }).links).toMatchObject([
    { from: base, to: child, relation: 'quantisation', claimed: false },
  ])
  expect((await derive(child, { relation: 'quantisation', parents: [{ digest: base }] })).status).toBe(409)
  expect((await derive(base, { relation: 'fine-tune', parents: [{ digest: child }] })).status).toBe(409)
  const merged = { relation: 'fine-tune', parents: [{ digest: base }, { repo: 'org/x' }] }
  expect((await derive(child, merged)).status).toBe(400)
  expect((await derive(child, { relation: 'merge', parents: [] })).status).toBe(400)
})
