import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { GpuMeter } from '../../services/training/index.ts'

/** Seconds between two answers; a start of the tool costs more than a minute of its answers. */
const EVERY_SECONDS = 5
/** Milliseconds after which an answer no longer speaks for now. */
const STALE_MS = 3 * EVERY_SECONDS * 1000
/** GPUs and processes kept of one answer. */
const MAX_ROWS = 4096

interface Row {
  readonly pid: number
  readonly id: string
  readonly memoryBytes: number
  readonly at: number
}

/** Reads a line of `nvidia-smi --query-compute-apps=pid,gpu_uuid,used_gpu_memory --format=csv,noheader,nounits`. */
export function parseComputeApp(
  line: string,
): { readonly pid: number; readonly id: string; readonly memoryBytes: number } | undefined {
  const [pid = '', id = '', memory = ''] = line.split(',', 4).map((part) => part.trim())
  if (!/^[0-9]{1,10}$/.test(pid) || !/^[\w.:-]{1,100}$/.test(id)) return undefined
  // "[N/A]" where the driver does not tell.
  const mebibytes = /^[0-9]{1,9}$/.test(memory) ? Number(memory) : 0
  return { pid: Number(pid), id, memoryBytes: mebibytes * 2 ** 20 }
}

/**
 * Asks nvidia-smi, in one process that repeats its answer, which processes hold which GPU. Where it is not installed
 * nothing is ever answered.
 * @param everySeconds for tests
 */
export function openGpuMeter(
  options: { readonly now?: () => number; readonly everySeconds?: number } = {},
): GpuMeter {
  const now = options.now ?? Date.now
  const every = String(options.everySeconds ?? EVERY_SECONDS)
  const rows = new Map<string, Row>()
  let hasAnswered = false
  const query = '--query-compute-apps=pid,gpu_uuid,used_gpu_memory'
  const child: ChildProcess = spawn('nvidia-smi', [query, '--format=csv,noheader,nounits', '-l', every], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  child.on('error', () => undefined) // Not installed: nothing is answered, and the record says so.
  child.once('spawn', () => {
    hasAnswered = true
  })
  child.once('exit', (code) => {
    if (code !== 0) hasAnswered = false
  })
  child.unref()
  if (child.stdout !== null)
    createInterface({ input: child.stdout }).on('line', (line) => {
      const app = parseComputeApp(line)
      if (app === undefined || rows.size >= MAX_ROWS) return
      rows.set(`${app.pid} ${app.id}`, { ...app, at: now() })
    })
  return {
    held: (pids) => {
      if (!hasAnswered) return undefined
      const held = new Map<string, number>()
      for (const [key, row] of rows) {
        if (now() - row.at > STALE_MS) rows.delete(key)
        else if (pids.has(row.pid)) held.set(row.id, (held.get(row.id) ?? 0) + row.memoryBytes)
      }
      return [...held].map(([id, memoryBytes]) => ({ id, memoryBytes }))
    },
    close: () => {
      child.kill('SIGKILL')
    },
  }
}
