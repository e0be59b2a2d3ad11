import {
  ConversionOfferSchema,
  ConvertedModelSchema,
  ConvertRequestSchema,
  DifferencesQuerySchema,
} from './compare-schemas.ts'
import { requests } from './contract.ts'
import { digestOf } from './import-model.ts'
import { HttpProblem } from './problem.ts'
import { DifferencesSchema } from './review-schemas.ts'
import { type Route, route } from './route.ts'

const common = { tag: 'models', params: requests.digest } as const

/** What differs between two models, and pickled weights as safetensors. */
export const COMPARE_ROUTES: readonly Route[] = [
  route(
    {
      ...common,
      id: 'getDifferences',
      method: 'GET',
      path: '/models/{digest}/differences',
      needs: 'read',
      summary: 'What differs from another model: files, imports, templates, texts, licence, tensors',
      query: DifferencesQuerySchema,
      answers: { status: 200, schema: DifferencesSchema },
    },
    async ({ deps, params, query }) => {
      if (deps.compare === undefined)
        throw new HttpProblem(404, 'NOT_FOUND', 'This system compares no models.')
      return { status: 200, body: await deps.compare.between(digestOf(query.from), digestOf(params.digest)) }
    },
  ),
  route(
    {
      ...common,
      id: 'getConversion',
      method: 'GET',
      path: '/models/{digest}/conversions',
      needs: 'read',
      summary: 'Whether pickled weights of a model can be had as safetensors, and if not, why',
      answers: { status: 200, schema: ConversionOfferSchema },
    },
    async ({ deps, params }) => {
      if (deps.convert === undefined)
        throw new HttpProblem(404, 'NOT_FOUND', 'This system converts no models.')
      return { status: 200, body: await deps.convert.canConvert(digestOf(params.digest)) }
    },
  ),
  route(
    {
      ...common,
      id: 'convertModel',
      method: 'POST',
      path: '/models/{digest}/conversions',
      needs: 'import',
      summary: 'Make a new model with safetensors from pickled weights, without running them',
      body: ConvertRequestSchema,
      answers: { status: 201, schema: ConvertedModelSchema },
    },
    (call) =>
      call.once(undefined, async (actor) => {
        const { convert } = call.deps
        if (convert === undefined) throw new HttpProblem(404, 'NOT_FOUND', 'This system converts no models.')
        const { to: _to, ...request } = call.body
        const made = await convert.convert(digestOf(call.params.digest), request, actor)
        return { status: 201, body: made, headers: { location: `/api/v1/models/${made.digest}` } }
      }),
  ),
]
