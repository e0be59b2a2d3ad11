import type { Severity, Verdict } from '../../ground/domain/index.ts'

/** A training run as its record tells of it; what a statement holds beside this is not judged. */
export interface RunView {
  readonly name: string
  readonly outcome: string
  /** RFC 3339. */
  readonly startedAt: string
  readonly host: string
  readonly user: string
  readonly resources: {
    readonly wallMs: number
    readonly cpuUserMs: number
    readonly cpuSystemMs: number
    readonly gpuMs: number
  }
  readonly inputs: {
    readonly datasets: readonly { readonly name: string; readonly digest: string }[]
    readonly baseModel?: { readonly name: string; readonly digest: string }
    readonly code?: { readonly commit: string; readonly changes?: string; readonly remote?: string }
    readonly packages?: { readonly names: readonly string[] }
    readonly locks: readonly { readonly path: string; readonly digest: string }[]
  }
  readonly egress: readonly string[]
}

/** A run with what is known around it. */
export interface RunCase {
  readonly run: RunView
  /** Earlier runs of the same name, oldest first. */
  readonly history: readonly RunView[]
  /** Names of data sets that no current vetting speaks for, where policy asks for one. */
  readonly unvetted: readonly string[]
  /** Names of data sets whose files were written to while the run read them. */
  readonly touched: readonly string[]
  /** Processes that were still there when the command had ended. */
  readonly leftBehind: readonly string[]
  /** Which limit ended it. */
  readonly exceeded?: string
  /** A secret stood on the command line. */
  readonly hadSecret: boolean
}

/** One idea of what is wrong with a run, with its own proof. */
export interface TrainingRule {
  readonly id: string
  readonly severity: Severity
  readonly verdict: Verdict
  readonly title: string
  readonly source: string
  readonly taxonomy: readonly string[]
  readonly remedy: string
  readonly examples: { readonly fires: readonly RunCase[]; readonly silent: readonly RunCase[] }
  /** One sentence for each thing that is wrong. */
  readonly check: (kase: RunCase) => readonly string[]
}

const HOUR_MS = 3_600_000

/** A plain run, changed where an example needs it. */
export function exampleRun(change: Partial<RunView> = {}): RunView {
  return {
    name: 'nightly',
    outcome: 'finished',
    startedAt: '2026-11-17T02:00:00.000Z',
    host: 'trainer-1',
    user: 'local:0123456789abcdef',
    resources: { wallMs: HOUR_MS, cpuUserMs: 2 * HOUR_MS, cpuSystemMs: 0, gpuMs: HOUR_MS },
    inputs: {
      datasets: [{ name: 'reviews', digest: `sha256:${'a'.repeat(64)}` }],
      baseModel: { name: 'bert', digest: `sha256:${'b'.repeat(64)}` },
      code: { commit: 'c'.repeat(40), remote: 'https://git.example.org/team/train.git' },
      packages: { names: ['numpy==2.1.0', 'torch==2.9.0'] },
      locks: [{ path: 'requirements.txt', digest: `sha256:${'d'.repeat(64)}` }],
    },
    egress: ['192.0.2.10:443/tcp'],
    ...change,
  }
}

/** A case of one run, after five plain ones in the nights before. */
export function exampleCase(change: Partial<RunCase> = {}): RunCase {
  const history = [10, 11, 12, 13, 16].map((day) =>
    exampleRun({ startedAt: `2026-11-${day}T02:0${day % 10}:00.000Z` }),
  )
  return {
    run: exampleRun(),
    history,
    unvetted: [],
    touched: [],
    leftBehind: [],
    hadSecret: false,
    ...change,
  }
}
