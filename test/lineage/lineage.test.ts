import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Digest, runNodeId } from '../../src/ground/domain/index.ts'
import { deriveModel, type LineageDeps, receiveEvent, walkLineage } from '../../src/services/lineage/index.ts'
import { projectLedger } from '../../src/services/registry/index.ts'
import { fakeHouse } from '../dev/fake-server.ts'
import { openRoom, someone } from '../e2e/open-room.ts'

const ada = someone('ada')
const newFolder = () => mkdtempSync(join(tmpdir(), 'sallyport-lineage-'))

async function roomWith(count: number) {
  const room = await openRoom(newFolder())
  const models: Digest[] = []
  for (let i = 0; i < count; i++) {
    const folder = newFolder()
    writeFileSync(join(folder, 'm.bin'), `model ${i}`)
    models.push((await room.registry.importModel({ path: folder, name: `m${i}` }, ada)).digest)
  }
  const deps: LineageDeps = {
    view: room.view,
    desk: room.registry.desk,
    files: {
      manifest: async () => undefined,
      read: async () => new Uint8Array(),
      open: async () => Promise.reject(new Error('not asked for')),
    },
    tenant: 'default',
    now: () => new Date(),
  }
  const at = (i: number): Digest => models[i] ?? ('sha256:none' as Digest)
  const graphs = () => models.map((model) => walkLineage(deps, model, { way: 'both', depth: 64 }))
  return { room, deps, models, at, graphs }
}

test('any derivations: no circle gets in, and folding the ledger again gives the same lineage', async () => {
  const pairs = fc.sample(fc.tuple(fc.nat(7), fc.nat(7)), { numRuns: 25, seed: 7 })
  const { room, deps, at, graphs, models } = await roomWith(8)
  for (const [child, parent] of pairs) {
    const subject = await room.registry.desk.subject(at(child))
    if (child === parent) continue
    // Past the verb's own check: what a foreign statement of a believed key could say.
    await room.registry.desk.attest({
      name: 'derivation',
      subjects: [subject],
      predicate: { at: new Date().toISOString(), relation: 'fine-tune', from: { digest: at(parent) } },
    })
  }
  const before = graphs()
  expect(before.some(({ links }) => links.length > 3)).toBe(true)
  for (const model of models) {
    const up = walkLineage(deps, model, { way: 'up', depth: 64 })
    expect(
      up.links.some(({ from }) => from === model),
      'a model before itself',
    ).toBe(false)
  }
  room.view.reset()
  await projectLedger(room)
  expect(graphs()).toEqual(before)
  await room.close()
})

test('a person derives: parents must be here, circles and second words are refused', async () => {
  const { room, deps, at } = await roomWith(3)
  const derive = (child: number, parents: readonly number[], relation: 'merge' | 'fine-tune' = 'fine-tune') =>
    deriveModel(
      deps,
      { child: at(child), relation, parents: parents.map((one) => ({ kind: 'model', digest: at(one) })) },
      ada,
    )
  await derive(1, [0])
  await expect(derive(1, [0])).rejects.toMatchObject({ code: 'CONFLICT' })
  await expect(derive(0, [1])).rejects.toThrow(/no circles/)
  await expect(derive(2, [2])).rejects.toThrow(/from itself/)
  await expect(derive(2, [0, 1])).rejects.toThrow(/one parent/)
  await expect(derive(2, [9])).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await derive(2, [0, 1], 'merge')
  const graph = walkLineage(deps, at(2), { way: 'up', depth: 1 })
  expect(graph.links.map(({ relation }) => relation).toSorted()).toEqual(['merge', 'merge'])
  expect(graph.isCut).toBe(true)
  await room.close()
})

test('what a registry gave is told by name and version, and folding the ledger again tells the same', async () => {
  const { room, deps, at } = await roomWith(1)
  const { desk } = room.registry
  const predicate = {
    ...{
      at: '2026-11-21T10:00:00.000Z',
      door: 'oci' as const,
      origin: 'quay.io',
      name: 'org/m',
      revision: 'v1',
    },
    version: 'c'.repeat(64),
  }
  await desk.attest({ name: 'pull-source', subjects: [await desk.subject(at(0))], predicate })
  const graph = () => walkLineage(deps, at(0), { way: 'up', depth: 3 })
  const before = graph()
  expect(before.nodes).toContainEqual(
    expect.objectContaining({ kind: 'hub-model', name: `quay.io/org/m@${'c'.repeat(12)}`, step: -1 }),
  )
  expect(before.links).toMatchObject([{ to: at(0), relation: 'source', claimed: false }])
  room.view.reset()
  await projectLedger(room)
  expect(graph()).toEqual(before)
  await room.close()
})

test('a revoked base sends its child to a person', async () => {
  const { room, deps, at } = await roomWith(2)
  const { registry } = room
  await registry.assess(at(1), ada)
  await registry.approve(at(1), { stage: 'staging', note: 'ok' }, someone('bo'))
  await deriveModel(
    deps,
    { child: at(1), relation: 'quantisation', parents: [{ kind: 'model', digest: at(0) }] },
    ada,
  )
  expect((await registry.decide(at(1), 'staging')).outcome).toBe('allow')
  await registry.revoke(at(0), { note: 'stolen weights' }, ada)
  const decision = await registry.decide(at(1), 'staging')
  expect(decision.outcome).toBe('review')
  expect(decision.reasons.find(({ code }) => code === 'lineage.revoked')?.message).toContain('stolen weights')
  await room.close()
})

test('provenance of a run links data, base model and product; a receipt links the deployment', async () => {
  const { room, deps, at } = await roomWith(2)
  const { registry } = room
  const hex = (digest: Digest) => digest.slice('sha256:'.length)
  const data = hex(runNodeId('default', 'some data'))
  await registry.desk.attest({
    name: 'slsa-provenance',
    subjects: [await registry.desk.subject(at(1))],
    predicate: {
      buildDefinition: {
        buildType: 'https://sallyport.dev/training/v1',
        externalParameters: { name: 'nightly' },
        resolvedDependencies: [
          { name: 'reviews', digest: { sha256: data }, annotations: { kind: 'dataset' } },
          { name: 'base', digest: { sha256: hex(at(0)) }, annotations: { kind: 'base-model' } },
          { name: 'lock', digest: { sha256: 'f'.repeat(64) }, annotations: { kind: 'lock' } },
        ],
      },
      runDetails: {
        builder: { id: 'b' },
        metadata: { invocationId: 'r1', finishedOn: new Date().toISOString() },
      },
    },
  })
  await registry.assess(at(1), ada)
  await registry.approve(at(1), { stage: 'staging', note: 'ok' }, someone('bo'))
  expect((await registry.promote(at(1), { stage: 'staging' }, ada)).outcome).toBe('allow')
  const { nodes, links } = walkLineage(deps, at(1), { way: 'both', depth: 8 })
  expect(nodes.map(({ kind, name, step }) => [step, kind, name]).toSorted()).toEqual([
    [-1, 'run', 'nightly'],
    [-2, 'dataset', 'reviews'],
    [-2, 'model', 'm0'],
    [0, 'model', 'm1'],
    [1, 'deployment', 'staging'],
  ])
  expect(links.every(({ claimed }) => !claimed)).toBe(true)
  await registry.revoke(at(0), { note: 'poisoned' }, ada)
  expect((await registry.decide(at(1), 'staging')).outcome, 'a base that only a run names').toBe('review')
  await room.close()
})

// synthetic: built from the published schema (OpenLineage 2-0-2); the real client is the test after this one.
const EVENT = {
  eventType: 'COMPLETE',
  eventTime: '2026-11-21T10:00:00.000Z',
  run: { runId: 'ea041791-68bc-4ae1-bd89-4c8106a157e4' },
  job: { namespace: 'airflow', name: 'train' },
  producer: 'https://example.org/airflow',
  schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent',
}

test('an event is sealed once as a claim, and a claim keeps no proven link out', async () => {
  const { room, deps, at } = await roomWith(2)
  const event = {
    ...EVENT,
    inputs: [{ namespace: 'n', name: 'child', facets: { sallyport: { digest: at(1) } } }],
    outputs: [{ namespace: 'n', name: 'base', facets: { sallyport: { digest: at(0) } } }],
  }
  expect(await receiveEvent(deps, event, ada)).toMatchObject({ recorded: true })
  expect(await receiveEvent(deps, event, ada)).toMatchObject({ recorded: false, why: 'known' })
  const size = room.ledger.size()
  expect(await receiveEvent(deps, { ...EVENT, eventType: 'RUNNING' }, ada)).toMatchObject({
    why: 'nothing-new',
  })
  expect(await receiveEvent(deps, { ...EVENT, run: undefined }, ada)).toMatchObject({ why: 'no-run' })
  await expect(receiveEvent(deps, { ...EVENT, eventTime: 'x' }, ada)).rejects.toMatchObject({
    code: 'BAD_INPUT',
  })
  expect(room.ledger.size()).toBe(size)
  const claimed = walkLineage(deps, at(0), { way: 'up', depth: 8 })
  expect(claimed.links.every((link) => link.claimed)).toBe(true)
  expect(claimed.nodes.find(({ kind }) => kind === 'run')).toMatchObject({
    name: 'airflow/train',
    claimed: true,
  })
  // The event says that the base came of the child; what is proven is the other way round, and gets in.
  await deriveModel(
    deps,
    { child: at(1), relation: 'fine-tune', parents: [{ kind: 'model', digest: at(0) }] },
    ada,
  )
  expect(walkLineage(deps, at(1), { way: 'up', depth: 1 }).links.filter((link) => !link.claimed).length).toBe(
    1,
  )
  await room.close()
})

const CLIENT = process.env.SALLYPORT_OPENLINEAGE ?? ''

test("OpenLineage's own client tells of a run (SALLYPORT_OPENLINEAGE names the folder of its source)", {
  timeout: 60_000,
}, async ({ skip }) => {
  if (!existsSync(CLIENT)) skip("another project's source, which nothing installs")
  const { room, deps } = await roomWith(0)
  const house = await fakeHouse({
    lineage: {
      graph: async (start, query) => walkLineage(deps, start, query),
      claims: async () => [],
      receive: (event, actor) => receiveEvent(deps, event, actor),
      derive: (request, actor) => deriveModel(deps, request, actor),
    },
  })
  const { url } = await house.server.listen({ host: '127.0.0.1', port: 0 })
  const { id } = await house.identity.createPrincipal({ role: 'contributor' })
  const { secret } = await house.identity.createToken({ principalId: id, label: 'airflow' })
  const script = join(import.meta.dirname, 'send-openlineage.py')
  const sent = await promisify(execFile)('/usr/bin/python3', [script, CLIENT, url, secret])
  expect(sent.stdout.trim()).toBe('sent')
  const run = runNodeId('default', 'ea041791-68bc-4ae1-bd89-4c8106a157e4')
  expect((await room.registry.desk.statements(run)).length).toBe(2)
  const { nodes } = walkLineage(deps, run, { way: 'both', depth: 2 })
  expect(nodes.map(({ id: one, name }) => [name, one.startsWith('sha256:aaaa')]).toSorted()).toEqual([
    ['airflow/train.bert', false],
    ['s3://bucket/model', false],
    ['s3://bucket/reviews', true],
  ])
  await house.server.close()
  await room.close()
})
