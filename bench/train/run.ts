// What the training wrapper costs: its own processor time beside that of the command, and its memory at the peak.
//   npm run build && node bench/train/run.ts [--seconds 60] [--rounds 3] [--baseline]
// The wrapper's own time is read from /proc while it runs, so that the command's noise does not stand in it; a bare run of
// the same work alternates with it and tells whether the command itself was slowed down.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'

const ROOT = process.env.SALLYPORT_BENCH_ROOT ?? join(import.meta.dirname, '../..')
/** What a user runs; in a checkout that would be src/, so there its compiled main. */
const PROGRAM = join(ROOT, existsSync(join(ROOT, 'src/main.ts')) ? 'dist/main.cjs' : 'bin/sallyport')
const BASELINE = join(import.meta.dirname, 'baseline.json')
/** The limits of the issue: less than 1 % of the command's processor time, less than 80 MB. */
const [MAX_SHARE, MAX_PEAK_MB] = [0.01, 80]
const TICK_MS = 10
const POLL_MS = 50

interface Sample {
  readonly ownMs: number
  readonly commandMs: number
  readonly peakMb: number
  readonly wallMs: number
}

const BLOCK = Buffer.alloc(65_536)
/** Blocks hashed to learn how fast a core is. */
const TRIAL_BLOCKS = 8000

function blocksPerCpuSecond(): number {
  const before = process.cpuUsage()
  for (let i = 0; i < TRIAL_BLOCKS; i++) createHash('sha256').update(BLOCK).digest()
  const { user, system } = process.cpuUsage(before)
  return (TRIAL_BLOCKS * 1e6) / (user + system)
}

/** A fixed amount of work in two processes at once, each of `seconds` of processor time. */
function workFor(seconds: number): readonly string[] {
  const blocks = Math.round(seconds * blocksPerCpuSecond())
  const code = `const{createHash}=require('crypto');const b=Buffer.alloc(${BLOCK.length});for(let i=0;i<${blocks};i++)createHash('sha256').update(b).digest()`
  return ['/bin/sh', '-c', `'${process.execPath}' -e "${code}" & '${process.execPath}' -e "${code}"; wait`]
}

function readProc(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // It has just ended; the sample before counts.
  }
}

function measure(args: readonly string[], folder: string): Promise<Sample> {
  return new Promise((done, refuse) => {
    const began = performance.now()
    let sample = { ownMs: 0, commandMs: 0, peakMb: 0 }
    const [program = '', ...rest] = args
    const env = {
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      HOME: folder,
      SALLYPORT_HOME: join(folder, 'home'),
    }
    const child = spawn(program, rest, { cwd: folder, env, stdio: 'ignore' })
    const timer = setInterval(() => {
      const fields = readProc(`/proc/${child.pid}/stat`).split(') ')[1]?.split(' ') ?? []
      if (fields.length < 20) return
      const ticks = (at: number) => Number(fields[at - 3]) * TICK_MS
      const peak = /VmHWM:\s+([0-9]+) kB/.exec(readProc(`/proc/${child.pid}/status`))?.[1]
      sample = {
        ownMs: ticks(14) + ticks(15),
        commandMs: ticks(16) + ticks(17),
        peakMb: Math.max(sample.peakMb, Number(peak ?? 0) / 1000),
      }
    }, POLL_MS)
    child.once('error', refuse)
    child.once('exit', (code) => {
      clearInterval(timer)
      if (code === 0) done({ ...sample, wallMs: performance.now() - began })
      else refuse(new Error(`${program} ended with ${code}`))
    })
  })
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '3' },
    baseline: { type: 'boolean', default: false },
  },
})
if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not there: npm run build makes it`)
const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-train-'))
try {
  const work = workFor(Number(values.seconds))
  const wrapped: Sample[] = []
  const bare: Sample[] = []
  for (let round = 0; round < Number(values.rounds); round++) {
    wrapped.push(await measure([process.execPath, PROGRAM, 'train', '--', ...work], folder))
    bare.push(await measure(work, folder))
  }
  const result = {
    ...{ seconds: Number(values.seconds), rounds: wrapped.length, cores: cpus().length },
    ownMs: median(wrapped.map(({ ownMs }) => ownMs)),
    commandMs: median(wrapped.map(({ commandMs }) => commandMs)),
    share: Number(median(wrapped.map(({ ownMs, commandMs }) => ownMs / commandMs)).toFixed(5)),
    peakMb: Number(Math.max(...wrapped.map(({ peakMb }) => peakMb)).toFixed(1)),
    wallRatio: Number(median(wrapped.map(({ wallMs }, i) => wallMs / (bare[i]?.wallMs ?? 1))).toFixed(3)),
  }
  console.log(JSON.stringify(result, undefined, 2))
  if (values.baseline) writeFileSync(BASELINE, `${JSON.stringify(result, undefined, 2)}\n`)
  if (result.share >= MAX_SHARE || result.peakMb >= MAX_PEAK_MB) {
    console.error(`the wrapper may cost ${MAX_SHARE * 100} % and ${MAX_PEAK_MB} MB`)
    process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
