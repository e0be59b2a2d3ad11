import type { ProcessStat } from './proc-files.ts'
import { readProc, TICK_MS } from './proc-files.ts'

/** Two sums of the same thing that each miss something else; the larger is nearer to the truth. */
interface Pair {
  user: number
  system: number
}

/**
 * Adds up what a tree has used. Processor time is counted twice: by what each member was seen to use (which misses the
 * last moments of short lives), and by what parents were told of children they waited for (which misses children that
 * nobody waits for). The larger of the two counts, and it never falls.
 */
export class TreeMeter {
  readonly #pageBytes: number
  /** Own time of members that ended, as seen last. */
  readonly #endedOwn: Pair = { user: 0, system: 0 }
  /** Own time and that of awaited children, of members whose parent was no member when they ended. */
  readonly #endedWhole: Pair = { user: 0, system: 0 }
  readonly #most: Pair = { user: 0, system: 0 }
  readonly #io = new Map<number, { readonly read: number; readonly written: number }>()
  #endedRead = 0
  #endedWritten = 0
  #mostRead = 0
  #mostWritten = 0
  #parents = new Set<number>()

  constructor() {
    this.#pageBytes = pageBytes()
  }

  /** Takes in one look at the tree. */
  note(members: readonly ProcessStat[], gone: readonly ProcessStat[]): void {
    for (const stat of gone) this.#end(stat)
    this.#parents = new Set(members.map(({ pid }) => pid))
    for (const { pid } of members) this.#readIo(pid)
    const own = sum(members, (stat) => [stat.user, stat.system])
    const whole = sum(members, (stat) => [stat.user + stat.childrenUser, stat.system + stat.childrenSystem])
    const larger = (key: keyof Pair) =>
      Math.max(this.#most[key], own[key] + this.#endedOwn[key], whole[key] + this.#endedWhole[key])
    this.#most.user = larger('user')
    this.#most.system = larger('system')
    const io = [...this.#io.values()]
    const total = (key: 'read' | 'written') => io.reduce((bytes, one) => bytes + one[key], 0)
    this.#mostRead = Math.max(this.#mostRead, total('read') + this.#endedRead)
    this.#mostWritten = Math.max(this.#mostWritten, total('written') + this.#endedWritten)
  }

  /** The exact time of a member that we waited for ourselves, with all that it waited for. Milliseconds. */
  noteWaited(exact: { readonly userMs: number; readonly systemMs: number }): void {
    this.#most.user = Math.max(this.#most.user, exact.userMs / TICK_MS)
    this.#most.system = Math.max(this.#most.system, exact.systemMs / TICK_MS)
  }

  get cpu(): { readonly userMs: number; readonly systemMs: number } {
    return {
      userMs: Math.round(this.#most.user * TICK_MS),
      systemMs: Math.round(this.#most.system * TICK_MS),
    }
  }

  get io(): { readonly readBytes: number; readonly writtenBytes: number } {
    return { readBytes: this.#mostRead, writtenBytes: this.#mostWritten }
  }

  /** Pages that several members share count for each of them: never less than the truth. */
  residentBytes(members: readonly ProcessStat[]): number {
    return members.reduce((pages, { resident }) => pages + resident, 0) * this.#pageBytes
  }

  #end(stat: ProcessStat): void {
    this.#endedOwn.user += stat.user
    this.#endedOwn.system += stat.system
    const io = this.#io.get(stat.pid)
    this.#io.delete(stat.pid)
    // A member parent that waited for it has it in its own sums now.
    if (this.#parents.has(stat.parent)) return
    this.#endedWhole.user += stat.user + stat.childrenUser
    this.#endedWhole.system += stat.system + stat.childrenSystem
    this.#endedRead += io?.read ?? 0
    this.#endedWritten += io?.written ?? 0
  }

  #readIo(pid: number): void {
    const text = readProc(`/proc/${pid}/io`)
    if (text === undefined) return
    const value = (name: string) => Number(new RegExp(`^${name}: ([0-9]+)$`, 'm').exec(text)?.[1] ?? 0)
    this.#io.set(pid, { read: value('read_bytes'), written: value('write_bytes') })
  }
}

function sum(members: readonly ProcessStat[], of: (stat: ProcessStat) => readonly [number, number]): Pair {
  const total = { user: 0, system: 0 }
  for (const stat of members) {
    const [user, system] = of(stat)
    total.user += user
    total.system += system
  }
  return total
}

/** Node has no word for it: our own memory in bytes, by our own memory in pages, is a power of two (4 KiB, or 16 or 64 on ARM). */
function pageBytes(): number {
  const pages = Number(readProc('/proc/self/statm')?.split(' ')[1])
  const bytes = process.memoryUsage.rss()
  return pages > 0 ? 2 ** Math.round(Math.log2(bytes / pages)) : 4096
}
