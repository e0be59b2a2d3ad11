import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** What one run of a command cost. */
export interface Cost {
  /** Milliseconds of user and system time, children included. */
  readonly cpuMs: number
  readonly wallMs: number
  readonly exitCode: number
}

/** Runs a command once, by bash's own clock. */
function runOnce(command: readonly string[], env: NodeJS.ProcessEnv): Cost {
  const script = 'TIMEFORMAT="%U %S %R"; time "$@" >/dev/null 2>/dev/null'
  const { stderr, status } = spawnSync('bash', ['-c', script, '_', ...command], { encoding: 'utf8', env })
  const [user = 0, system = 0, real = 0] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number)
  return { cpuMs: 1000 * (user + system), wallMs: 1000 * real, exitCode: status ?? -1 }
}

/** Medians of alternating runs of several commands, so that what else the machine does falls on all alike. */
export function compare(
  commands: Readonly<Record<string, readonly string[]>>,
  rounds: number,
  env: NodeJS.ProcessEnv = process.env,
): Readonly<Record<string, Cost>> {
  const runs = Object.fromEntries(Object.keys(commands).map((name) => [name, [] as Cost[]]))
  for (let round = 0; round < rounds; round++)
    for (const [name, command] of Object.entries(commands)) runs[name]?.push(runOnce(command, env))
  return Object.fromEntries(
    Object.entries(runs).map(([name, costs]) => {
      const sorted = [...costs].sort((a, b) => a.cpuMs - b.cpuMs)
      const middle = sorted[Math.floor(sorted.length / 2)]
      if (middle === undefined) throw new Error('no rounds')
      return [name, middle]
    }),
  )
}

/** Peak resident memory of a command in MiB, from the kernel's high-water mark while it runs. */
export async function peakMib(command: readonly string[]): Promise<number> {
  const [program = '', ...args] = command
  const child = spawn(program, args, { stdio: 'ignore' })
  let peak = 0
  const poll = setInterval(() => {
    try {
      const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))
      peak = Math.max(peak, Number(found?.[1] ?? 0) / 1024)
    } catch {
      // Information: it has ended.
    }
  }, 2)
  await new Promise((done) => child.once('exit', done))
  clearInterval(poll)
  return Math.round(peak)
}
