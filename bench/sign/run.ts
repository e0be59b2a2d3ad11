import { spawnSync } from 'node:child_process'
import { generateKeyPairSync, randomFillSync } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, open, rm, symlink, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * The question: what do signing and verifying a model of 2 GiB in 982 files cost beside `openssl dgst -sha256` over the same
 * bytes? CPU seconds of whole processes, start included, medians of alternating runs; wall time beside the larger of the
 * largest file on one core and all bytes shared by the cores. The published package counts: `npm run build` first.
 * `--small` divides the sizes by 32, to see that it runs.
 */
const MIB = 1024 * 1024
const SCALE = process.argv.includes('--small') ? 32 : 1
const ROUNDS = 5
const LIMITS = { cpu: 1.15, wall: 1.15, peakMib: 150 }
/** Name, bytes. As a repository of a large model: one large shard, many small ones, many settings. */
const FILES = [
  ['model-00001.safetensors', (1536 * MIB) / SCALE],
  ['optimizer.bin', (30 * MIB) / SCALE],
  ...Array.from({ length: 480 }, (_, i) => [`experts/expert-${i}.bin`, MIB / SCALE] as const),
  ...Array.from({ length: 500 }, (_, i) => [`vocab/part-${i}.txt`, 4096] as const),
] as const

const root = join(import.meta.dirname, '..', '..')
const PRINT_PEAK = `data:text/javascript,process.on('exit',()=>process.stderr.write('peak '+process.resourceUsage().maxRSS+'\\n'))`

interface Times {
  readonly cpuMs: number
  readonly wallMs: number
}

const folder = await mkdtemp(join(tmpdir(), 'bench-sign-'))
const program = await publish(join(folder, 'package'))
const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') }
try {
  const model = join(folder, 'model')
  await writeModel(model)
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = join(folder, 'key.pem')
  const pub = join(folder, 'key.pub')
  const signature = join(folder, 'model.sig')
  await writeFile(key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  await writeFile(pub, publicKey.export({ type: 'spki', format: 'pem' }))
  const sign = ['sign', model, '--private-key', key, '--signature', signature]
  const verify = ['verify', model, '--signature-only', '--public-key', pub, '--signature', signature]
  const rounds: Readonly<Record<'all' | 'largest' | 'sign' | 'verify', Times>>[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const all = openssl(`find ${model} -type f -print0 | xargs -0 openssl dgst -sha256`)
    const largest = openssl(`openssl dgst -sha256 ${join(model, FILES[0][0])}`)
    const times = { all, largest, sign: ours(sign), verify: ours(verify) }
    // The first only warms the page cache.
    if (round > 0) rounds.push(times)
    process.stdout.write(
      `round ${round}: ${Object.entries(times)
        .map(([name, t]) => `${name} ${t.cpuMs.toFixed(0)} ms CPU ${t.wallMs.toFixed(0)} ms wall`)
        .join(', ')}\n`,
    )
  }
  const cores = availableParallelism()
  const floor = ({ all, largest }: (typeof rounds)[number]) => Math.max(largest.wallMs, all.wallMs / cores)
  const result = {
    ...{ files: FILES.length, mib: Math.round(FILES.reduce((sum, [, size]) => sum + size, 0) / MIB), cores },
    opensslCpuMs: median(rounds.map(({ all }) => all.cpuMs)),
    signCpuRatio: median(rounds.map((r) => r.sign.cpuMs / r.all.cpuMs)),
    verifyCpuRatio: median(rounds.map((r) => r.verify.cpuMs / r.all.cpuMs)),
    signWallRatio: median(rounds.map((r) => r.sign.wallMs / floor(r))),
    verifyWallRatio: median(rounds.map((r) => r.verify.wallMs / floor(r))),
    peakMib: { sign: peak(sign), verify: peak(verify) },
    limits: LIMITS,
  }
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
  if (process.argv.includes('--baseline'))
    await writeFile(new URL('./baseline.json', import.meta.url), `${JSON.stringify(result, null, 2)}\n`)
} finally {
  await rm(folder, { recursive: true })
}

/** The program as it is published: compiled, beside what it reads. */
async function publish(place: string): Promise<string> {
  if (!existsSync(join(root, 'dist', 'main.cjs'))) throw new Error('there is no dist/main.cjs: npm run build')
  await mkdir(place)
  for (const part of ['bin', 'dist', 'catalog', 'package.json'])
    await cp(join(root, part), join(place, part), { recursive: true })
  await symlink(join(root, 'node_modules'), join(place, 'node_modules'))
  return join(place, 'bin', 'sallyport')
}

/** Random bytes: nothing of them can be skipped by a hash, nor squeezed by a disk. */
async function writeModel(model: string): Promise<void> {
  const block = randomFillSync(Buffer.alloc(MIB))
  for (const [i, [name, size]] of FILES.entries()) {
    await mkdir(join(model, name, '..'), { recursive: true })
    const file = await open(join(model, name), 'w')
    for (let at = 0; at < size; at += block.length) {
      block.writeUInt32LE(at / block.length)
      block.writeUInt32LE(i, 4)
      await file.write(block.subarray(0, Math.min(block.length, size - at)))
    }
    await file.close()
  }
}

function timed(command: readonly string[]): Times {
  const [name = '', ...args] = command
  const run = spawnSync(
    'bash',
    ['-c', 'TIMEFORMAT="%U %S %R"; time "$@" >/dev/null', 'bash', name, ...args],
    {
      encoding: 'utf8',
      env,
    },
  )
  const [user, system, real] = (run.stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number)
  if (run.status !== 0 || user === undefined || system === undefined || real === undefined)
    throw new Error(`${name} failed: ${run.stderr}`)
  return { cpuMs: (user + system) * 1000, wallMs: real * 1000 }
}

function openssl(command: string): Times {
  return timed(['bash', '-c', command])
}

function ours(args: readonly string[]): Times {
  return timed([process.execPath, program, ...args])
}

/** Peak memory of one command in MiB. `ru_maxrss` is in KiB on Linux. */
function peak(args: readonly string[]): number {
  const run = spawnSync(process.execPath, ['--import', PRINT_PEAK, program, ...args], {
    encoding: 'utf8',
    env,
  })
  const found = /peak (\d+)/.exec(run.stderr)?.[1]
  if (found === undefined) throw new Error(`${args[0]} printed no peak: ${run.stderr}`)
  return Math.round(Number(found) / 1024)
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return Number((sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(3))
}
