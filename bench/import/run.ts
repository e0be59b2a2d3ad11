import { spawnSync } from 'node:child_process'
import { randomFillSync } from 'node:crypto'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * The question: what does importing 2 GiB cost beside `openssl dgst -sha256` of the same file, and how much memory do
 * import, scan and verify take? CPU seconds, medians of alternating runs. Ours counts all threads of the process from
 * just before to just after the file; openssl's counts its whole process.
 */
const MIB = 1024 * 1024
const SIZE_MIB = 2048
const ROUNDS = 5
const root = join(import.meta.dirname, '..', '..')
const PRINT_PEAK = `data:text/javascript,process.on('exit',()=>process.stderr.write('peak '+process.resourceUsage().maxRSS+'\\n'))`

const folder = await mkdtemp(join(tmpdir(), 'bench-import-'))
try {
  const path = join(folder, 'model.safetensors')
  await writeModel(path)
  const rounds = []
  for (let round = 0; round < ROUNDS; round++) {
    const openssl = opensslCpuMs(path)
    const hash = ours('hash', path)
    const copy = ours('copy', path)
    rounds.push({ openssl, hash, copy })
    process.stdout.write(
      `round ${round + 1}: openssl ${openssl.toFixed(0)} ms, hash ${hash.toFixed(0)} ms, hash and copy ${copy.toFixed(0)} ms\n`,
    )
  }
  const result = {
    sizeMib: SIZE_MIB,
    opensslCpuMs: median(rounds.map(({ openssl }) => openssl)),
    hashCpuMs: median(rounds.map(({ hash }) => hash)),
    hashAndCopyCpuMs: median(rounds.map(({ copy }) => copy)),
    hashRatio: median(rounds.map(({ hash, openssl }) => hash / openssl)),
    hashAndCopyRatio: median(rounds.map(({ copy, openssl }) => copy / openssl)),
    peakMib: { scan: peak('scan', path), import: peak('import', path), verify: peak('verify', path) },
  }
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
  if (process.argv.includes('--baseline'))
    await writeFile(new URL('./baseline.json', import.meta.url), `${JSON.stringify(result, null, 2)}\n`)
} finally {
  await rm(folder, { recursive: true })
}

/** A safetensors file of one tensor of random bytes: nothing of it can be skipped by a hash, nor squeezed by a disk. */
async function writeModel(path: string): Promise<void> {
  const tensor = SIZE_MIB * MIB
  const header = Buffer.from(
    JSON.stringify({ w: { dtype: 'U8', shape: [tensor], data_offsets: [0, tensor] } }),
  )
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  const file = await open(path, 'w')
  await file.write(Buffer.concat([length, header]))
  const block = randomFillSync(Buffer.alloc(4 * MIB))
  for (let at = 0; at < tensor; at += block.length) {
    block.writeUInt32LE(at / block.length)
    await file.write(block)
  }
  await file.close()
}

function opensslCpuMs(path: string): number {
  const run = spawnSync(
    'bash',
    ['-c', 'TIMEFORMAT="%U %S"; time openssl dgst -sha256 "$1" >/dev/null', 'bash', path],
    { encoding: 'utf8' },
  )
  const [user, system] = run.stderr.trim().split(' ').map(Number)
  if (run.status !== 0 || user === undefined || system === undefined)
    throw new Error(`openssl is absent: ${run.stderr}`)
  return (user + system) * 1000
}

function ours(mode: 'hash' | 'copy', path: string): number {
  const home = join(folder, `home-${mode}`)
  const run = spawnSync(process.execPath, [join(import.meta.dirname, 'hash-child.ts'), mode, path, home], {
    encoding: 'utf8',
  })
  spawnSync('rm', ['-rf', home])
  return (JSON.parse(run.stdout) as { cpuMs: number }).cpuMs
}

/** Peak memory of one command in MiB. `ru_maxrss` is in KiB on Linux. */
function peak(verb: 'scan' | 'import' | 'verify', path: string): number {
  const run = spawnSync(
    process.execPath,
    ['--import', PRINT_PEAK, join(root, 'src', 'main.ts'), verb, path],
    {
      encoding: 'utf8',
      env: { ...process.env, SALLYPORT_HOME: join(folder, 'home') },
    },
  )
  const found = /peak (\d+)/.exec(run.stderr)?.[1]
  if (found === undefined) throw new Error(`${verb} printed no peak: ${run.stderr}`)
  return Math.round(Number(found) / 1024)
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return Number((sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(3))
}
