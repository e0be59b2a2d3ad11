import type { NotedRun, OpenModelNames, Tags } from '../../services/model-names/index.ts'
import { type Call, READS, WRITES } from './calls.ts'
import { wordsOfExperiment, wordsOfRun } from './mlflow-words.ts'
import type { Input } from './read-input.ts'

function shown({ tracking }: OpenModelNames, run: NotedRun) {
  return { run: wordsOfRun(run, tracking.placeOfRun(run)) }
}

function runId(input: Input): string {
  return input.optional('run_id') || input.text('run_uuid')
}

function metricsOf(list: readonly Input[]) {
  return Object.fromEntries(
    list.map((metric) => [
      metric.text('key'),
      {
        value: metric.number('value') ?? 0,
        timestamp: metric.number('timestamp') ?? 0,
        step: metric.number('step') ?? 0,
      },
    ]),
  )
}

function change(of: (input: Input) => Parameters<OpenModelNames['tracking']['changeRun']>[1]): Call {
  return {
    needs: WRITES,
    answer: ({ tracking }, input) => {
      tracking.changeRun(runId(input), of(input))
      return {}
    },
  }
}

const oneTag = (input: Input): Tags => ({ [input.text('key')]: input.optional('value') ?? '' })

/** As much of MLflow's tracking as registering from a run takes, by method and path of service.proto. */
export const TRACKING_CALLS: Readonly<Record<string, Call>> = {
  'POST experiments/create': {
    needs: WRITES,
    answer: ({ tracking }, input) => ({
      experiment_id: tracking.createExperiment(input.text('name'), input.tags('tags')).id,
    }),
  },
  'GET experiments/get': {
    needs: READS,
    answer: ({ tracking }, input) => ({
      experiment: wordsOfExperiment(tracking.experiment({ id: input.text('experiment_id') })),
    }),
  },
  'GET experiments/get-by-name': {
    needs: READS,
    answer: ({ tracking }, input) => ({
      experiment: wordsOfExperiment(tracking.experiment({ name: input.text('experiment_name') })),
    }),
  },
  'POST runs/create': {
    needs: WRITES,
    answer: (house, input, caller) => {
      const name = input.optional('run_name')
      const startMs = input.number('start_time')
      const run = house.tracking.createRun(
        {
          ...{ experimentId: input.optional('experiment_id') ?? '', tags: input.tags('tags') },
          ...(name === undefined ? {} : { name }),
          ...(startMs === undefined ? {} : { startMs }),
        },
        caller,
      )
      return shown(house, run)
    },
  },
  'GET runs/get': { needs: READS, answer: (house, input) => shown(house, house.tracking.run(runId(input))) },
  'POST runs/update': {
    needs: WRITES,
    answer: (house, input) => {
      const [status, endMs, name] = [
        input.optional('status'),
        input.number('end_time'),
        input.optional('run_name'),
      ]
      const run = house.tracking.changeRun(runId(input), {
        ...(status === undefined ? {} : { status }),
        ...(endMs === undefined ? {} : { endMs }),
        ...(name === undefined ? {} : { name }),
      })
      return { run_info: shown(house, run).run.info }
    },
  },
  'POST runs/set-tag': change((input) => ({ tags: oneTag(input) })),
  'POST runs/log-parameter': change((input) => ({ params: oneTag(input) })),
  'POST runs/log-metric': change((input) => ({ metrics: metricsOf([input]) })),
  'POST runs/log-batch': change((input) => ({
    params: input.tags('params'),
    tags: input.tags('tags'),
    metrics: metricsOf(input.records('metrics')),
  })),
  'POST runs/delete-tag': {
    needs: WRITES,
    answer: ({ tracking }, input) => {
      tracking.deleteRunTag(runId(input), input.text('key'))
      return {}
    },
  },
  'GET artifacts/list': {
    needs: READS,
    answer: async ({ tracking, artifacts }, input, caller) => {
      const place = tracking.placeOfRun(tracking.run(runId(input)))
      const path = (input.optional('path') ?? '').replace(/^\/+|\/+$/g, '')
      const entries = await artifacts.list(path === '' ? place : `${place}/${path}`, caller)
      const prefix = path === '' ? '' : `${path}/`
      return {
        root_uri: `mlflow-artifacts:/${place}`,
        files: entries.map((entry) => ({
          path: `${prefix}${entry.path}`,
          is_dir: entry.isFolder,
          ...(entry.size === undefined ? {} : { file_size: entry.size }),
        })),
      }
    },
  },
}
