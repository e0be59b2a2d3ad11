import type { ProcessMark, ProcessTree, TreeSample } from '../../services/training/index.ts'
import type { RunCoverage } from '../../trust/evidence/index.ts'
import { connectionsOf } from './connections.ts'
import type { ControlGroup } from './control-group.ts'
import type { MemberFinder } from './find-members.ts'
import { type ProcessStat, readProc, readProcLink, readStat } from './proc-files.ts'
import { TreeMeter } from './tree-meter.ts'

/** Rounds of looking and killing; each new fork needs another, and a fork that outruns so many is stopped by its group. */
const KILL_ROUNDS = 50
/** Names shown to people. */
const MAX_NAMES = 50

/** A run's processes, by its control group where there is one, else by their marks. */
export class WatchedTree implements ProcessTree {
  readonly root: ProcessMark
  readonly cgroup?: string
  readonly #group: ControlGroup | undefined
  readonly #finder: MemberFinder
  readonly #meter = new TreeMeter()
  readonly #namespace = readProcLink('/proc/self/ns/net') ?? ''
  #members: readonly ProcessStat[] = []
  #unreadable = false

  constructor(root: ProcessMark, group: ControlGroup | undefined, finder: MemberFinder) {
    this.root = root
    this.#group = group
    this.#finder = finder
    if (group !== undefined) this.cgroup = group.folder
  }

  sample(): TreeSample {
    this.#look()
    const cpu = this.#cpu()
    return {
      processes: this.#members.length,
      members: this.#members.map(({ pid, start }) => ({ pid, start })),
      cpuUserMs: cpu.userMs,
      cpuSystemMs: cpu.systemMs,
      memoryBytes: this.#meter.residentBytes(this.#members),
      ...this.#meter.io,
    }
  }

  #cpu(): { readonly userMs: number; readonly systemMs: number } {
    if (this.#group === undefined) return this.#meter.cpu
    const { userUs, systemUs } = this.#group.cpu()
    return { userMs: Math.round(userUs / 1000), systemMs: Math.round(systemUs / 1000) }
  }

  /** What the command itself, which we waited for, has used with all that it waited for. */
  noteRootEnd(exact: { readonly userMs: number; readonly systemMs: number }): void {
    this.#meter.noteWaited(exact)
  }

  #look(): readonly ProcessStat[] {
    const { members, gone } =
      this.#group === undefined ? this.#finder.look() : this.#finder.lookAt(this.#group.processes())
    this.#members = members
    this.#meter.note(members, gone)
    return members
  }

  destinations(): readonly string[] {
    const pids = this.#members.map(({ pid }) => pid)
    this.#unreadable ||= pids.some((pid) => readProcLink(`/proc/${pid}/ns/net`) === undefined)
    return connectionsOf(pids, this.#namespace)
  }

  exactMemory(): number {
    let bytes = 0
    for (const { pid, resident } of this.#members) {
      const share = /^Pss:\s+([0-9]+) kB$/m.exec(readProc(`/proc/${pid}/smaps_rollup`) ?? '')?.[1]
      // What may not be read counts whole: a limit must not be passed unseen.
      bytes +=
        share === undefined ? this.#meter.residentBytes([{ resident } as ProcessStat]) : Number(share) * 1024
    }
    return bytes
  }

  names(): readonly string[] {
    return this.#look()
      .slice(0, MAX_NAMES)
      .map(({ pid, name }) => `${name} (${pid})`)
  }

  signal(signal: 'SIGTERM' | 'SIGINT' | 'SIGHUP' | 'SIGQUIT'): void {
    for (const member of this.#look()) send(member, signal)
  }

  kill(): void {
    if (this.#group !== undefined) this.#group.kill()
    for (let round = 0; round < KILL_ROUNDS; round++) {
      const members = this.#look()
      if (members.length === 0) return
      for (const member of members) send(member, 'SIGKILL')
    }
  }

  isEmpty(): boolean {
    return this.#look().length === 0
  }

  close(): void {
    this.#group?.remove()
  }

  coverage(): readonly RunCoverage[] {
    const tree: RunCoverage =
      this.#group === undefined
        ? {
            what: 'tree',
            status: 'partial',
            reason:
              'no control group could be made, so members were told by session, parents and environment: a process that drops all three between two looks is not seen',
          }
        : { what: 'tree', status: 'full' }
    const resources: RunCoverage =
      this.#group === undefined
        ? {
            what: 'resources',
            status: 'partial',
            reason: 'sampled once a second, with what parents were told of their children',
          }
        : {
            what: 'resources',
            status: 'full',
            reason: 'processor time by the control group; memory and I/O sampled once a second',
          }
    const egress: RunCoverage = {
      what: 'egress',
      status: 'partial',
      reason: this.#unreadable
        ? 'sampled, and some processes may not be looked into by this user'
        : 'open connections sampled every few seconds; shorter ones and unconnected datagrams are not seen',
    }
    return [tree, resources, egress]
  }
}

/** Sends to this very process: a number that was given to another one meanwhile is left alone. */
function send({ pid, start }: ProcessMark, signal: NodeJS.Signals): void {
  if (readStat(pid)?.start !== start) return
  try {
    process.kill(pid, signal)
  } catch (cause) {
    // It ended by itself (ESRCH), or is another user's (EPERM): who is left is seen at the next look.
    const { code } = cause as NodeJS.ErrnoException
    if (code !== 'ESRCH' && code !== 'EPERM') throw cause
  }
}
