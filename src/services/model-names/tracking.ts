import { SallyportError } from '../../ground/lang/index.ts'
import type { NamesCaller } from './gates.ts'
import type { Experiment, NamesDeps, NotedRun, RunMetric, Tags } from './ports.ts'

/** Limits of MLflow's own store (mlflow/utils/validation.py): params, tags and metrics of one call, and characters. */
const MAX_BATCH = 1000
const MAX_KEY = 250
const MAX_VALUE = 8000
/** Params, tags or metrics of one run; experiments of one house. */
const MAX_OF_RUN = 10_000
const MAX_EXPERIMENTS = 10_000
const DEFAULT_EXPERIMENT = '0'

/** What a client changes about a run. */
export interface RunChange {
  readonly status?: string
  readonly endMs?: number
  readonly name?: string
  readonly params?: Tags
  readonly tags?: Tags
  readonly metrics?: Readonly<Record<string, RunMetric>>
}

/** As much of MLflow's tracking as a client needs to register from a run. The newest value of a metric is kept, no history. */
export interface Tracking {
  experiment(by: { readonly id: string } | { readonly name: string }): Experiment
  experiments(): readonly Experiment[]
  createExperiment(name: string, tags: Tags): Experiment
  createRun(
    draft: { experimentId: string; name?: string; startMs?: number; tags: Tags },
    caller: NamesCaller,
  ): NotedRun
  run(id: string): NotedRun
  runs(experimentId: string): readonly NotedRun[]
  changeRun(id: string, change: RunChange): NotedRun
  deleteRunTag(id: string, key: string): void
  /** Where a run's artifacts stand, as a path of the artifact store. */
  placeOfRun(run: NotedRun): string
}

const STATUSES = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED']

/** The tracking of a registry that stands alone. */
export function createTracking(deps: Pick<NamesDeps, 'book' | 'now' | 'newId'>): Tracking {
  const { book } = deps
  const experiment: Tracking['experiment'] = (by) => {
    const found = book.experiment(by)
    if (found !== undefined) return found
    if (('id' in by && by.id === DEFAULT_EXPERIMENT) || ('name' in by && by.name === 'Default'))
      return { id: DEFAULT_EXPERIMENT, name: 'Default', createdMs: 0, tags: {} }
    const what =
      'id' in by
        ? `No Experiment with id=${by.id} exists`
        : `Could not find experiment with name '${by.name}'`
    throw new SallyportError('NOT_FOUND', what.slice(0, 300))
  }
  const run = (id: string) => {
    const found = book.run(id)
    if (found === undefined) throw new SallyportError('NOT_FOUND', `Run with id=${id.slice(0, 80)} not found`)
    return found
  }
  return {
    experiment,
    run,
    experiments: () => {
      const all = book.experiments()
      return all.some(({ id }) => id === DEFAULT_EXPERIMENT)
        ? all
        : [experiment({ id: DEFAULT_EXPERIMENT }), ...all]
    },
    createExperiment: (name, tags) =>
      book.together(() => {
        if (name === '' || name.length > 500) throw new SallyportError('BAD_INPUT', 'Invalid experiment name')
        if (name === 'Default' || book.experiment({ name }) !== undefined)
          throw new SallyportError('CONFLICT', `Experiment '${name}' already exists.`)
        const count = book.experiments().length
        if (count >= MAX_EXPERIMENTS)
          throw new SallyportError('BAD_INPUT', `at most ${MAX_EXPERIMENTS} experiments are kept`)
        const made = { id: String(count + 1), name, createdMs: deps.now().getTime(), tags: words(tags) }
        book.saveExperiment(made)
        return made
      }),
    createRun: ({ experimentId, name, startMs, tags }, { actor }) => {
      const id = deps.newId().replaceAll('-', '')
      const made: NotedRun = {
        ...{ id, experimentId: experiment({ id: experimentId || DEFAULT_EXPERIMENT }).id },
        ...{ name: name || tags['mlflow.runName'] || `run-${id.slice(-8)}`, userId: actor.principalId },
        ...{ status: 'RUNNING', startMs: startMs ?? deps.now().getTime() },
        ...{ params: {}, tags: words(tags), metrics: {} },
      }
      book.saveRun({ ...made, tags: { 'mlflow.runName': made.name, ...made.tags } })
      return book.run(id) ?? made
    },
    runs: (experimentId) => book.runs(experiment({ id: experimentId }).id),
    changeRun: (id, change) => book.together(() => changed(deps, run(id), change)),
    deleteRunTag: (id, key) =>
      book.together(() => {
        const { [key]: _gone, ...tags } = run(id).tags
        book.saveRun({ ...run(id), tags })
      }),
    placeOfRun: ({ experimentId, id }) => `${experimentId}/${id}/artifacts`,
  }
}

function changed({ book }: Pick<NamesDeps, 'book'>, run: NotedRun, change: RunChange): NotedRun {
  const { params, tags, metrics, status, endMs, name } = change
  if (status !== undefined && !STATUSES.includes(status))
    throw new SallyportError('BAD_INPUT', `"${status.slice(0, 40)}" is no status of a run`)
  for (const [key, value] of Object.entries(words(params ?? {})))
    if (Object.hasOwn(run.params, key) && run.params[key] !== value)
      throw new SallyportError(
        'BAD_INPUT',
        `Changing param values is not allowed. Param '${key}' is already logged.`,
      )
  const next: NotedRun = {
    ...run,
    ...(status === undefined ? {} : { status }),
    ...(endMs === undefined ? {} : { endMs }),
    ...(name === undefined ? {} : { name }),
    params: { ...run.params, ...params },
    tags: { ...run.tags, ...words(tags ?? {}) },
    metrics: { ...run.metrics, ...metrics },
  }
  for (const part of [next.params, next.tags, next.metrics])
    if (Object.keys(part).length > MAX_OF_RUN)
      throw new SallyportError('BAD_INPUT', `a run has at most ${MAX_OF_RUN} params, tags or metrics`)
  book.saveRun(next)
  return next
}

/** @throws SallyportError `BAD_INPUT` for keys and values over MLflow's limits */
export function words(given: Tags): Tags {
  const entries = Object.entries(given)
  if (entries.length > MAX_BATCH) throw new SallyportError('BAD_INPUT', `at most ${MAX_BATCH} at a time`)
  for (const [key, value] of entries)
    if (key === '' || key === '__proto__' || key.length > MAX_KEY || value.length > MAX_VALUE)
      throw new SallyportError(
        'BAD_INPUT',
        `a key has 1 to ${MAX_KEY} characters, a value at most ${MAX_VALUE}`,
      )
  return given
}
