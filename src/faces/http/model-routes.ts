import { type Static, type TSchema, Type } from 'typebox'
import type { Digest } from '../../ground/domain/index.ts'
import type { Actor, ModelDetail as RegistryModel } from '../../services/registry/index.ts'
import {
  DecisionSchema,
  ExplanationSchema,
  ImportTermsSchema,
  type ModelDetail,
  ModelDetailSchema,
  ModelSummarySchema,
  PageOf,
  requests,
} from './contract.ts'
import { etagOf, matchesEtag } from './etag.ts'
import { digestOf, importPath, importTerms, importUpload } from './import-model.ts'
import { HttpProblem } from './problem.ts'
import { type Call, type Route, route } from './route.ts'

const MODEL = { status: 200, schema: ModelDetailSchema }
const params = requests.digest
const common = { needs: 'read', tag: 'models' } as const

/** Everything that concerns models and decisions about them. */
export const MODEL_ROUTES: readonly Route[] = [
  route(
    {
      ...common,
      id: 'listModels',
      method: 'GET',
      path: '/models',
      summary: 'All models, newest first',
      query: requests.listModels,
      answers: { status: 200, schema: PageOf(ModelSummarySchema) },
    },
    async ({ deps, query }) => ({ status: 200, body: await deps.registry.list(query) }),
  ),
  route(
    {
      ...common,
      id: 'getModel',
      method: 'GET',
      path: '/models/{digest}',
      summary: 'One model: files, assessment, timeline, decisions, lineage',
      params,
      answers: MODEL,
    },
    async ({ deps, params }) => ({
      status: 200,
      body: asModel(await deps.registry.get(digestOf(params.digest))),
    }),
  ),
  route(
    {
      ...common,
      id: 'importModel',
      method: 'POST',
      path: '/models',
      needs: 'import',
      summary: 'Import into quarantine: upload one file, tar or zip, or (admin) name a path on the server',
      query: requests.upload,
      body: requests.importPath,
      takesStream: true,
      answers: { status: 201, schema: ModelDetailSchema },
    },
    (call) => (call.stream === undefined ? importPath(call) : importUpload(call, call.stream)),
  ),
  route(
    {
      id: 'getImportTerms',
      method: 'GET',
      path: '/import-terms',
      needs: 'import',
      tag: 'models',
      summary: 'How large an upload may be, and (admin) beneath which folders of the server a path may lie',
      answers: { status: 200, schema: ImportTermsSchema },
    },
    async (call) => ({ status: 200, body: importTerms(call) }),
  ),
  verb(
    {
      name: 'assess',
      needs: 'assess',
      summary: 'Assess the files anew',
      body: Type.Union([Type.Null(), requests.empty]),
    },
    ({ deps }, digest, actor) => deps.registry.assess(digest, actor),
  ),
  verb(
    { name: 'approve', needs: 'review', summary: 'Approve for a stage, with a note', body: requests.approve },
    ({ deps, body }, digest, actor) => deps.registry.approve(digest, body, actor),
  ),
  verb(
    { name: 'reject', needs: 'review', summary: 'Reject, with a note', body: requests.note },
    ({ deps, body }, digest, actor) => deps.registry.reject(digest, body, actor),
  ),
  verb(
    { name: 'revoke', needs: 'revoke', summary: 'Revoke from every stage, with a note', body: requests.note },
    ({ deps, body }, digest, actor) => deps.registry.revoke(digest, body, actor),
  ),
  verb(
    {
      name: 'waive',
      needs: 'review',
      summary: 'Tolerate a rule until a day, with a reason',
      body: requests.waive,
    },
    ({ deps, body }, digest, actor) =>
      deps.registry.waive(digest, { ...body, until: new Date(body.until).toISOString() }, actor),
  ),
  route(
    {
      id: 'promoteModel',
      method: 'POST',
      path: '/models/{digest}/promote',
      needs: 'promote',
      tag: 'decisions',
      summary: 'Decide anew and, when allowed, promote; the answer is the decision either way',
      params,
      body: requests.stage,
      answers: { status: 200, schema: DecisionSchema },
    },
    async (call) => {
      await checkIfMatch(call)
      const digest = digestOf(call.params.digest)
      return call.once(undefined, async (actor) => ({
        status: 200,
        body: await call.deps.registry.promote(digest, call.body, actor),
      }))
    },
  ),
  route(
    {
      id: 'decideModel',
      method: 'POST',
      path: '/models/{digest}/decide',
      needs: 'read',
      tag: 'decisions',
      summary: 'What would be decided now; nothing is sealed',
      params,
      body: requests.stage,
      answers: { status: 200, schema: DecisionSchema },
    },
    async ({ deps, params, body }) => ({
      status: 200,
      body: await deps.registry.decide(digestOf(params.digest), body.stage),
    }),
  ),
  route(
    {
      id: 'explainDecision',
      method: 'GET',
      path: '/decisions/{id}',
      needs: 'read',
      tag: 'decisions',
      summary: 'A decision with every statement behind it',
      params: requests.id,
      answers: { status: 200, schema: ExplanationSchema },
    },
    async ({ deps, params }) => ({ status: 200, body: await deps.registry.explain(params.id) }),
  ),
]

type Verb<B> = (
  call: Call<{ digest: string }, undefined, B>,
  digest: Digest,
  actor: Actor,
) => Promise<RegistryModel>

function verb<B extends TSchema>(
  it: { readonly name: string; readonly needs: Route['needs']; readonly summary: string; readonly body: B },
  deed: Verb<Static<B>>,
): Route {
  const { name, needs, summary, body } = it
  const path = `/models/{digest}/${name}`
  const spec = { id: `${name}Model`, method: 'POST', path, needs, tag: 'models', summary } as const
  return route({ ...spec, params: requests.digest, body, answers: MODEL }, async (call) => {
    await checkIfMatch(call)
    const typed = call as Call<{ digest: string }, undefined, Static<B>>
    const digest = digestOf(call.params.digest)
    return call.once(undefined, async (actor) => ({
      status: 200,
      body: asModel(await deed(typed, digest, actor)),
    }))
  })
}

/** Refuses when the caller has seen another state of the model than the present one (RFC 9110 section 13.1.1). */
async function checkIfMatch(call: Call<{ digest: string }, unknown, unknown>): Promise<void> {
  const wanted = call.header('if-match')
  if (wanted === undefined) return
  const model = asModel(await call.deps.registry.get(digestOf(call.params.digest)))
  if (matchesEtag(wanted, etagOf(JSON.stringify(model)))) return
  throw new HttpProblem(412, 'PRECONDITION_FAILED', 'The model has changed since you read it; read it again.')
}

function asModel(model: RegistryModel): ModelDetail {
  return model
}
