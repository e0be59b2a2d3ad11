import { fstatSync, statSync, writeSync } from 'node:fs'
import { devNull } from 'node:os'
import type { CliProcess, CliStream } from './io.ts'

/** The part of Node's process that stands behind it. */
type RealProcess = Pick<NodeJS.Process, 'stdout' | 'stderr' | 'env'>

/** Streams that know whether all they were given has left this process. */
export interface LightStreams extends CliProcess {
  /** True when something was written, and nothing went to Node's own streams, which may still hold it. */
  readonly isWritten: () => boolean
}

/**
 * The streams of a process, written to at once and set up only when they are a terminal: Node's own take milliseconds.
 * For output that is not waited for; an end of the pipe that was closed early is no failure.
 */
export function lightStreams(process: RealProcess): LightStreams {
  const seen = { isReal: false, isLight: false }
  const real = (name: 'stdout' | 'stderr') => () => {
    seen.isReal = true
    return process[name]
  }
  return {
    env: process.env,
    stdout: lightStream(1, real('stdout'), seen),
    stderr: lightStream(2, real('stderr'), seen),
    isWritten: () => seen.isLight && !seen.isReal,
  }
}

function lightStream(fd: 1 | 2, real: () => NodeJS.WriteStream, seen: { isLight: boolean }): CliStream {
  let isDevice: boolean | undefined
  const mayBeTerminal = (): boolean => (isDevice ??= isTerminalLike(fd))
  return {
    get isTTY() {
      return mayBeTerminal() && real().isTTY === true
    },
    get columns() {
      return mayBeTerminal() ? real().columns : undefined
    },
    write: (text) => {
      if (mayBeTerminal()) return real().write(text)
      seen.isLight = true
      return writeAll(fd, text, real)
    },
  }
}

/** Whether it is a device other than the one that swallows all: only Node's own streams know terminals. */
function isTerminalLike(fd: number): boolean {
  const info = fstatSync(fd)
  if (!info.isCharacterDevice()) return false
  return info.rdev !== statSync(devNull, { throwIfNoEntry: false })?.rdev
}

function writeAll(fd: number, text: string, real: () => NodeJS.WriteStream): void {
  let rest: Uint8Array = Buffer.from(text)
  while (rest.length > 0)
    try {
      rest = rest.subarray(writeSync(fd, rest))
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (code === 'EPIPE') return
      // A full pipe that does not block: Node's stream waits for it.
      if (code === 'EAGAIN') real().write(rest)
      else throw error
      return
    }
}
