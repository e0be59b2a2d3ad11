import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fileIntake } from '../../src/adapters/intake-files/index.ts'
import { lockFolder } from '../../src/adapters/ledger-files/index.ts'
import { openOutboxFolder } from '../../src/adapters/outbox-files/index.ts'
import { openProcessTrees } from '../../src/adapters/process-tree/index.ts'
import { openRunFolders } from '../../src/adapters/run-journal/index.ts'
import { openFileHasher } from '../../src/adapters/run-surroundings/index.ts'
import { type Digest, digestOfBytes } from '../../src/ground/domain/index.ts'
import { deliverStatement, drainOutbox } from '../../src/services/outbox/index.ts'
import { type SettleDeps, settleRuns, writeRunLine } from '../../src/services/training/index.ts'
import { openStatement, predicateOf } from '../../src/trust/evidence/index.ts'
import { approval, KEYS, scan, TRUSTED } from '../trust/sealed-world.ts'

const ID = '019feca0-0000-7000-8000-000000000001'
const AT = Date.parse('2026-11-20T02:00:00.000Z')
const RESOURCES = {
  ...{ wallMs: 1000, cpuUserMs: 900, cpuSystemMs: 0, gpuMs: 0, peakMemoryBytes: 5 },
  ...{ readBytes: 0, writtenBytes: 0, peakProcesses: 1, tracking: 'processes' as const },
}

let home: string
let deps: SettleDeps
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'sallyport-settle-'))
  const outbox = openOutboxFolder(join(home, 'outbox'))
  deps = {
    store: openRunFolders({ folder: join(home, 'runs'), lock: lockFolder }),
    trees: openProcessTrees(),
    files: openFileHasher({ list: fileIntake({ unpackWorkerUrl: new URL('file:///none') }).list }),
    outbox: { deliver: (envelope) => deliverStatement(outbox, envelope, new Date()) },
    signer: KEYS.evidence,
    trusted: TRUSTED,
    tenant: 'default',
    version: '0',
    sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
  }
})
afterEach(() => rm(home, { recursive: true, force: true }))

function lines(folder: string) {
  const plan = {
    ...{ id: ID, name: 'n', command: ['x'], isMasked: false, folder, host: 'h', user: 'local:1' },
    ...{
      plannedAt: new Date(AT).toISOString(),
      budget: { warnAt: 0.8, wallMs: 1 },
      graceMs: 1,
      dataStamps: {},
    },
    inputs: { datasets: [], locks: [], versions: {}, environment: {} },
    ...{ outputs: ['model', 'never-written'], coverage: [] },
  }
  return [
    { kind: 'plan', plan },
    { kind: 'begun', at: AT, root: { pid: 1, start: 1 }, boot: 'another' },
    { kind: 'sample', at: AT + 1000, resources: RESOURCES, memoryBytes: 5, members: [] },
    { kind: 'stopping', at: AT + 1500, why: { kind: 'budget', limit: 'wall' } },
    {
      kind: 'end',
      at: AT + 2000,
      signal: 'SIGTERM',
      resources: RESOURCES,
      coverage: [{ what: 'tree', status: 'full' }],
    },
  ] as Parameters<typeof writeRunLine>[0][]
}

/** A run's folder as a power loss leaves it: the journal up to a byte. */
async function leave(text: string): Promise<void> {
  await mkdir(join(home, 'runs', ID), { recursive: true })
  await mkdir(join(home, 'work', 'model'), { recursive: true })
  await writeFile(join(home, 'work', 'model', 'w.bin'), 'weights')
  await writeFile(join(home, 'runs', ID, 'journal.jsonl'), text)
}

describe('whoever comes by seals what was left', () => {
  test.for([
    ['the plan alone', 1, 'interrupted', 0],
    ['before a sample', 2, 'interrupted', 1],
    ['after a sample', 3, 'interrupted', 1],
    ['while it was being stopped', 4, 'interrupted', 1],
    ['at its end', 5, 'stopped-by-budget', 1],
  ] as const)('cut behind %s', async ([, count, outcome, products]) => {
    const all = lines(join(home, 'work')).map(writeRunLine)
    // With half of the next line, as a write that did not reach the disk whole.
    await leave(all.slice(0, count).join('') + (all[count] ?? '').slice(0, 20))
    const { sealed: records, problems } = await settleRuns(deps)
    expect(problems).toEqual([])
    expect(records).toHaveLength(1)
    expect(records[0]).toMatchObject({ outcome, run: ID })
    expect(records[0]?.products.map(({ path }) => path)).toEqual(
      products === 1 || count === 1 ? ['model'] : [],
    )
    const bytes = await readFile(join(home, 'runs', ID, 'run.bundle.json'))
    expect(predicateOf(openStatement(bytes, TRUSTED), 'training-run')).toEqual(records[0])
    // Run, provenance, and the record once more for the product; and never a second time.
    expect(await readdir(join(home, 'outbox'))).toHaveLength(3)
    expect((await settleRuns(deps)).sealed).toEqual([])
    expect(await readdir(join(home, 'outbox'))).toHaveLength(3)
  })

  test('a crash between sealing and delivering delivers the same bytes later', async () => {
    await leave(lines(join(home, 'work')).map(writeRunLine).join(''))
    await settleRuns(deps)
    const first = await readdir(join(home, 'outbox'))
    await rm(join(home, 'outbox'), { recursive: true })
    await rm(join(home, 'runs', ID, 'delivered.txt'))
    expect((await settleRuns(deps)).sealed).toHaveLength(1)
    const digestOf = (name: string) => name.split('-')[1]
    const again = (await readdir(join(home, 'outbox'))).map(digestOf)
    const same = first.map(digestOf).filter((digest) => again.includes(digest))
    expect(same).toHaveLength(2)
    expect(again).toHaveLength(3)
  })

  test('a journal without a plan is a problem with a name, and hides no other run', async () => {
    await leave('{"kind":"plan","pl')
    expect((await settleRuns(deps)).problems).toMatchObject([
      { id: ID, message: expect.stringContaining('plan') },
    ])
  })

  test('a run that somebody watches is left alone', async () => {
    await leave(lines(join(home, 'work')).map(writeRunLine).join(''))
    const held = deps.store.hold(ID)
    expect((await settleRuns(deps)).sealed).toEqual([])
    held?.release()
    expect((await settleRuns(deps)).sealed).toHaveLength(1)
  })

  test('an output that cannot be identified ends nothing: the record says so', async () => {
    await leave(lines(join(home, 'work')).map(writeRunLine).join(''))
    await rm(join(home, 'work', 'model', 'w.bin'))
    const [record] = (await settleRuns(deps)).sealed
    expect(record?.products).toEqual([])
    expect(record?.coverage.find(({ what }) => what === 'data')).toMatchObject({
      status: 'partial',
      reason: expect.stringContaining('model'),
    })
  })
})

describe('the outbox', () => {
  const files = () => openOutboxFolder(join(home, 'outbox'))
  const append = (log: Digest[]) => async (envelope: Uint8Array) => {
    const digest = digestOfBytes(envelope)
    log.push(digest)
    return digest
  }
  const bytesOf = async (statement: ReturnType<typeof scan>, key = KEYS.evidence) => {
    const { sealStatement } = await import('../../src/trust/evidence/index.ts')
    return sealStatement(statement, key)
  }

  test('gives what waits to the ledger in order, once', async () => {
    const log: Digest[] = []
    const envelopes = [await bytesOf(scan({})), await bytesOf(scan({}))]
    for (const [i, envelope] of envelopes.entries())
      await deliverStatement(files(), envelope, new Date(AT + i))
    const drained = await drainOutbox({ files: files(), trusted: TRUSTED, append: append(log) })
    expect(drained.refused).toEqual([])
    expect(log).toEqual(envelopes.map(digestOfBytes))
    expect((await drainOutbox({ files: files(), trusted: TRUSTED, append: append(log) })).appended).toEqual(
      [],
    )
  })

  test('a statement that the ledger could not take waits on', async () => {
    await deliverStatement(files(), await bytesOf(scan({})), new Date(AT))
    const refusing = {
      files: files(),
      trusted: TRUSTED,
      append: () => Promise.reject(new Error('disk full')),
    }
    await expect(drainOutbox(refusing)).rejects.toThrow('disk full')
    expect(await files().list()).toHaveLength(1)
  })

  test.for([
    [
      'a changed byte',
      async () =>
        Buffer.from(
          Buffer.from(await bytesOf(scan({})))
            .toString()
            .replace('"payload":"', '"payload":"A'),
        ),
    ],
    ['no statement at all', async () => Buffer.from('{}')],
    ['consent, which people give at the desk', async () => bytesOf(approval('anna'), KEYS.consent)],
  ] as const)('%s is kept aside with the reason', async ([, make]) => {
    const log: Digest[] = []
    await deliverStatement(files(), await make(), new Date(AT))
    const { refused } = await drainOutbox({ files: files(), trusted: TRUSTED, append: append(log) })
    expect(refused).toHaveLength(1)
    expect(log).toEqual([])
    expect(await files().list()).toEqual([])
    const aside = await readdir(join(home, 'outbox', 'refused'))
    expect(aside.filter((name) => name.endsWith('.reason.txt'))).toHaveLength(1)
    expect(aside).toHaveLength(2)
  })
})
