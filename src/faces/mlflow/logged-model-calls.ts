import { type Call, READS, WRITES } from './calls.ts'
import { wordsOfLogged } from './mlflow-words.ts'
import { queryOf } from './registry-calls.ts'

/** Calls about logged models that name none in their path. */
const OF_ALL: Readonly<Record<string, Call>> = {
  'POST logged-models': {
    needs: WRITES,
    answer: ({ logged }, input, caller) => {
      const runId = input.optional('source_run_id')
      const row = logged.create(
        {
          experimentId: input.optional('experiment_id') ?? '',
          name: input.optional('name') ?? '',
          modelType: input.optional('model_type') ?? '',
          params: input.tags('params'),
          tags: input.tags('tags'),
          ...(runId === undefined || runId === '' ? {} : { runId }),
        },
        caller,
      )
      return { model: wordsOfLogged(row, logged.placeOf(row)) }
    },
  },
  'POST logged-models/search': {
    needs: READS,
    answer: ({ logged }, input) => {
      const { items, nextPageToken } = logged.search(input.texts('experiment_ids'), {
        ...queryOf(input),
        orderBy: [],
      })
      return {
        models: items.map((row) => wordsOfLogged(row, logged.placeOf(row))),
        ...(nextPageToken === undefined ? {} : { next_page_token: nextPageToken }),
      }
    },
  },
  /** Which models a run wrote stands with the models themselves (`source_run_id`). */
  'POST runs/outputs': {
    needs: WRITES,
    answer: ({ tracking }, input) => {
      tracking.run(input.text('run_id'))
      return {}
    },
  },
}

/** The call that a path beneath `logged-models` means. */
export function loggedModelCall(method: string, path: string): Call | undefined {
  const key = `${method} ${path}`
  if (Object.hasOwn(OF_ALL, key)) return OF_ALL[key]
  const [, id = '', part = ''] = /^logged-models\/(m-[0-9a-f]{32})(?:\/(tags|params))?$/.exec(path) ?? []
  if (id === '') return undefined
  return CALLS[`${method} ${part}`]?.(id)
}

const CALLS: Readonly<Record<string, (id: string) => Call>> = {
  'GET ': (id) => ({
    needs: READS,
    answer: ({ logged }) => ({ model: wordsOfLogged(logged.get(id), logged.placeOf(logged.get(id))) }),
  }),
  'PATCH ': (id) => ({
    needs: WRITES,
    answer: ({ logged }, input) => {
      const row = logged.finish(id, input.text('status'))
      return { model: wordsOfLogged(row, logged.placeOf(row)) }
    },
  }),
  'PATCH tags': (id) => ({
    needs: WRITES,
    answer: ({ logged }, input) => {
      const row = logged.setTags(id, input.tags('tags'))
      return { model: wordsOfLogged(row, logged.placeOf(row)) }
    },
  }),
  'POST params': (id) => ({
    needs: WRITES,
    answer: ({ logged }, input) => {
      logged.addParams(id, input.tags('params'))
      return {}
    },
  }),
}
