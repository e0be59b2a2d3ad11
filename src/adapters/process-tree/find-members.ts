import type { ProcessMark } from '../../services/training/index.ts'
import { listProcesses, type ProcessStat, readProc, readStat } from './proc-files.ts'

/** The variable by which a run's processes are known; runs inside runs add to it with a slash. */
export const MARK = 'SALLYPORT_RUN_ID'
/** Clock ticks. A process younger than this may have been seen between fork and exec, so it is looked at again. */
const YOUNG_TICKS = 300

/**
 * Tells which processes belong to a run: children of members, members of members' sessions, and whoever carries the run's
 * mark in the environment it was started with. A process that clears its environment, leaves its session and loses its
 * parent, all between two looks, is not found: only a control group holds that one.
 */
export class MemberFinder {
  readonly #mark: string
  readonly #members = new Map<number, ProcessStat>()
  /** Sessions that members lead or led. */
  readonly #sessions = new Set<number>()
  /** Numbers that were looked at and are others' processes. */
  #strangers = new Map<number, number>()
  /** Members that ended since the last look, as they were seen last. */
  #gone: ProcessStat[] = []

  constructor(runId: string, known: readonly ProcessMark[]) {
    this.#mark = runId
    for (const { pid, start } of known) {
      const stat = readStat(pid)
      if (stat?.start === start) this.#take(stat)
    }
  }

  /** Looks again. `gone` holds each member that ended since, once. */
  look(): { readonly members: readonly ProcessStat[]; readonly gone: readonly ProcessStat[] } {
    const pids = listProcesses()
    this.#refresh()
    // Until nothing new is found: a child may have a smaller number than its parent.
    while (this.#adopt(pids)) {
      // Each round adds at least one of finitely many.
    }
    const gone = this.#gone
    this.#gone = []
    return { members: [...this.#members.values()].filter(({ state }) => state !== 'Z'), gone }
  }

  /** The same from a list that something surer has made. */
  lookAt(pids: readonly number[]): {
    readonly members: readonly ProcessStat[]
    readonly gone: readonly ProcessStat[]
  } {
    this.#refresh()
    for (const pid of pids) {
      if (this.#members.has(pid)) continue
      const stat = readStat(pid)
      if (stat !== undefined) this.#take(stat)
    }
    const gone = this.#gone
    this.#gone = []
    return { members: [...this.#members.values()].filter(({ state }) => state !== 'Z'), gone }
  }

  #refresh(): void {
    for (const [pid, before] of this.#members) {
      const stat = readStat(pid)
      if (stat?.start === before.start) this.#members.set(pid, stat)
      else {
        this.#members.delete(pid)
        this.#gone.push(before)
      }
    }
  }

  #adopt(pids: readonly number[]): boolean {
    const strangers = new Map<number, number>()
    let found = false
    for (const pid of pids) {
      if (this.#members.has(pid)) continue
      const known = this.#strangers.get(pid)
      if (known !== undefined && known > 0) {
        strangers.set(pid, known - 1)
        continue
      }
      const stat = readStat(pid)
      if (stat === undefined) continue
      if (this.#isMember(stat)) {
        this.#take(stat)
        found = true
      } else strangers.set(pid, this.#patience(stat))
    }
    this.#strangers = strangers
    return found
  }

  /** How many looks a stranger is left alone: numbers are used again, so nobody is a stranger for ever. */
  #patience({ start }: ProcessStat): number {
    const uptime = Number(readProc('/proc/uptime')?.split(' ')[0] ?? 0) * 100
    return uptime - start < YOUNG_TICKS ? 0 : 60
  }

  #isMember({ pid, parent, session }: ProcessStat): boolean {
    if (pid === process.pid) return false
    if (this.#members.has(parent) || this.#sessions.has(session)) return true
    return carriesMark(readProc(`/proc/${pid}/environ`) ?? '', this.#mark)
  }

  #take(stat: ProcessStat): void {
    this.#members.set(stat.pid, stat)
    if (stat.session === stat.pid) this.#sessions.add(stat.session)
  }
}

/** Whether an environment, as `/proc/PID/environ` gives it, names the run. */
export function carriesMark(environ: string, runId: string): boolean {
  const value = environ.split('\0').find((pair) => pair.startsWith(`${MARK}=`)) ?? ''
  return value
    .slice(MARK.length + 1)
    .split('/')
    .includes(runId)
}
