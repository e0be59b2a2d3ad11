import type { Digest } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { TrainingRunPredicate } from '../../trust/evidence/index.ts'
import { NO_RESOURCES } from './no-resources.ts'
import { type PlanDeps, planRun, type TrainRequest } from './plan-run.ts'
import type { GpuMeter, ProcessTrees } from './ports.ts'
import type { RunPlan } from './run-journal.ts'
import { runDigest } from './seal-run.ts'
import { type SettleDeps, settleRun } from './settle-run.ts'
import { type RunEvent, superviseRun, type WatchDeps, type WatchedEnd } from './supervise-run.ts'

/** What a training run stands on. */
export interface TrainDeps extends PlanDeps, SettleDeps, Pick<WatchDeps, 'onSignal' | 'sleep'> {
  readonly trees: ProcessTrees
  readonly gpus: () => GpuMeter
  /** The number of a signal, for the exit code. */
  readonly numberOfSignal: (signal: string) => number
}

/** What happens on the way, for whoever watches. */
export type TrainEvent =
  | RunEvent
  | { readonly kind: 'begun'; readonly plan: RunPlan }
  | { readonly kind: 'ended' }

/** How a run came out. */
export interface TrainResult {
  readonly record: TrainingRunPredicate
  /** The subject of statements about the run. */
  readonly digest: Digest
  /** The command's own; 124 when a budget stopped it, 128 and the signal's number when a signal did, 1 when policy denied it. */
  readonly exitCode: number
}

/** What `timeout` of coreutils gives back for a command that it had to stop. */
const EXIT_BUDGET = 124
const EXIT_DENIED = 1
/** What a shell gives back for a command that cannot be started. */
const EXIT_CANNOT_START = 126
const SIGNAL_BASE = 128

/**
 * Runs a command under watch and seals what came of it. The home is not held meanwhile: statements go to the outbox.
 * @throws SallyportError `BAD_INPUT` for what cannot be planned or started, `STORE_FAILED`
 */
export async function trainRun(
  deps: TrainDeps,
  request: TrainRequest,
  onEvent: (event: TrainEvent) => void,
): Promise<TrainResult> {
  const plan = await planRun(deps, request)
  const journal = deps.store.begin(plan)
  let end: WatchedEnd | undefined
  try {
    if (plan.admission?.outcome !== 'deny') {
      onEvent({ kind: 'begun', plan })
      end = await watch(deps, { request, plan, journal, onEvent })
    }
  } finally {
    journal.close()
  }
  onEvent({ kind: 'ended' })
  const record = await settleRun(deps, plan.id)
  if (record === undefined)
    throw new SallyportError(
      'CONFLICT',
      `run ${plan.id} was settled by somebody else; sallyport train show ${plan.id}`,
    )
  const digest = runDigest(deps.tenant, plan.id)
  return { record, digest, exitCode: end === undefined ? EXIT_DENIED : exitOf(deps, end) }
}

async function watch(
  deps: TrainDeps,
  run: {
    readonly request: TrainRequest
    readonly plan: RunPlan
    readonly journal: ReturnType<TrainDeps['store']['begin']>
    readonly onEvent: (event: TrainEvent) => void
  },
): Promise<WatchedEnd> {
  const { request, plan, journal, onEvent } = run
  const now = () => deps.now().getTime()
  const started = await deps.trees
    .start({
      args: request.command,
      folder: request.folder,
      environment: request.environment,
      runId: plan.id,
      outputToError: request.outputToError,
    })
    .catch((cause: unknown) => {
      journal.append(
        { kind: 'end', at: now(), code: EXIT_CANNOT_START, resources: NO_RESOURCES, coverage: [] },
        true,
      )
      throw cause
    })
  const { tree, ended } = started
  const cgroup = tree.cgroup === undefined ? {} : { cgroup: tree.cgroup }
  journal.append({ kind: 'begun', at: now(), root: tree.root, boot: deps.trees.boot, ...cgroup }, true)
  return superviseRun(
    {
      ...{ tree, ended, journal, now, onEvent },
      gpus: deps.gpus(),
      sleep: deps.sleep,
      onSignal: deps.onSignal,
    },
    { budget: request.budget, graceMs: request.graceMs, waitForAll: request.waitForAll },
  )
}

function exitOf(deps: TrainDeps, { stopped, code, signal }: WatchedEnd): number {
  if (stopped?.kind === 'budget') return EXIT_BUDGET
  if (stopped?.kind === 'signal') return SIGNAL_BASE + deps.numberOfSignal(stopped.signal)
  if (signal !== undefined) return SIGNAL_BASE + deps.numberOfSignal(signal)
  return code ?? EXIT_CANNOT_START
}
