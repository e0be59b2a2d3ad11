import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import type { ProcessMark } from '../../services/training/index.ts'

/** Clock ticks a second in `/proc`: 100 on every Linux of today (USER_HZ, man 5 proc). */
const TICKS = 100
/** Milliseconds of a clock tick. */
export const TICK_MS = 1000 / TICKS

/** What `/proc/PID/stat` says of one process. Times in clock ticks. */
export interface ProcessStat extends ProcessMark {
  readonly name: string
  readonly state: string
  readonly parent: number
  readonly session: number
  readonly user: number
  readonly system: number
  /** Of children that it has waited for, and of theirs. */
  readonly childrenUser: number
  readonly childrenSystem: number
  /** Pages. */
  readonly resident: number
}

/** Reads a line of `/proc/PID/stat` (man 5 proc_pid_stat); undefined when it is none. A process may call itself `) R 1`. */
export function parseProcessStat(text: string): ProcessStat | undefined {
  const open = text.indexOf('(')
  const close = text.lastIndexOf(')')
  if (open < 1 || close < open) return undefined
  const pid = Number(text.slice(0, open).trim())
  const fields = text
    .slice(close + 2)
    .trim()
    .split(' ')
  const at = (field: number) => Number(fields[field - 3])
  const numbers = {
    ...{ pid, parent: at(4), session: at(6), user: at(14), system: at(15) },
    ...{ childrenUser: at(16), childrenSystem: at(17), start: at(22), resident: at(24) },
  }
  if (!Object.values(numbers).every(Number.isSafeInteger)) return undefined
  return { ...numbers, name: text.slice(open + 1, close), state: fields[0] ?? '' }
}

/** One process, or undefined when it is gone. */
export function readStat(pid: number | 'self'): ProcessStat | undefined {
  const text = readProc(`/proc/${pid}/stat`)
  return text === undefined ? undefined : parseProcessStat(text)
}

/** Numbers of all processes that can be seen. */
export function listProcesses(): readonly number[] {
  return readdirSync('/proc').flatMap((name) => (/^[0-9]+$/.test(name) ? [Number(name)] : []))
}

/** A small file of `/proc`, or undefined when the process is gone or not ours to read. */
export function readProc(path: string): string | undefined {
  try {
    // As UTF-8: Node reads that in one call without a buffer of 64 KiB for each file, which is what a long watch is made of.
    return readFileSync(path, 'utf8')
  } catch {
    return undefined // Processes end while they are looked at; what cannot be read of a member is told as coverage.
  }
}

/** A link of `/proc`, or undefined when the process is gone or not ours to read. */
export function readProcLink(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined // As above.
  }
}

/** Names in a folder of `/proc`; none when the process is gone or not ours to read. */
export function listProc(path: string): readonly string[] {
  try {
    return readdirSync(path)
  } catch {
    return [] // As above: what a member holds and we may not see is told as coverage.
  }
}
