import type { Digest, Finding, ResourceDescriptor, Verdict } from '../../ground/domain/index.ts'

/** How a training run ended; `denied` means that policy did not let it begin. */
export type RunOutcome = 'finished' | 'failed' | 'stopped-by-budget' | 'interrupted' | 'denied'

/** Hard limits of a run; what is absent is not limited. */
export interface RunBudget {
  readonly wallMs?: number
  readonly cpuMs?: number
  readonly gpuMs?: number
  readonly memoryBytes?: number
  /** Share of a limit at which the run is warned, above 0 and at most 1. */
  readonly warnAt: number
}

/** What a run used, over its whole process tree. */
export interface RunResources {
  readonly wallMs: number
  readonly cpuUserMs: number
  readonly cpuSystemMs: number
  /** Time for which the run held a GPU, summed over GPUs. */
  readonly gpuMs: number
  readonly peakMemoryBytes: number
  readonly readBytes: number
  readonly writtenBytes: number
  /** Most processes seen at one time. */
  readonly peakProcesses: number
  /** How the tree was told: by a control group of its own, or by its members' session, parents and environment. */
  readonly tracking: 'cgroup' | 'processes'
  /** GPUs that were seen; absent where no nvidia-smi answered. */
  readonly gpus?: readonly {
    readonly id: string
    readonly heldMs: number
    readonly peakMemoryBytes: number
  }[]
}

/** Files that went in or came out, by the digest of their manifest. */
export interface RunFiles {
  readonly name: string
  /** As it was given on the command line. */
  readonly path?: string
  readonly digest: Digest
  readonly omsRoot?: string
  readonly files?: number
  readonly sizeBytes?: number
}

/** Everything that a run depends on, as far as it is known. */
export interface RunInputs {
  readonly datasets: readonly RunFiles[]
  readonly baseModel?: RunFiles
  readonly code?: {
    /** Git object id. */
    readonly commit: string
    /** Digest of what differs from the commit, untracked files included; absent when nothing does. */
    readonly changes?: Digest
    /** Without user, password and query. */
    readonly remote?: string
  }
  readonly locks: readonly { readonly path: string; readonly digest: Digest }[]
  /** Installed packages, `name==version`, sorted; the list is a by-product of the run. */
  readonly packages?: { readonly count: number; readonly digest: Digest; readonly names: readonly string[] }
  readonly container?: { readonly image?: string; readonly digest?: string; readonly id?: string }
  readonly versions: Readonly<Record<string, string>>
  /** Allowed names only, secrets masked. */
  readonly environment: Readonly<Record<string, string>>
  readonly seed?: string
}

/** One thing that was looked at in a run, and how much of it was seen. */
export interface RunCoverage {
  readonly what: 'tree' | 'resources' | 'gpu' | 'egress' | 'history' | 'data' | 'packages' | 'code'
  readonly status: 'full' | 'partial' | 'none'
  readonly reason?: string
}

/** `training-run`: what ran, on what, with which resources, how it ended, and how it differs from its own history. */
export interface TrainingRunPredicate {
  readonly at: string
  /** UUIDv7 of the run. */
  readonly run: string
  readonly name: string
  readonly outcome: RunOutcome
  /** One sentence, where the outcome alone does not say it. */
  readonly reason?: string
  readonly exit?: { readonly code?: number; readonly signal?: string }
  readonly startedAt: string
  readonly finishedAt: string
  /** Secrets masked. */
  readonly command: readonly string[]
  readonly folder: string
  readonly host: string
  /** Pseudonymous. */
  readonly user: string
  readonly budget: RunBudget
  readonly resources: RunResources
  readonly inputs: RunInputs
  readonly products: readonly RunFiles[]
  readonly metrics?: { readonly path: string; readonly digest: Digest; readonly values?: unknown }
  /** `address:port/protocol` outside this machine, as far as sampling saw them. */
  readonly egress: readonly string[]
  readonly series?: { readonly digest: Digest; readonly points: number }
  /** What policy said before it began; absent where policy says nothing of training. */
  readonly admission?: {
    readonly outcome: 'allow' | 'review' | 'deny'
    readonly reasons: readonly string[]
    readonly policy: { readonly name: string; readonly digest: Digest }
  }
  readonly historyRuns: number
  readonly findings: readonly Finding[]
  readonly coverage: readonly RunCoverage[]
  /** Digest of the sealed provenance statement of the same run. */
  readonly provenance?: Digest
}

/** `data-vetting`: what a look at a data set came to; its subject is the digest of the data set's manifest. */
export interface DataVettingPredicate {
  readonly at: string
  readonly assessor: { readonly assessor: string; readonly version: string; readonly ruleSet: string }
  readonly verdict: Verdict
  readonly findings: number
  readonly coverage: { readonly status: 'full' | 'partial' | 'none'; readonly reason?: string }
  readonly byproducts?: readonly ResourceDescriptor[]
}
