import type { CommandContext } from '@stricli/core'
import type { House } from './house.ts'

/** Where a command writes, and what it stands on. */
export interface CliContext extends CommandContext {
  readonly process: CommandContext['process'] & {
    exitCode?: number | string | null
    /** Of a command that was run for somebody: passed on as it is. */
    commandExitCode?: number
  }
  readonly house: House
  readonly io: Io
}

/** The terminal, or what stands for it. */
export interface Io {
  /** Results: tables for people, JSON for programs. */
  out(line: string): void
  /** Progress and remarks. */
  err(line: string): void
  /** Draws over the last line; nothing where the terminal cannot. */
  progress(line: string): void
  clearProgress(): void
  /** Whether progress is seen. */
  readonly isTerminal: boolean
  /** Columns of progress. */
  readonly columns: number
  /** Columns of results; 100 where no terminal says how many. */
  readonly width: number
}

/** Flags that every command has. */
export interface CommonFlags {
  readonly json: boolean
}

/** The `--json` flag, for the flags of a command. */
export const JSON_FLAG = {
  json: {
    kind: 'boolean',
    brief: 'Print one JSON object with a schemaVersion',
    default: false,
    withNegated: false,
  },
} as const

/** Major of the shapes that `--json` prints (DECISIONS.md, schemas of output). */
const SCHEMA_VERSION = 1

/** Prints one object as JSON, or lines for a person. */
export function print(
  context: Pick<CliContext, 'io'>,
  flags: CommonFlags,
  value: Readonly<Record<string, unknown>> & { readonly kind: string },
  lines: () => readonly string[],
): void {
  context.io.clearProgress()
  if (flags.json) context.io.out(JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...value }, undefined, 2))
  else for (const line of lines()) context.io.out(line)
}
