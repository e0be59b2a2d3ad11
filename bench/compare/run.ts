import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compareInThread } from '../../src/adapters/weights-thread/index.ts'
import { parseDigest } from '../../src/ground/domain/index.ts'

// What it costs to say which tensors of two models differ, and by how much, beside cmp, which says at which byte they differ.
// node bench/compare/run.ts [--mib 1024] [--runs 5]
const option = (name: string, otherwise: number) =>
  Number(process.argv[process.argv.indexOf(`--${name}`) + 1]) || otherwise
const mib = option('mib', 1024)
const runs = option('runs', 5)
const TENSORS = 64
const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-compare-'))
const workerUrl = new URL('../../src/weights-worker.ts', import.meta.url)

/** A model of F32 tensors; `changed` of the last ones differ from those of another seed. */
function write(name: string, changed: number): string {
  const path = join(folder, name)
  const bytes = Math.floor((mib * 2 ** 20) / TENSORS / 4) * 4
  const header: Record<string, unknown> = {}
  for (let i = 0; i < TENSORS; i++)
    header[`layer.${i}.weight`] = {
      dtype: 'F32',
      shape: [bytes / 4],
      data_offsets: [i * bytes, (i + 1) * bytes],
    }
  const json = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(json.length))
  const file = openSync(path, 'w')
  writeSync(file, length)
  writeSync(file, json)
  const values = new Float32Array(bytes / 4)
  for (let i = 0; i < TENSORS; i++) {
    const seed = i + (i >= TENSORS - changed ? 0.001 : 0)
    for (let j = 0; j < values.length; j++)
      values[j] = Math.fround(((j * 2654435761) % 1000) / 500 - 1 + seed)
    writeSync(file, new Uint8Array(values.buffer))
  }
  closeSync(file)
  return path
}

const DIGEST = parseDigest(`sha256:${'0'.repeat(64)}`)
if (!DIGEST.ok) throw new Error(DIGEST.error)

const placed = (path: string, sha256: string) => ({
  ...{ digest: DIGEST.value, name: path },
  files: [{ name: 'model.safetensors', path, size: statSync(path).size, sha256: sha256.repeat(64) }],
})

async function ours(before: string, after: string): Promise<{ ms: number; cpuMs: number; changed: number }> {
  const cpu = process.cpuUsage()
  const start = performance.now()
  const found = await compareInThread({ workerUrl }).compare(placed(before, '0'), placed(after, '1'))
  const { user, system } = process.cpuUsage(cpu)
  if (found.tensors.same + found.tensors.changed.length !== TENSORS)
    throw new Error(JSON.stringify(found.tensors.notCompared))
  return {
    ms: performance.now() - start,
    cpuMs: (user + system) / 1000,
    changed: found.tensors.changed.length,
  }
}

/** cmp over the whole of both, of which it finds the last byte to differ or none. */
function cmp(before: string, after: string): { ms: number; cpuMs: number } {
  const start = performance.now()
  const script =
    'import resource,subprocess,sys; subprocess.run(["cmp","-s",*sys.argv[1:]]); r=resource.getrusage(resource.RUSAGE_CHILDREN); print(1000*(r.ru_utime+r.ru_stime))'
  const cpuMs = Number(execFileSync('python3', ['-c', script, before, after], { encoding: 'utf8' }))
  return { ms: performance.now() - start, cpuMs }
}

const median = (list: readonly number[]) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0

try {
  const [base, same, last, all] = [
    write('base', 0),
    write('same', 0),
    write('last', 1),
    write('all', TENSORS),
  ]
  const peak = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) / 1024
  for (const [what, other] of [
    ['nothing differs', same],
    ['the last of 64 tensors differs', last],
    ['every tensor differs', all],
  ] as const) {
    const ratios: number[] = []
    const times: number[] = []
    let changed = 0
    for (let i = 0; i <= runs; i++) {
      // Every byte is read by cmp too: a copy that is equal, whatever the other is.
      const theirs = cmp(base, same)
      const mine = await ours(base, other)
      changed = mine.changed
      if (i === 0) continue // The first run fills the page cache.
      ratios.push(mine.cpuMs / theirs.cpuMs)
      times.push(mine.ms)
    }
    const speed = (2 * mib) / 1024 / (median(times) / 1000)
    console.log(
      `${what}: ${changed} of ${TENSORS} tensors, ${median(times).toFixed(0)} ms for 2 × ${mib} MiB (${speed.toFixed(2)} GiB/s), CPU ${median(ratios).toFixed(2)} times that of cmp (median of ${runs})`,
    )
  }
  console.log(`peak memory of the process: ${peak().toFixed(0)} MiB`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
