import { spawnSync } from 'node:child_process'
import { createHash, sign as cryptoSign, generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { openFileLedgerStore } from '../../src/adapters/ledger-files/index.ts'
import { generateKey } from '../../src/ground/crypto/index.ts'
import { utf8 } from '../../src/ground/lang/index.ts'
import { type Ledger, openLedger } from '../../src/trust/ledger/index.ts'

// Measures the ledger against its limits: `node bench/ledger/run.ts [--baseline]`. Nothing here asserts.
const WRITERS = 64
const ROUNDS = 5
const READY = 60_000
const SIGNED = 20_000
const ENVELOPE_BYTES = 600
const BIG = 1_000_000
const base = await mkdtemp(join(process.env.SALLYPORT_BENCH_FOLDER ?? tmpdir(), 'sallyport-bench-'))
const { signer, privateKeyPem } = generateKey('Ed25519')

interface Speed {
  readonly perSecond: number
  readonly cpuSeconds: number
}

async function open(name: string): Promise<Ledger> {
  const store = await openFileLedgerStore({ folder: join(base, name) })
  return await openLedger({ store, signer, now: () => new Date(), origin: 'log.example/bench' })
}

/** 64 writers, each waiting for its acknowledgement before it goes on. */
async function write(count: number, one: (i: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const writer = async (): Promise<void> => {
    for (let i = next++; i < count; i = next++) await one(i)
  }
  await Promise.all(Array.from({ length: WRITERS }, writer))
}

async function timed(count: number, work: () => Promise<void>): Promise<Speed> {
  const [start, cpu] = [performance.now(), process.cpuUsage()]
  await work()
  const used = process.cpuUsage(cpu)
  return {
    perSecond: count / ((performance.now() - start) / 1000),
    cpuSeconds: (used.user + used.system) / 1e6,
  }
}

const envelopeOf = (name: string, i: number): Uint8Array => utf8(`${name} ${i} `.padEnd(ENVELOPE_BYTES, 'x'))

async function readyAppends(round: number): Promise<Speed> {
  const ledger = await open(`ready-${round}`)
  const speed = await timed(READY, () => write(READY, (i) => ledger.append(envelopeOf('ready', i))))
  await ledger.close()
  return speed
}

async function signedAppends(round: number): Promise<Speed> {
  const ledger = await open(`signed-${round}`)
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const speed = await timed(SIGNED, () =>
    write(SIGNED, (i) => {
      const payload = envelopeOf('signed', i)
      const type = 'application/vnd.in-toto+json'
      const pae = Buffer.concat([utf8(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload])
      const sig = cryptoSign('sha256', pae, privateKey).toString('base64')
      const body = Buffer.from(payload).toString('base64')
      return ledger.append(
        utf8(JSON.stringify({ payload: body, payloadType: type, signatures: [{ sig, keyid: '' }] })),
      )
    }),
  )
  await ledger.close()
  return speed
}

/** The limit: the same rows in groups of 64, one durable transaction each, and nothing else. */
async function bareSqlite(round: number): Promise<Speed> {
  const db = new DatabaseSync(join(base, `bare-${round}.db`))
  db.exec('pragma journal_mode = wal; pragma synchronous = full')
  db.exec('create table entry (idx integer primary key, digest blob not null unique, envelope blob not null)')
  const insert = db.prepare('insert into entry values (?, ?, ?)')
  const speed = await timed(READY, async () => {
    for (let at = 0; at < READY; at += WRITERS) {
      db.exec('begin')
      for (let i = at; i < Math.min(READY, at + WRITERS); i++) {
        const envelope = envelopeOf('ready', i)
        insert.run(i, createHash('sha256').update(envelope).digest(), envelope)
      }
      db.exec('commit')
    }
  })
  db.close()
  return speed
}

async function proofLatency() {
  const ledger = await open('big')
  let next = 0
  const fill = async (): Promise<void> => {
    for (let i = next++; i < BIG; i = next++) await ledger.append(utf8(`entry ${i}`))
  }
  await Promise.all(Array.from({ length: 1024 }, fill))
  await ledger.checkpoint()
  await ledger.close()
  const child = fileURLToPath(new URL('./proof-child.ts', import.meta.url))
  const { stdout, stderr, status } = spawnSync(process.execPath, [child, join(base, 'big')], {
    input: privateKeyPem,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the proofs failed: ${stderr}`)
  return JSON.parse(stdout) as Proofs
}

interface Proofs {
  readonly openMs: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  readonly rssMb: number
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
const say = (text: string): void => void process.stdout.write(`${text}\n`)

const runs: { ready: Speed; signed: Speed; bare: Speed }[] = []
for (let round = 0; round < ROUNDS; round++) {
  const run = {
    bare: await bareSqlite(round),
    ready: await readyAppends(round),
    signed: await signedAppends(round),
  }
  runs.push(run)
  say(
    `round ${round + 1}: ready ${run.ready.perSecond.toFixed(0)}/s, signed ${run.signed.perSecond.toFixed(0)}/s, bare SQLite ${run.bare.perSecond.toFixed(0)}/s`,
  )
}
const proof = await proofLatency()
const round = (value: number, digits = 0): number => Number(value.toFixed(digits))
const figures = {
  machine: `${cpus().length} x ${cpus()[0]?.model.trim()}`,
  node: process.version,
  writers: WRITERS,
  envelopeBytes: ENVELOPE_BYTES,
  readyPerSecond: round(median(runs.map((run) => run.ready.perSecond))),
  signedPerSecond: round(median(runs.map((run) => run.signed.perSecond))),
  bareSqlitePerSecond: round(median(runs.map((run) => run.bare.perSecond))),
  readyToBareSqliteRate: round(median(runs.map((run) => run.ready.perSecond / run.bare.perSecond)), 2),
  readyToBareSqliteCpu: round(median(runs.map((run) => run.ready.cpuSeconds / run.bare.cpuSeconds)), 2),
  proofOfMillion: {
    openMs: round(proof.openMs, 1),
    p50Ms: round(proof.p50Ms, 2),
    p99Ms: round(proof.p99Ms, 2),
    maxMs: round(proof.maxMs, 2),
    rssMb: round(proof.rssMb),
  },
}
say(JSON.stringify(figures, undefined, 2))
if (process.argv.includes('--baseline'))
  await writeFile(join(import.meta.dirname, 'baseline.json'), `${JSON.stringify(figures, undefined, 2)}\n`)
await rm(base, { recursive: true })
