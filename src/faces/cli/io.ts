import type { Io } from './context.ts'
import { usePaint } from './paint.ts'

/** A stream that a command line writes to; `columns` when it is a terminal that says so. */
export interface CliStream {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

/** What a process lends a command line: its streams, and the exit code that it sets. */
export interface CliProcess {
  readonly stdout: CliStream
  readonly stderr: CliStream
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Columns of results where no terminal says how many, and the fewest that can be read. */
const DEFAULT_WIDTH = 100
const MIN_WIDTH = 40

/** The terminal of a process. */
export function ioOf(process: CliProcess): Io {
  usePaint(process)
  const { stdout, stderr } = process
  let drawn = false
  const clearProgress = () => {
    if (drawn) stderr.write('\r\u001b[2K')
    drawn = false
  }
  return {
    out: (line) => {
      clearProgress()
      stdout.write(`${line}\n`)
    },
    err: (line) => {
      clearProgress()
      stderr.write(`${line}\n`)
    },
    progress: (line) => {
      if (stderr.isTTY !== true) return
      stderr.write(`\r\u001b[2K${line}`)
      drawn = true
    },
    clearProgress,
    isTerminal: stderr.isTTY === true,
    columns: stderr.columns ?? 80,
    width: Math.max(MIN_WIDTH, stdout.columns ?? DEFAULT_WIDTH),
  }
}
