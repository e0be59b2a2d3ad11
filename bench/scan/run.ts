import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  writeCheckpoint,
  writeFloatArray,
  writeFloatList,
  writeSafetensors,
  writeSmallFiles,
} from './files.ts'
import { compare, peakMib } from './measure.ts'

/**
 * The question: what does a scan by the published package cost, beside the peers and a bare Node? Peers (picklescan, modelscan,
 * fickling) are looked for on PYTHONPATH and left out when absent. Limits are those the product promises; the exit code says whether they hold.
 * `node bench/scan/run.ts many` measures the many small files only, and keeps the other figures of the baseline.
 */
const isManyOnly = process.argv[2] === 'many'
const GIB = 2 ** 30
const MIB = 2 ** 20
const ROUNDS = 5
const COUNT = 10_000
const BASELINE = new URL('./baseline.json', import.meta.url)
/** Sets of small files: settings in a dict, estimators as scikit-learn pickles them (eleven sorts, and every one), and lists of 1,000 floats. */
const MANY: readonly {
  readonly name: string
  readonly write: (folder: string) => Promise<boolean>
  readonly isShort?: boolean
}[] = [
  { name: 'settings of 100 bytes', write: (into) => writeDicts(into, 5), isShort: true },
  { name: 'estimators of 1 kB', write: async (into) => writeEstimators(into) },
  { name: 'every estimator of scikit-learn', write: async (into) => writeEstimators(into, 'every') },
  { name: 'lists of 9 kB', write: (into) => writeDicts(into, 1000) },
]
/** What no scanner can do without, in a program of its own. */
const READ_ALL = `const fs = require('fs')
const buffer = Buffer.allocUnsafeSlow(65536)
for (const name of fs.readdirSync(process.argv[1], { recursive: true })) {
  if (!name.endsWith('.pkl')) continue
  const file = fs.openSync(process.argv[1] + '/' + name)
  fs.readSync(file, buffer)
  fs.closeSync(file)
}`
/** fickling has no call for a folder: its check of every pickle, in one program. Files of other formats are not for it. */
const FICKLING = `import os, sys
from fickling.analysis import check_safety
from fickling.fickle import StackedPickle
where = sys.argv[1]
paths = [os.path.join(at, name) for at, _, names in os.walk(where) for name in names] or [where]
for path in paths:
    with open(path, 'rb') as file:
        for pickled in StackedPickle.load(file):
            check_safety(pickled)`
const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = await mkdtemp(join(tmpdir(), 'bench-scan-'))

try {
  const sallyport = await publishedPackage()
  const result: Record<string, unknown> = isManyOnly ? JSON.parse(readFileSync(BASELINE, 'utf8')) : {}
  const failures: string[] = []
  if (!isManyOnly) Object.assign(result, await largeFiles(sallyport, failures))
  Object.assign(result, await manyFiles(sallyport))
  if (!isManyOnly) Object.assign(result, await oneFile(sallyport, failures))
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
  await writeFile(BASELINE, `${JSON.stringify(result, null, 2)}\n`)
  for (const failure of failures) process.stderr.write(`over its limit: ${failure}\n`)
  process.exitCode = failures.length === 0 ? 0 : 1
} finally {
  await rm(folder, { recursive: true })
}

/** The published package, built anew. */
async function publishedPackage(): Promise<readonly string[]> {
  const stage = join(folder, 'package')
  const built = spawnSync(process.execPath, [join(root, 'bin', 'build.cjs'), 'stage', stage], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (built.status !== 0) throw new Error('the build failed')
  return [process.execPath, join(stage, 'bin', 'sallyport')]
}

/** Single files, of which some are large: CPU time and memory, against our limits. */
async function largeFiles(
  sallyport: readonly string[],
  failures: string[],
): Promise<Record<string, unknown>> {
  const result: Record<string, unknown> = {}
  for (const { name, path, maxCpuMs, maxMib } of await writeFiles()) {
    const costs = compare(
      { sallyport: [...sallyport, 'scan', '--no-cache', path], ...peersFor(path) },
      ROUNDS,
    )
    const ours = costs.sallyport
    const peak = await peakMib([...sallyport, 'scan', '--no-cache', path])
    result[name] = {
      cpuMs: rounded(costs),
      exitCodes: exitCodes(costs),
      peakMib: peak,
      limits: { maxCpuMs, maxMib },
    }
    if (ours === undefined || ours.exitCode !== 0) failures.push(`${name}: exit code ${ours?.exitCode}`)
    if (maxCpuMs !== undefined && (ours?.cpuMs ?? 0) > maxCpuMs) failures.push(`${name}: ${ours?.cpuMs} ms`)
    if (maxMib !== undefined && peak > maxMib) failures.push(`${name}: ${peak} MiB`)
  }
  return result
}

/** One small file from a cold start. */
async function oneFile(sallyport: readonly string[], failures: string[]): Promise<Record<string, unknown>> {
  const small = join(folder, 'small.pkl')
  await writeFile(small, Buffer.from([0x80, 2, 0x5d, 0x71, 0, 0x2e]))
  const start = compare(
    {
      'node -e 0': [process.execPath, '-e', '0'],
      sallyport: [...sallyport, 'scan', small],
      ...peersFor(small),
    },
    3 * ROUNDS,
  )
  const ratio = (start.sallyport?.cpuMs ?? 0) / (start['node -e 0']?.cpuMs ?? 1)
  if (ratio > 2) failures.push(`a small file costs ${ratio.toFixed(2)}x of a bare node`)
  return {
    'small file, start included': { cpuMs: rounded(start), ratioToBareNode: Number(ratio.toFixed(2)) },
  }
}

/** Many small files: our CPU time in peers' and in that of a bare Node that only opens, reads and closes them (ADR 0014). */
async function manyFiles(sallyport: readonly string[]): Promise<Record<string, unknown>> {
  const result: Record<string, unknown> = {}
  for (const { name, write, isShort = false } of MANY) {
    const into = join(folder, name)
    if ((await write(into)) === false) continue
    const costs = compare(
      {
        sallyport: [...sallyport, 'scan', '--no-cache', into],
        'open, read, close': [process.execPath, '-e', READ_ALL, into],
        ...peersFor(into, isShort),
      },
      3,
    )
    const cpuMs = rounded(costs)
    const ours = cpuMs.sallyport ?? 0
    const ratios = Object.entries(cpuMs)
      .filter(([other]) => other !== 'sallyport')
      .map(([other, ms]) => [other, Number((ours / ms).toFixed(2))] as const)
    result[`${COUNT} files, ${name}`] = {
      cpuMs,
      exitCodes: exitCodes(costs),
      ratioTo: Object.fromEntries(ratios),
    }
  }
  return result
}

interface Case {
  readonly name: string
  readonly path: string
  readonly maxCpuMs?: number
  readonly maxMib?: number
}

async function writeFiles(): Promise<readonly Case[]> {
  const at = (name: string): string => join(folder, name)
  await writeCheckpoint(at('checkpoint.pt'), GIB)
  await writeSafetensors(at('model.safetensors'), GIB)
  await writeFloatArray(at('array.pkl'), 16 * MIB)
  await writeFloatList(at('floats.pkl'), 16 * MIB)
  if ((await stat(at('checkpoint.pt'))).size < GIB) throw new Error('the checkpoint is too small')
  return [
    { name: '1 GiB torch zip', path: at('checkpoint.pt'), maxCpuMs: 300, maxMib: 150 },
    { name: '1 GiB safetensors', path: at('model.safetensors'), maxCpuMs: 300, maxMib: 150 },
    { name: '16 MiB pickle, one float array', path: at('array.pkl'), maxCpuMs: 300, maxMib: 150 },
    { name: '16 MiB pickle, a list of floats', path: at('floats.pkl'), maxCpuMs: 300, maxMib: 150 },
  ]
}

async function writeDicts(into: string, floats: number): Promise<boolean> {
  await writeSmallFiles(into, COUNT, floats)
  return true
}

/** False where there is no scikit-learn to write them. */
function writeEstimators(into: string, ...which: readonly 'every'[]): boolean {
  const script = fileURLToPath(new URL('./write-estimators.py', import.meta.url))
  return spawnSync('/usr/bin/python3', [script, into, String(COUNT), ...which]).status === 0
}

/** Command lines of the peers that are there. */
function peersFor(path: string, isShort = false): Readonly<Record<string, readonly string[]>> {
  const python = '/usr/bin/python3'
  if (!existsSync(python)) return {}
  const peers = {
    picklescan: ['picklescan', '-m', 'picklescan', '--path', path],
    modelscan: ['modelscan.cli', '-c', 'from modelscan.cli import main; main()', 'scan', '-p', path],
    // It takes minutes where there is more than a little.
    ...(isShort ? { fickling: ['fickling.analysis', '-c', FICKLING, path] } : {}),
  }
  const there = Object.entries(peers).filter(
    ([, [module]]) => spawnSync(python, ['-c', `import ${module}`]).status === 0,
  )
  return Object.fromEntries(there.map(([name, [, ...args]]) => [name, [python, ...args]]))
}

function rounded(costs: ReturnType<typeof compare>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(costs).map(([name, { cpuMs }]) => [name, Math.round(cpuMs)]))
}

function exitCodes(costs: ReturnType<typeof compare>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(costs).map(([name, { exitCode }]) => [name, exitCode]))
}
