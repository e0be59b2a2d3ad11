import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nodeFileOps, openFileLedgerStore, type SyncPoint } from '../../src/adapters/ledger-files/index.ts'
import { generateKey } from '../../src/ground/crypto/index.ts'
import { parseDigest } from '../../src/ground/domain/index.ts'
import { utf8 } from '../../src/ground/lang/index.ts'
import { fsck, type Ledger, openLedger } from '../../src/trust/ledger/index.ts'
import { CRASHES, type Crash, type MemoryDisk, Player, type Step } from './memory-disk.ts'
import { recordingOps } from './recording-ops.ts'

const IS_FULL = process.env.SALLYPORT_FULL === '1'
const ORIGIN = 'log.example/faults'
/** Bytes. Small, so that the trace holds several segments. */
const SEGMENT_BYTES = 16 * 1024
const { signer } = generateKey('Ed25519')
const now = (): Date => new Date(Date.UTC(2026, 10, 21))
const SYNC_POINTS: readonly SyncPoint[] = [
  'home folder',
  'log folder',
  'journal header',
  'journal folder',
  'journal frame',
  'recovered tail',
  'recovered folder',
  'tree file',
  'tree parent',
  'tree folder',
  'checkpoint file',
  'checkpoint folder',
]

/** Works on a real disk and records it. Each life ends without closing; all but the last die at a sync. */
async function record(): Promise<{ readonly trace: readonly Step[]; readonly vkey: string }> {
  const base = await mkdtemp(join(tmpdir(), 'sallyport-trace-'))
  const trace: Step[] = []
  const lives: (SyncPoint | undefined)[] = [
    'journal folder',
    'journal frame',
    'tree file',
    'checkpoint folder',
    'tree parent',
  ]
  let vkey = ''
  for (const [life, dieAt] of [...lives, undefined].entries()) {
    const ops = recordingOps(nodeFileOps, base, trace, dieAt)
    const store = await openFileLedgerStore({
      folder: join(base, 'log'),
      ops,
      segmentBytes: SEGMENT_BYTES,
      isOnDisk: false,
    })
    const ledger = await openLedger({ store, signer, now, origin: ORIGIN })
    vkey = ledger.vkey
    try {
      // What the last life wrote but could not acknowledge is asked for again first: it may be in the page cache only.
      await work(ledger, trace, life === 0 ? 0 : life - 1, 1)
      await work(ledger, trace, life, life === lives.length ? 9 : 2)
    } catch (error) {
      expect(String(error)).toContain('died at')
    }
    if (dieAt === undefined) await ledger.close()
    await ops.closeAll()
  }
  return { trace, vkey }
}

async function work(ledger: Ledger, trace: Step[], life: number, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const isBig = round === 5
    const names = Array.from(
      { length: isBig ? 260 : 1 + ((life + round) % 3) },
      (_, i) => `${life}/${round}/${i}`,
    )
    const places = await Promise.all(
      names.map((name) => ledger.append(utf8(name.padEnd(isBig ? 20 : 700, '.')))),
    )
    for (const { index, digest } of places) trace.push({ kind: 'acknowledged', index, digest })
    if (round % 2 === 1 || isBig) {
      const size = Number((await ledger.checkpoint()).split('\n')[1])
      trace.push({ kind: 'checkpoint', size })
    }
  }
}

interface Promises {
  readonly entries: readonly { readonly index: number; readonly digest: string }[]
  readonly checkpointSize: number
}

/** What is wrong on this disk, or undefined when every promise is kept and the log goes on. */
async function violation(disk: MemoryDisk, promised: Promises, vkey: string): Promise<string | undefined> {
  try {
    const store = await openFileLedgerStore({
      folder: '/log',
      ops: disk.ops,
      segmentBytes: SEGMENT_BYTES,
      isOnDisk: false,
    })
    const before = await fsck(store, vkey)
    if (!before.isClean) return `fsck: ${JSON.stringify(before.problems[0])}`
    if (before.publishedSize < promised.checkpointSize)
      return `a checkpoint of ${promised.checkpointSize} was given out, ${before.publishedSize} is stored`
    for (const { index, digest } of promised.entries) {
      const parsed = parseDigest(digest)
      if (!parsed.ok || (await store.find(parsed.value)) !== index) return `entry ${index} is lost`
    }
    const ledger = await openLedger({ store, signer, now, origin: ORIGIN })
    await ledger.append(utf8('after the crash'))
    await ledger.checkpoint()
    const after = await fsck(store, vkey)
    await ledger.close()
    return after.isClean ? undefined : `fsck after going on: ${JSON.stringify(after.problems[0])}`
  } catch (error) {
    return String(error)
  }
}

/** Plays the trace, leaving out syncs at `dropped`, and crashes after each step in each of the ways given. */
async function* play(
  trace: readonly Step[],
  vkey: string,
  how: { readonly dropped?: SyncPoint; readonly crashesAt: (step: number) => readonly Crash[] },
): AsyncIterable<string> {
  const player = new Player()
  const entries: { index: number; digest: string }[] = []
  let checkpointSize = 0
  const random = seeded(20261121)
  for (const [i, step] of trace.entries()) {
    const isDropped = (step.kind === 'sync' || step.kind === 'syncFolder') && step.point === how.dropped
    if (!isDropped) await player.play(step)
    if (step.kind === 'acknowledged') entries.push(step)
    if (step.kind === 'checkpoint') checkpointSize = step.size
    // Many promises stand together; only the last of them is a new state.
    if (step.kind === 'acknowledged' && trace[i + 1]?.kind === 'acknowledged') continue
    for (const crash of how.crashesAt(i)) {
      const found = await violation(player.disk.crash(crash, random), { entries, checkpointSize }, vkey)
      if (found !== undefined) yield `step ${i} (${step.kind}), left of the unsynced: ${crash}: ${found}`
    }
  }
}

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const recorded = record()

test('the recorded trace passes every place that syncs', async () => {
  const { trace } = await recorded
  const points = trace.flatMap((step) =>
    step.kind === 'sync' || step.kind === 'syncFolder' ? [step.point] : [],
  )
  expect(new Set(points)).toEqual(new Set(SYNC_POINTS))
})

test('a loss of power after any step loses nothing that was acknowledged', { timeout: 600_000 }, async () => {
  const { trace, vkey } = await recorded
  const some = (step: number): readonly Crash[] => ['nothing', CRASHES[1 + (step % 5)] ?? 'names']
  const violations: string[] = []
  const crashesAt = IS_FULL ? () => CRASHES : some
  for await (const found of play(trace, vkey, { crashesAt })) violations.push(found)
  expect(violations).toEqual([])
})

test.for(SYNC_POINTS)(
  'without the sync of the %s something is lost',
  { timeout: 600_000 },
  async (dropped) => {
    const { trace, vkey } = await recorded
    let found: string | undefined
    for await (const violation of play(trace, vkey, {
      dropped,
      crashesAt: () => ['nothing', 'last write'],
    })) {
      found = violation
      break
    }
    expect(found).toBeDefined()
  },
)
