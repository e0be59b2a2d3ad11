import type { Digest } from '../../ground/domain/index.ts'
import type { RunBudget, RunCoverage, RunInputs, RunResources } from '../../trust/evidence/index.ts'
import type { BudgetLimit } from './budget.ts'

/** What was decided and known before a run began: the first line of its journal. */
export interface RunPlan {
  readonly id: string
  readonly name: string
  /** Secrets masked. */
  readonly command: readonly string[]
  /** True when masking changed the command: it cannot be run again from its record. */
  readonly isMasked: boolean
  readonly folder: string
  readonly host: string
  readonly user: string
  readonly plannedAt: string
  readonly budget: RunBudget
  readonly graceMs: number
  readonly inputs: RunInputs
  readonly outputs: readonly string[]
  readonly metrics?: string
  readonly admission?: RunAdmission
  /** Names, sizes and times of the files of each data set, hashed: whether they were touched while it ran. */
  readonly dataStamps: Readonly<Record<string, string>>
  readonly coverage: readonly RunCoverage[]
}

/** What policy said of a run before it began. */
export interface RunAdmission {
  readonly outcome: 'allow' | 'review' | 'deny'
  readonly reasons: readonly string[]
  /** Data sets that no current vetting speaks for. */
  readonly unvetted: readonly Digest[]
  readonly policy: { readonly name: string; readonly digest: Digest }
}

/** One process, so that another one with its number is not taken for it. */
export interface ProcessMark {
  readonly pid: number
  /** Clock ticks since boot at which it began (`/proc/PID/stat`, field 22). */
  readonly start: number
}

/** One line of a run's journal. Times are milliseconds since 1970. */
export type RunLine =
  | { readonly kind: 'plan'; readonly plan: RunPlan }
  | {
      readonly kind: 'begun'
      readonly at: number
      readonly root: ProcessMark
      readonly boot: string
      readonly cgroup?: string
    }
  | {
      readonly kind: 'sample'
      readonly at: number
      readonly resources: RunResources
      readonly memoryBytes: number
      readonly members: readonly ProcessMark[]
    }
  | { readonly kind: 'egress'; readonly at: number; readonly to: readonly string[] }
  | { readonly kind: 'warned'; readonly at: number; readonly limit: BudgetLimit; readonly share: number }
  | { readonly kind: 'stopping'; readonly at: number; readonly why: StopReason }
  | { readonly kind: 'left-behind'; readonly at: number; readonly processes: readonly string[] }
  | {
      readonly kind: 'end'
      readonly at: number
      readonly code?: number
      readonly signal?: string
      readonly resources: RunResources
      readonly coverage: readonly RunCoverage[]
    }

/** Why a run was told to stop. */
export type StopReason =
  | { readonly kind: 'budget'; readonly limit: BudgetLimit }
  | { readonly kind: 'signal'; readonly signal: string }

/** A journal read again, whole or broken off. */
export interface RunJournalFacts {
  readonly plan: RunPlan
  readonly begun?: Extract<RunLine, { kind: 'begun' }>
  readonly samples: readonly Extract<RunLine, { kind: 'sample' }>[]
  readonly egress: readonly string[]
  readonly warned: readonly Extract<RunLine, { kind: 'warned' }>[]
  readonly stopping?: Extract<RunLine, { kind: 'stopping' }>
  readonly leftBehind: readonly string[]
  readonly end?: Extract<RunLine, { kind: 'end' }>
  /** Lines that could not be read: a write that a power loss cut, or damage. */
  readonly brokenLines: number
}

/** Destinations kept of one run; a run that speaks with more is said to do so, not listed whole. */
export const MAX_DESTINATIONS = 256
/** Samples read of one journal; the writer slows down long before. */
const MAX_SAMPLES = 200_000

/** A journal of a week must stay small: the longer a run has lasted, the rarer its samples. */
export function sampleEveryMs(ageMs: number): number {
  if (ageMs < 120_000) return 1000
  if (ageMs < 3_600_000) return 10_000
  return ageMs < 86_400_000 ? 60_000 : 300_000
}

/** One line as it is written. */
export function writeRunLine(line: RunLine): string {
  return `${JSON.stringify(line)}\n`
}

/**
 * Reads a journal again, also one that was cut anywhere: lines that cannot be read are counted, what stood before stays.
 * Undefined when not even the plan can be read.
 */
export function foldRunJournal(text: string): RunJournalFacts | undefined {
  let brokenLines = 0
  const lines: RunLine[] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    const read = readLine(line)
    if (read === undefined) brokenLines += 1
    else lines.push(read)
  }
  const [first] = lines
  if (first?.kind !== 'plan') return undefined
  const of = <K extends RunLine['kind']>(kind: K) =>
    lines.filter((line): line is Extract<RunLine, { kind: K }> => line.kind === kind)
  const [begun] = of('begun')
  const [stopping] = of('stopping')
  const [end] = of('end')
  return {
    plan: first.plan,
    samples: of('sample').slice(-MAX_SAMPLES),
    egress: [...new Set(of('egress').flatMap(({ to }) => to))].sort().slice(0, MAX_DESTINATIONS),
    warned: of('warned'),
    leftBehind: of('left-behind').flatMap(({ processes }) => processes),
    brokenLines,
    ...(begun === undefined ? {} : { begun }),
    ...(stopping === undefined ? {} : { stopping }),
    ...(end === undefined ? {} : { end }),
  }
}

function readLine(line: string): RunLine | undefined {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined // Counted by the caller: a cut line is told apart from none.
  }
  if (typeof value !== 'object' || value === null) return undefined
  const fields = value as Readonly<Record<string, unknown>>
  const check = typeof fields.kind === 'string' ? SHAPES[fields.kind as RunLine['kind']] : undefined
  // What the shapes leave open is checked by the schema of the statement before anything is sealed.
  return check?.(fields) === true ? (value as RunLine) : undefined
}

type Fields = Readonly<Record<string, unknown>>
const isTimed = ({ at }: Fields) => typeof at === 'number' && Number.isFinite(at)
const isTexts = (value: unknown) => Array.isArray(value) && value.every((item) => typeof item === 'string')
const isMark = (value: unknown) =>
  isObject(value) && Number.isSafeInteger(value.pid) && Number.isSafeInteger(value.start)

const SHAPES: Readonly<Record<RunLine['kind'], (fields: Fields) => boolean>> = {
  plan: ({ plan }) => isObject(plan) && isPlan(plan),
  begun: (line) => isTimed(line) && isMark(line.root) && typeof line.boot === 'string',
  sample: (line) =>
    isTimed(line) &&
    isResources(line.resources) &&
    typeof line.memoryBytes === 'number' &&
    Array.isArray(line.members) &&
    line.members.every(isMark),
  egress: (line) => isTimed(line) && isTexts(line.to),
  warned: (line) => isTimed(line) && typeof line.limit === 'string' && typeof line.share === 'number',
  stopping: (line) => isTimed(line) && isObject(line.why) && isStopReason(line.why),
  'left-behind': (line) => isTimed(line) && isTexts(line.processes),
  end: (line) => isTimed(line) && isResources(line.resources) && Array.isArray(line.coverage),
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isStopReason(why: Fields): boolean {
  return (
    (why.kind === 'budget' && typeof why.limit === 'string') ||
    (why.kind === 'signal' && typeof why.signal === 'string')
  )
}

const TEXTS = ['id', 'name', 'folder', 'host', 'user', 'plannedAt']

function isPlan(plan: Fields): boolean {
  return (
    TEXTS.every((name) => typeof plan[name] === 'string') &&
    isTexts(plan.command) &&
    isTexts(plan.outputs) &&
    typeof plan.graceMs === 'number' &&
    Array.isArray(plan.coverage) &&
    isObject(plan.budget) &&
    isObject(plan.dataStamps) &&
    isObject(plan.inputs) &&
    Array.isArray(plan.inputs.datasets) &&
    Array.isArray(plan.inputs.locks)
  )
}

const COUNTS = ['wallMs', 'cpuUserMs', 'cpuSystemMs', 'gpuMs', 'peakMemoryBytes', 'readBytes', 'writtenBytes']

function isResources(value: unknown): boolean {
  return isObject(value) && COUNTS.every((name) => Number.isFinite(value[name]))
}
