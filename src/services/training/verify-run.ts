import { SallyportError } from '../../ground/lang/index.ts'
import type { RunFiles, RunInputs, TrainingRunPredicate } from '../../trust/evidence/index.ts'
import { type ComparableRun, compareRuns, type RunComparison } from './compare-runs.ts'
import { maskEnvironment } from './mask-secrets.ts'
import type { TrainRequest } from './plan-run.ts'
import type { FileHasher, LookAround } from './ports.ts'
import { describeFiles, resolveIn } from './run-files.ts'

/** What comparing a run with the present stands on. */
export interface VerifyDeps {
  readonly files: FileHasher
  readonly lookAround: LookAround
}

/**
 * A run's record against what is there now: data, base model and products hashed again, code, locks and packages read
 * again.
 * @throws SallyportError `BAD_INPUT` when the run's folder is gone
 */
export async function compareWithNow(
  deps: VerifyDeps,
  run: TrainingRunPredicate,
  environment: TrainRequest['environment'],
): Promise<RunComparison> {
  if (!(await deps.files.exists(run.folder)))
    throw new SallyportError('BAD_INPUT', `the folder of the run, ${run.folder}, is not here`)
  const around = await deps.lookAround({ folder: run.folder, command: run.command, environment })
  const { baseModel } = run.inputs
  const baseNow = baseModel === undefined ? undefined : await hashAgain(deps, run.folder, baseModel)
  const now: RunInputs = {
    datasets: await hashAll(deps, run.folder, run.inputs.datasets),
    ...(baseNow === undefined ? {} : { baseModel: baseNow }),
    ...(around.code === undefined ? {} : { code: around.code }),
    locks: around.locks,
    ...(around.packages === undefined ? {} : { packages: around.packages }),
    ...(around.container === undefined ? {} : { container: around.container }),
    versions: around.versions,
    environment: maskEnvironment(environment, Object.keys(run.inputs.environment)),
    // What the run was told is not to be seen from outside.
    ...(run.inputs.seed === undefined ? {} : { seed: run.inputs.seed }),
  }
  const products = await hashAll(deps, run.folder, run.products)
  return compareRuns(run, { command: run.command, inputs: now, products } satisfies ComparableRun)
}

async function hashAll(
  deps: VerifyDeps,
  folder: string,
  all: readonly RunFiles[],
): Promise<readonly RunFiles[]> {
  const found: RunFiles[] = []
  for (const one of all) {
    const again = await hashAgain(deps, folder, one)
    if (again !== undefined) found.push(again)
  }
  return found
}

/** Undefined when it is gone; what was named by its digest only is what it was. */
async function hashAgain(deps: VerifyDeps, folder: string, one: RunFiles): Promise<RunFiles | undefined> {
  if (one.path === undefined) return one
  const at = resolveIn(folder, one.path)
  if (!(await deps.files.exists(at))) return undefined
  return { ...describeFiles(one.path, await deps.files.hash(at)), name: one.name }
}

/**
 * The same run, to be asked for again.
 * @throws SallyportError `NOT_SUPPORTED` when its command held a secret, or it never began
 */
export function requestOfRun(
  run: TrainingRunPredicate,
  more: Pick<TrainRequest, 'environment' | 'graceMs' | 'waitForAll' | 'outputToError'>,
): TrainRequest {
  if (run.command.some((arg) => arg.includes('***')))
    throw new SallyportError(
      'NOT_SUPPORTED',
      'its command held a secret, which the record masks: run it by hand with sallyport train',
    )
  if (run.outcome === 'denied')
    throw new SallyportError('NOT_SUPPORTED', 'it was denied, so there is nothing to run again')
  const { datasets, baseModel, seed, environment } = run.inputs
  const base = baseModel?.path ?? baseModel?.digest
  return {
    name: run.name,
    command: run.command,
    folder: run.folder,
    recordVariables: Object.keys(environment),
    budget: run.budget,
    datasets: datasets.map(({ path, digest }) => path ?? digest),
    ...(base === undefined ? {} : { baseModel: base }),
    outputs: run.products.flatMap(({ path }) => (path === undefined ? [] : [path])),
    ...(run.metrics === undefined ? {} : { metrics: run.metrics.path }),
    ...(seed === undefined ? {} : { seed }),
    ...more,
  }
}
