import type { RunBudget, RunCoverage, RunResources } from '../../trust/evidence/index.ts'
import { type BudgetState, budgetStates } from './budget.ts'
import { NO_RESOURCES } from './no-resources.ts'
import type { CommandEnd, GpuMeter, ProcessTree, RunJournal } from './ports.ts'
import { MAX_DESTINATIONS, type StopReason, sampleEveryMs } from './run-journal.ts'

/** Milliseconds between two looks; the first ones come sooner, for children that cut themselves loose at once. */
const LOOK_MS = 1000
const FIRST_LOOKS_MS = [50, 150, 300, 500] as const
/** Near a limit, so that it is not passed by much. */
const NEAR_SHARE = 0.95
const NEAR_MS = 250
/** Milliseconds between two looks at connections and at exact memory, which cost more. */
const SLOW_LOOK_MS = 5000
/** Milliseconds between two writes that wait for the disk. */
const DURABLE_MS = 10_000
/** Share of the memory limit from which shared pages are counted exactly. */
const EXACT_SHARE = 0.7

/** What happens to a run, for whoever watches. */
export type RunEvent =
  | { readonly kind: 'usage'; readonly resources: RunResources; readonly states: readonly BudgetState[] }
  | { readonly kind: 'warned'; readonly state: BudgetState }
  | { readonly kind: 'stopping'; readonly why: StopReason; readonly graceMs: number }
  | { readonly kind: 'killed'; readonly processes: readonly string[] }
  | { readonly kind: 'left-behind'; readonly processes: readonly string[]; readonly graceMs: number }

/** A command under watch. */
export interface WatchDeps {
  readonly tree: ProcessTree
  readonly ended: Promise<CommandEnd>
  readonly gpus: GpuMeter
  readonly journal: RunJournal
  readonly now: () => number
  readonly sleep: (ms: number) => Promise<void>
  /** Calls back for every signal that tells this process to stop; gives back how to stop listening. */
  readonly onSignal: (heard: (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGQUIT') => void) => () => void
  readonly onEvent: (event: RunEvent) => void
}

/** How a watched run is to be held. */
export interface WatchOptions {
  readonly budget: RunBudget
  /** Milliseconds between the request to end and the end. */
  readonly graceMs: number
  /** True to wait for everything that the command started, and not to stop it when the command has ended. */
  readonly waitForAll: boolean
}

/** How a watched run ended. */
export interface WatchedEnd extends CommandEnd {
  readonly stopped?: StopReason
  readonly resources: RunResources
}

/**
 * Watches a command to its end: measures its tree, warns, and stops all of it at a hard limit, first with a request, then
 * by force. The journal holds at every moment what is known. Nothing that the command wrote is touched.
 */
export async function superviseRun(deps: WatchDeps, options: WatchOptions): Promise<WatchedEnd> {
  const watch = new Watch(deps, options)
  const forget = deps.onSignal((signal) => watch.stop({ kind: 'signal', signal }))
  try {
    return await watch.run()
  } finally {
    forget()
    deps.gpus.close()
    deps.tree.close()
  }
}

class Watch {
  readonly #deps: WatchDeps
  readonly #options: WatchOptions
  readonly #startedAt: number
  readonly #warned = new Set<string>()
  readonly #destinations = new Set<string>()
  readonly #gpuMs = new Map<string, { heldMs: number; peakMemoryBytes: number }>()
  #hasGpus = false
  #ended: CommandEnd | undefined
  #stopped: StopReason | undefined
  /** When everything that is left is ended by force. */
  #killAt: number | undefined
  #peakMemory = 0
  #peakProcesses = 0
  #lastAt: number
  #lastSample = 0
  #lastSlow = 0
  #lastDurable = 0
  #resources: RunResources
  #exactMemory: number | undefined

  constructor(deps: WatchDeps, options: WatchOptions) {
    this.#deps = deps
    this.#options = options
    this.#startedAt = deps.now()
    this.#lastAt = this.#startedAt
    this.#resources = NO_RESOURCES
    void deps.ended.then((end) => {
      this.#ended = end
    })
  }

  async run(): Promise<WatchedEnd> {
    for (let looks = 0; ; looks++) {
      const isEmpty = this.#look() === 0
      if (this.#ended !== undefined && (isEmpty || this.#isGivenUp())) break
      this.#holdLeftBehind(isEmpty)
      await this.#pause(FIRST_LOOKS_MS[looks] ?? LOOK_MS)
    }
    const end = { ...this.#ended, ...(this.#stopped === undefined ? {} : { stopped: this.#stopped }) }
    const line = { kind: 'end' as const, at: this.#deps.now(), resources: this.#resources }
    this.#deps.journal.append({ ...line, ...this.#ended, coverage: this.#coverage() }, true)
    return { ...end, resources: this.#resources }
  }

  /** Asks everything to end; what is there still after the grace is ended by force. A second request means at once. */
  stop(why: StopReason): void {
    const now = this.#deps.now()
    if (this.#stopped !== undefined) {
      if (why.kind === 'signal') this.#killAt = now
      return
    }
    this.#stopped = why
    this.#killAt = now + this.#options.graceMs
    this.#deps.journal.append({ kind: 'stopping', at: now, why }, true)
    this.#deps.onEvent({ kind: 'stopping', why, graceMs: this.#options.graceMs })
    this.#deps.tree.signal(why.kind === 'signal' ? (why.signal as 'SIGTERM') : 'SIGTERM')
  }

  /** Sleeps, but not past the end of the command, a limit of time, or the end of the grace. */
  async #pause(ms: number): Promise<void> {
    const now = this.#deps.now()
    const { wallMs, warnAt } = this.#options.budget
    const ends = [warnAt, 1].map((share) => this.#startedAt + (wallMs ?? Number.NaN) * share - now)
    const limits = [
      ms,
      ...(this.#killAt === undefined ? [] : [this.#killAt - now]),
      ...(this.#stopped === undefined ? ends.filter((left) => left > 0) : []),
      ...(this.#isNear() ? [NEAR_MS] : []),
    ]
    const sleeping = this.#deps.sleep(Math.max(20, Math.min(...limits)))
    await (this.#ended === undefined ? Promise.race([sleeping, this.#deps.ended]) : sleeping)
  }

  #isNear(): boolean {
    return (budgetStates(this.#options.budget, this.#usage())[0]?.share ?? 0) > NEAR_SHARE
  }

  #usage() {
    const { wallMs, cpuUserMs, cpuSystemMs, gpuMs } = this.#resources
    return { wallMs, gpuMs, cpuMs: cpuUserMs + cpuSystemMs, memoryBytes: this.#exactMemory ?? 0 }
  }

  /** Measures, writes down, judges. @returns how many processes there are */
  #look(): number {
    const { tree, now } = this.#deps
    const at = now()
    const sample = tree.sample()
    const isSlowLook = at - this.#lastSlow >= SLOW_LOOK_MS || this.#lastSlow === 0
    if (isSlowLook) this.#lastSlow = at
    if (sample.processes > 0) this.#noteGpus(new Set(sample.members.map(({ pid }) => pid)), at)
    const memory = this.#memory(sample.memoryBytes, isSlowLook)
    this.#peakMemory = Math.max(this.#peakMemory, memory)
    this.#peakProcesses = Math.max(this.#peakProcesses, sample.processes)
    this.#lastAt = at
    this.#resources = this.#resourcesAt(at, sample)
    if (isSlowLook || at - this.#startedAt < SLOW_LOOK_MS) this.#noteDestinations(at)
    this.#write(at, memory, sample.members)
    this.#judge()
    return sample.processes
  }

  /** Shared pages are counted exactly only where it decides something. */
  #memory(roughBytes: number, isSlowLook: boolean): number {
    const limit = this.#options.budget.memoryBytes
    if (limit === undefined || roughBytes < limit * EXACT_SHARE) this.#exactMemory = roughBytes
    else if (isSlowLook || (this.#exactMemory ?? 0) < limit * EXACT_SHARE || roughBytes > limit)
      this.#exactMemory = this.#deps.tree.exactMemory()
    return this.#exactMemory ?? roughBytes
  }

  #resourcesAt(at: number, sample: ReturnType<ProcessTree['sample']>): RunResources {
    const held = [...this.#gpuMs.values()].reduce((sum, { heldMs }) => sum + heldMs, 0)
    return {
      wallMs: Math.round(at - this.#startedAt),
      cpuUserMs: sample.cpuUserMs,
      cpuSystemMs: sample.cpuSystemMs,
      gpuMs: Math.round(held),
      peakMemoryBytes: this.#peakMemory,
      readBytes: sample.readBytes,
      writtenBytes: sample.writtenBytes,
      peakProcesses: this.#peakProcesses,
      tracking: this.#deps.tree.cgroup === undefined ? 'processes' : 'cgroup',
      ...(this.#hasGpus ? { gpus: this.#gpuList() } : {}),
    }
  }

  #gpuList() {
    return [...this.#gpuMs]
      .map(([id, { heldMs, peakMemoryBytes }]) => ({ id, heldMs: Math.round(heldMs), peakMemoryBytes }))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  #noteGpus(pids: ReadonlySet<number>, at: number): void {
    const held = this.#deps.gpus.held(pids)
    if (held === undefined) return
    this.#hasGpus = true
    for (const { id, memoryBytes } of held) {
      const before = this.#gpuMs.get(id) ?? { heldMs: 0, peakMemoryBytes: 0 }
      this.#gpuMs.set(id, {
        heldMs: before.heldMs + (at - this.#lastAt),
        peakMemoryBytes: Math.max(before.peakMemoryBytes, memoryBytes),
      })
    }
  }

  #noteDestinations(at: number): void {
    const fresh = this.#deps.tree.destinations().filter((one) => !this.#destinations.has(one))
    const kept = fresh.slice(0, MAX_DESTINATIONS - this.#destinations.size)
    for (const one of kept) this.#destinations.add(one)
    if (kept.length > 0) this.#deps.journal.append({ kind: 'egress', at, to: kept }, false)
  }

  #write(at: number, memoryBytes: number, members: ReturnType<ProcessTree['sample']>['members']): void {
    if (at - this.#lastSample < sampleEveryMs(at - this.#startedAt) && this.#lastSample !== 0) return
    this.#lastSample = at
    const isDurable = at - this.#lastDurable >= DURABLE_MS
    if (isDurable) this.#lastDurable = at
    const kept = members.slice(0, MAX_MEMBERS)
    const line = { kind: 'sample' as const, at, resources: this.#resources, memoryBytes, members: kept }
    this.#deps.journal.append(line, isDurable)
  }

  #judge(): void {
    const states = budgetStates(this.#options.budget, this.#usage())
    this.#deps.onEvent({ kind: 'usage', resources: this.#resources, states })
    for (const state of states) {
      if (state.share < this.#options.budget.warnAt || this.#warned.has(state.limit)) continue
      this.#warned.add(state.limit)
      this.#deps.journal.append({ kind: 'warned', at: this.#deps.now(), ...state }, false)
      this.#deps.onEvent({ kind: 'warned', state })
    }
    const [worst] = states
    // A run that is ending anyway is not stopped once more for the moment that it takes.
    if (worst !== undefined && worst.share >= 1 && this.#stopped === undefined && !this.#isDone())
      this.stop({ kind: 'budget', limit: worst.limit })
    this.#forceIfDue()
  }

  #isDone(): boolean {
    return this.#ended !== undefined && this.#killAt === undefined && !this.#options.waitForAll
  }

  #forceIfDue(): void {
    if (this.#killAt === undefined || this.#deps.now() < this.#killAt || this.#deps.tree.isEmpty()) return
    this.#deps.onEvent({ kind: 'killed', processes: this.#deps.tree.names() })
    this.#deps.tree.kill()
    this.#killAt = this.#deps.now() + KILL_AGAIN_MS
    this.#forced += 1
  }

  #forced = 0

  /** Members that not even force ends (they hang in the kernel, or belong to another user) do not hold us for ever. */
  #isGivenUp(): boolean {
    return this.#forced > MAX_FORCED
  }

  /** The command has ended and left others running: they get the grace, unless they are to be waited for. */
  #holdLeftBehind(isEmpty: boolean): void {
    if (isEmpty || this.#ended === undefined || this.#killAt !== undefined || this.#options.waitForAll) return
    const processes = this.#deps.tree.names()
    if (processes.length === 0) return
    const at = this.#deps.now()
    this.#killAt = at + this.#options.graceMs
    this.#deps.journal.append({ kind: 'left-behind', at, processes }, false)
    this.#deps.onEvent({ kind: 'left-behind', processes, graceMs: this.#options.graceMs })
    this.#deps.tree.signal('SIGTERM')
  }

  #coverage(): readonly RunCoverage[] {
    const gpu: RunCoverage = this.#hasGpus
      ? {
          what: 'gpu',
          status: 'full',
          reason: 'GPUs that members hold, as nvidia-smi lists them every few seconds',
        }
      : { what: 'gpu', status: 'none', reason: 'no nvidia-smi answered' }
    return [...this.#deps.tree.coverage(), gpu]
  }
}

/** Milliseconds between two rounds of force. */
const KILL_AGAIN_MS = 1000
/** Rounds of force before a tree is given up, which the record says. */
const MAX_FORCED = 10
/** Members written down with a sample, so that a dead wrapper's tree is found again. */
const MAX_MEMBERS = 500
