import type { Digest, ManifestEntry } from '../../ground/domain/index.ts'
import type { RunCoverage, RunInputs } from '../../trust/evidence/index.ts'
import type { ProcessMark, RunLine } from './run-journal.ts'

/** What a process tree uses now, and has used since it began; times in milliseconds, memory and I/O in bytes. */
export interface TreeSample {
  readonly processes: number
  readonly members: readonly ProcessMark[]
  readonly cpuUserMs: number
  readonly cpuSystemMs: number
  readonly memoryBytes: number
  readonly readBytes: number
  readonly writtenBytes: number
}

/** How a command ended. */
export interface CommandEnd {
  readonly code?: number
  readonly signal?: string
}

/** A command and everything that it started, also what cut itself loose. */
export interface ProcessTree {
  readonly root: ProcessMark
  /** Folder of the control group that holds it, where there is one. */
  readonly cgroup?: string
  /** Cheap enough for once a second. */
  sample(): TreeSample
  /** Addresses outside this machine with which members hold connections now: `address:port/protocol`. */
  destinations(): readonly string[]
  /** Bytes of memory without counting shared pages twice; slow, so only when it matters. */
  exactMemory(): number
  /** Names of members, for people. */
  names(): readonly string[]
  signal(signal: 'SIGTERM' | 'SIGINT' | 'SIGHUP' | 'SIGQUIT'): void
  /** Ends every member at once. */
  kill(): void
  isEmpty(): boolean
  /** Takes away what was made for it; it must be empty. */
  close(): void
  /** How much of the tree and its resources can be seen here. */
  coverage(): readonly RunCoverage[]
}

/** Starts commands as trees, and finds trees whose wrapper died. @throws SallyportError `NOT_SUPPORTED` where there is no `/proc` */
export interface ProcessTrees {
  start(command: {
    readonly args: readonly string[]
    readonly folder: string
    readonly environment: Readonly<Record<string, string | undefined>>
    readonly runId: string
    readonly outputToError: boolean
  }): Promise<{ readonly tree: ProcessTree; readonly ended: Promise<CommandEnd> }>
  /** What is left of a run's tree, by control group, by members that were seen, and by the mark in their environment. */
  find(run: {
    readonly runId: string
    readonly cgroup?: string
    readonly members: readonly ProcessMark[]
    readonly boot: string
  }): ProcessTree
  /** Names this start of this machine. */
  readonly boot: string
}

/** GPUs as the driver's own tool tells of them. */
export interface GpuMeter {
  /** GPUs that processes of these numbers hold; undefined before the first answer, or when there is no tool. */
  held(
    pids: ReadonlySet<number>,
  ): readonly { readonly id: string; readonly memoryBytes: number }[] | undefined
  close(): void
}

/** The journal of a run that is under way. */
export interface RunJournal {
  /** Durable when it returns, when asked to be. */
  append(line: RunLine, isDurable: boolean): void
  close(): void
}

/** Where runs are kept: a folder each. */
export interface RunStore {
  /** Makes the run's folder, writes the plan, and holds the run until the journal is closed. @throws SallyportError `STORE_FAILED` */
  begin(plan: Extract<RunLine, { kind: 'plan' }>['plan']): RunJournal
  /** Ids of all runs, newest first. */
  list(): Promise<readonly string[]>
  /** The journal's text; empty when there is none yet. @throws SallyportError `NOT_FOUND`, `TOO_LARGE` */
  journal(id: string): Promise<string>
  /** Holds a run that nobody holds; undefined when somebody does. */
  hold(id: string): { release(): void } | undefined
  /** Writes a file of the run, durably. */
  write(id: string, name: RunFileName, bytes: Uint8Array): Promise<void>
  /** A file of the run, or undefined. @throws SallyportError `TOO_LARGE` */
  read(id: string, name: RunFileName): Promise<Uint8Array | undefined>
}

/** Files that a run's folder may hold beside its journal. */
export type RunFileName = 'run.bundle.json' | 'provenance.bundle.json' | 'series.json' | 'delivered.txt'

/** Files by their names, sizes and hashes, as imports see them. @throws SallyportError `BAD_INPUT` for links and devices */
export interface FileHasher {
  hash(
    path: string,
    onBytes?: (doneBytes: number, totalBytes: number) => void,
  ): Promise<readonly ManifestEntry[]>
  /** A digest of names, sizes, times and places of files, which changes when somebody writes to one of them. */
  stamp(path: string): Promise<string>
  exists(path: string): Promise<boolean>
  /** A small file. @throws SallyportError `TOO_LARGE` */
  read(path: string, maxBytes: number): Promise<Uint8Array>
}

/** What surrounds a run on this machine. */
export interface RunSurroundings {
  readonly host: string
  readonly user: string
  readonly code?: RunInputs['code']
  readonly locks: RunInputs['locks']
  readonly packages?: RunInputs['packages']
  readonly container?: RunInputs['container']
  readonly versions: RunInputs['versions']
  readonly coverage: readonly RunCoverage[]
}

/** Reads the surroundings of a command in a folder. */
export type LookAround = (at: {
  readonly folder: string
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
}) => Promise<RunSurroundings>

/** Statements that wait for whoever holds the ledger. */
export interface StatementOutbox {
  deliver(envelope: Uint8Array): Promise<Digest>
}
