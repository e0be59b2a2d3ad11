import { SallyportError } from '../../ground/lang/index.ts'
import type { NameQuery, VersionAt } from '../../services/model-names/index.ts'
import { type Call, MOVES, READS, WRITES } from './calls.ts'
import { wordsOfModel, wordsOfVersion } from './mlflow-words.ts'
import type { Input } from './read-input.ts'

/** Rows of one page: MLflow's own limits are 1000 for models and 200,000 for versions, which no answer of ours may hold. */
const MAX_RESULTS = 1000
const DEFAULT_RESULTS = 100

/** One page of a list. @throws SallyportError `BAD_INPUT` */
export function queryOf(input: Input): NameQuery {
  const asked = input.number('max_results') ?? DEFAULT_RESULTS
  if (!Number.isInteger(asked) || asked < 1)
    throw new SallyportError('BAD_INPUT', `Invalid value for max_results: it must be a positive integer`)
  const filter = input.optional('filter')
  const pageToken = input.optional('page_token')
  return {
    maxResults: Math.min(asked, MAX_RESULTS),
    orderBy: input.texts('order_by'),
    ...(filter === undefined ? {} : { filter }),
    ...(pageToken === undefined ? {} : { pageToken }),
  }
}

function atOf(input: Input): VersionAt {
  return { name: input.text('name'), version: numberOf(input.text('version')) }
}

function numberOf(text: string): number {
  if (!/^\d{1,9}$/.test(text))
    throw new SallyportError('BAD_INPUT', `Invalid model version: '${text.slice(0, 40)}' is not an integer`)
  return Number(text)
}

function given<K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } {
  return (value === undefined || value === '' ? {} : { [key]: value }) as { readonly [P in K]?: string }
}

const token = (next: string | undefined) => (next === undefined ? {} : { next_page_token: next })

/** Calls about the names, by method and path of model_registry.proto. */
const MODEL_CALLS: Readonly<Record<string, Call>> = {
  'POST registered-models/create': {
    needs: WRITES,
    answer: ({ names }, input, caller) => ({
      registered_model: wordsOfModel(
        names,
        names.createModel(
          {
            name: input.text('name'),
            tags: input.tags('tags'),
            ...given('description', input.optional('description')),
          },
          caller,
        ),
      ),
    }),
  },
  'POST registered-models/rename': {
    needs: WRITES,
    answer: ({ names }, input, caller) => ({
      registered_model: wordsOfModel(
        names,
        names.renameModel(input.text('name'), input.text('new_name'), caller),
      ),
    }),
  },
  'PATCH registered-models/update': {
    needs: WRITES,
    answer: ({ names }, input) => ({
      registered_model: wordsOfModel(
        names,
        names.updateModel(input.text('name'), input.optional('description') ?? ''),
      ),
    }),
  },
  'DELETE registered-models/delete': {
    needs: WRITES,
    answer: ({ names }, input) => {
      names.deleteModel(input.text('name'))
      return {}
    },
  },
  'GET registered-models/get': {
    needs: READS,
    answer: ({ names }, input) => ({
      registered_model: wordsOfModel(names, names.model(input.text('name'))),
    }),
  },
  'GET registered-models/search': {
    needs: READS,
    answer: ({ names }, input) => {
      const { items, nextPageToken } = names.searchModels(queryOf(input))
      return { registered_models: items.map((row) => wordsOfModel(names, row)), ...token(nextPageToken) }
    },
  },
  'POST registered-models/set-tag': {
    needs: WRITES,
    answer: ({ names }, input) => {
      names.setModelTag(input.text('name'), input.text('key'), input.optional('value') ?? '')
      return {}
    },
  },
  'DELETE registered-models/delete-tag': {
    needs: WRITES,
    answer: ({ names }, input) => {
      names.deleteModelTag(input.text('name'), input.text('key'))
      return {}
    },
  },
}

const latest: Call = {
  needs: READS,
  answer: ({ names }, input) => ({
    model_versions: names
      .latestVersions(input.text('name'), input.texts('stages'))
      .map((row) => wordsOfVersion(names, row)),
  }),
}

/** Calls about aliases and stages. */
const MOVE_CALLS: Readonly<Record<string, Call>> = {
  'POST registered-models/get-latest-versions': latest,
  'GET registered-models/get-latest-versions': latest,
  'POST registered-models/alias': {
    needs: MOVES,
    answer: async ({ names }, input, caller) => {
      await names.setAlias(atOf(input), input.text('alias'), caller)
      return {}
    },
  },
  'DELETE registered-models/alias': {
    needs: MOVES,
    answer: ({ names }, input, caller) => {
      names.deleteAlias(input.text('name'), input.text('alias'), caller)
      return {}
    },
  },
  'GET registered-models/alias': {
    needs: READS,
    answer: async ({ names }, input, caller) => ({
      model_version: wordsOfVersion(
        names,
        await names.versionByAlias(input.text('name'), input.text('alias'), caller),
      ),
    }),
  },
  'POST model-versions/transition-stage': {
    needs: MOVES,
    answer: async ({ names }, input, caller) => {
      const archive = input.flag('archive_existing_versions')
      if (archive === undefined) input.text('archive_existing_versions')
      const row = await names.transition(atOf(input), input.text('stage'), archive === true, caller)
      return { model_version: wordsOfVersion(names, row) }
    },
  },
  'GET model-versions/get-download-uri': {
    needs: READS,
    answer: async ({ names }, input, caller) => ({
      artifact_uri: await names.downloadUri(atOf(input), caller),
    }),
  },
}

/** Calls about versions. */
const VERSION_CALLS: Readonly<Record<string, Call>> = {
  'POST model-versions/create': {
    needs: WRITES,
    answer: async ({ names }, input, caller) => {
      const row = await names.createVersion(
        {
          name: input.text('name'),
          source: input.text('source'),
          tags: input.tags('tags'),
          ...given('runId', input.optional('run_id')),
          ...given('runLink', input.optional('run_link')),
          ...given('modelId', input.optional('model_id')),
          ...given('description', input.optional('description')),
        },
        caller,
      )
      return { model_version: wordsOfVersion(names, row) }
    },
  },
  'PATCH model-versions/update': {
    needs: WRITES,
    answer: ({ names }, input) => {
      const { name, version } = atOf(input)
      const row = names.updateVersion(name, version, input.optional('description') ?? '')
      return { model_version: wordsOfVersion(names, row) }
    },
  },
  'DELETE model-versions/delete': {
    needs: WRITES,
    answer: ({ names }, input) => {
      const { name, version } = atOf(input)
      names.deleteVersion(name, version)
      return {}
    },
  },
  'GET model-versions/get': {
    needs: READS,
    answer: async ({ names }, input) => {
      const { name, version } = atOf(input)
      return { model_version: wordsOfVersion(names, await names.version(name, version)) }
    },
  },
  'GET model-versions/search': {
    needs: READS,
    answer: ({ names }, input) => {
      const { items, nextPageToken } = names.searchVersions(queryOf(input))
      return { model_versions: items.map((row) => wordsOfVersion(names, row)), ...token(nextPageToken) }
    },
  },
  'POST model-versions/set-tag': {
    needs: MOVES,
    answer: ({ names }, input, caller) => {
      names.setVersionTag(atOf(input), [input.text('key'), input.optional('value') ?? ''], caller)
      return {}
    },
  },
  'DELETE model-versions/delete-tag': {
    needs: MOVES,
    answer: ({ names }, input, caller) => {
      names.deleteVersionTag(atOf(input), input.text('key'), caller)
      return {}
    },
  },
}

/** The model registry of MLflow, every call of its proto. */
export const REGISTRY_CALLS: Readonly<Record<string, Call>> = {
  ...MODEL_CALLS,
  ...MOVE_CALLS,
  ...VERSION_CALLS,
}
