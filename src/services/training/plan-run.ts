import { type Digest, parseDigest } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { RunBudget, RunCoverage, RunFiles } from '../../trust/evidence/index.ts'
import { maskCommand, maskEnvironment } from './mask-secrets.ts'
import type { FileHasher, LookAround } from './ports.ts'
import { describeFiles, resolveIn } from './run-files.ts'
import type { RunAdmission, RunPlan } from './run-journal.ts'

/** What a person asks for when they train. */
export interface TrainRequest {
  readonly name?: string
  readonly command: readonly string[]
  /** Absolute. */
  readonly folder: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Names of variables to be recorded beside the usual ones. */
  readonly recordVariables: readonly string[]
  readonly budget: RunBudget
  readonly graceMs: number
  readonly waitForAll: boolean
  /** Paths, or digests of data that stands elsewhere. */
  readonly datasets: readonly string[]
  readonly baseModel?: string
  readonly outputs: readonly string[]
  /** The command's standard output goes to standard error: ours then holds one object for a program. */
  readonly outputToError: boolean
  readonly metrics?: string
  readonly seed?: string
  readonly onProgress?: (progress: {
    readonly doneBytes: number
    readonly totalBytes: number
    readonly path?: string
  }) => void
}

/** What planning stands on. */
export interface PlanDeps {
  readonly files: FileHasher
  readonly lookAround: LookAround
  /** Finds an imported model by its name; undefined when nobody can be asked. */
  readonly findModel: (
    name: string,
  ) => Promise<{ readonly name: string; readonly digest: Digest } | undefined>
  /** What policy says of the data; undefined where it says nothing of training. */
  readonly admit: (datasets: readonly RunFiles[]) => Promise<RunAdmission | undefined>
  readonly now: () => Date
  readonly newId: () => string
}

/** Data sets and outputs of one run. */
const MAX_PATHS = 100
/** Characters of a run's name. */
const MAX_NAME = 200

/**
 * Everything that is known of a run before it begins, and whether it may begin.
 * @throws SallyportError `BAD_INPUT` for data that is not there or cannot be hashed
 */
export async function planRun(deps: PlanDeps, request: TrainRequest): Promise<RunPlan> {
  checkRequest(request)
  const { folder, command, environment } = request
  const datasets: RunFiles[] = []
  const dataStamps: Record<string, string> = {}
  for (const text of request.datasets) {
    const data = await describeInput(deps, request, text)
    datasets.push(data)
    if (data.path !== undefined) dataStamps[data.path] = await deps.files.stamp(data.path)
  }
  const baseModel =
    request.baseModel === undefined ? undefined : await findBase(deps, request, request.baseModel)
  const around = await deps.lookAround({ folder, command, environment })
  const masked = maskCommand(command)
  const admission = await deps.admit(datasets)
  return {
    id: deps.newId(),
    name: request.name ?? nameOf(masked),
    command: masked,
    isMasked: masked.some((arg, i) => arg !== command[i]),
    folder,
    host: around.host,
    user: around.user,
    plannedAt: deps.now().toISOString(),
    budget: request.budget,
    graceMs: request.graceMs,
    inputs: {
      datasets,
      ...(baseModel === undefined ? {} : { baseModel }),
      ...(around.code === undefined ? {} : { code: around.code }),
      locks: around.locks,
      ...(around.packages === undefined ? {} : { packages: around.packages }),
      ...(around.container === undefined ? {} : { container: around.container }),
      versions: around.versions,
      environment: maskEnvironment(environment, request.recordVariables),
      ...(request.seed === undefined ? {} : { seed: request.seed }),
    },
    outputs: request.outputs,
    ...(request.metrics === undefined ? {} : { metrics: request.metrics }),
    ...(admission === undefined ? {} : { admission }),
    dataStamps,
    coverage: [...around.coverage, ...noData(datasets)],
  }
}

function checkRequest({ command, datasets, outputs, name }: TrainRequest): void {
  if (command.length === 0)
    throw new SallyportError(
      'BAD_INPUT',
      'there is no command; write it behind --: sallyport train … -- python3 train.py',
    )
  if (datasets.length > MAX_PATHS || outputs.length > MAX_PATHS)
    throw new SallyportError(
      'BAD_INPUT',
      `more than ${MAX_PATHS} data sets or outputs; name the folder above them`,
    )
  if (name !== undefined && (name.trim() === '' || name.length > MAX_NAME))
    throw new SallyportError('BAD_INPUT', `the name of a run has 1 to ${MAX_NAME} characters`)
  for (const paths of [datasets, outputs]) {
    const twice = paths.find((path, i) => paths.indexOf(path) !== i)
    if (twice !== undefined) throw new SallyportError('BAD_INPUT', `${twice} is named twice`)
  }
}

/** Runs of one command are one history unless a name says otherwise: the program and its script, not their arguments. */
function nameOf(command: readonly string[]): string {
  const words = command.filter((word) => !word.startsWith('-')).slice(0, 2)
  return words
    .map((word) => word.split('/').at(-1) ?? word)
    .join(' ')
    .slice(0, MAX_NAME)
}

async function describeInput(deps: PlanDeps, request: TrainRequest, text: string): Promise<RunFiles> {
  const digest = parseDigest(text)
  if (digest.ok) return { name: text.slice(0, 19), digest: digest.value }
  const path = resolveIn(request.folder, text)
  const entries = await deps.files.hash(path, (doneBytes, totalBytes) =>
    request.onProgress?.({ doneBytes, totalBytes, path: text }),
  )
  return { ...describeFiles(text, entries), path }
}

/** A base model is a path, a digest, or the name of a model that was imported. */
async function findBase(deps: PlanDeps, request: TrainRequest, text: string): Promise<RunFiles> {
  const isElsewhere = !parseDigest(text).ok && !(await deps.files.exists(resolveIn(request.folder, text)))
  if (!isElsewhere) return describeInput(deps, request, text)
  const model = await deps.findModel(text)
  if (model !== undefined) return model
  throw new SallyportError(
    'BAD_INPUT',
    `"${text}" is neither a path nor an imported model; sallyport models lists those, and a digest always does`,
  )
}

function noData(datasets: readonly RunFiles[]): readonly RunCoverage[] {
  return datasets.length > 0
    ? []
    : [{ what: 'data', status: 'none', reason: 'no data set was named, so nobody knows what the run read' }]
}
