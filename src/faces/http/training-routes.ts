import type { RunDetail as ServiceRun } from '../../services/training/index.ts'
import { PageOf, type RunDetail, RunDetailSchema, RunSummarySchema, requests } from './contract.ts'
import { HttpProblem } from './problem.ts'
import { type Route, route } from './route.ts'

const common = { method: 'GET', needs: 'read', tag: 'training' } as const

/** Training runs: the list, and one with its resource chart against its budget. */
export const TRAINING_ROUTES: readonly Route[] = [
  route(
    {
      ...common,
      id: 'listRuns',
      path: '/runs',
      summary: 'Training runs, newest first',
      query: requests.page,
      answers: { status: 200, schema: PageOf(RunSummarySchema) },
    },
    async ({ deps, query }) => ({ status: 200, body: (await deps.runs?.list(query)) ?? { items: [] } }),
  ),
  route(
    {
      ...common,
      id: 'getRun',
      path: '/runs/{id}',
      summary: 'One training run: resources over time, budget, inputs, products, findings',
      params: requests.id,
      answers: { status: 200, schema: RunDetailSchema },
    },
    async ({ deps, params }) => {
      if (deps.runs === undefined)
        throw new HttpProblem(404, 'NOT_FOUND', 'Training runs are not watched on this system.')
      return { status: 200, body: asRun(await deps.runs.get(params.id)) }
    },
  ),
]

/** The API's run of the house's: the record flattened to what a page shows, without variables and package names. */
function asRun({ record, resources, ...run }: ServiceRun): RunDetail {
  return {
    ...run,
    ...(resources === undefined ? {} : { resources }),
    ...(record === undefined ? {} : { record: asRecord(record) }),
  }
}

function asRecord(run: NonNullable<ServiceRun['record']>): NonNullable<RunDetail['record']> {
  const { inputs, exit, metrics, admission, reason, provenance } = run
  const { baseModel, code, packages, seed } = inputs
  return {
    ...(reason === undefined ? {} : { reason }),
    ...{
      finishedAt: run.finishedAt,
      command: [...run.command],
      folder: run.folder,
      host: run.host,
      user: run.user,
    },
    ...(exit?.code === undefined ? {} : { exitCode: exit.code }),
    ...(exit?.signal === undefined ? {} : { signal: exit.signal }),
    datasets: [...inputs.datasets],
    ...(baseModel === undefined ? {} : { baseModel }),
    products: [...run.products],
    ...(code === undefined ? {} : { code }),
    locks: [...inputs.locks],
    ...(packages === undefined ? {} : { packages: packages.count }),
    ...(seed === undefined ? {} : { seed }),
    ...(metrics === undefined ? {} : { metrics }),
    egress: [...run.egress],
    ...(admission === undefined ? {} : { admission: { ...admission, reasons: [...admission.reasons] } }),
    historyRuns: run.historyRuns,
    findings: run.findings.map(
      ({ location: _location, call: _call, context: _context, taxonomy, ...rest }) => ({
        ...rest,
        taxonomy: [...taxonomy],
      }),
    ),
    coverage: [...run.coverage],
    ...(provenance === undefined ? {} : { provenance }),
  }
}
