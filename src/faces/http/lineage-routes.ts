import { requests } from './contract.ts'
import { digestOf } from './import-model.ts'
import {
  LineageEventSchema,
  LineageGraphSchema,
  LineageQuerySchema,
  ReceivedEventSchema,
} from './lineage-schemas.ts'
import { HttpProblem } from './problem.ts'
import { type Route, route } from './route.ts'

/** Bytes. An event with its facets; schemas of wide tables make some hundred kilobytes. */
const MAX_EVENT_BYTES = 1024 * 1024

/** Lineage, read and told of. The path of the second is where OpenLineage's HTTP transport sends by default. */
export const LINEAGE_ROUTES: readonly Route[] = [
  route(
    {
      id: 'getLineage',
      method: 'GET',
      path: '/models/{digest}/lineage',
      needs: 'read',
      tag: 'models',
      summary: 'From what a model was made, and what was made of it; claims are marked',
      params: requests.digest,
      query: LineageQuerySchema,
      answers: { status: 200, schema: LineageGraphSchema },
    },
    async ({ deps, params, query }) => {
      if (deps.lineage === undefined) throw new HttpProblem(404, 'NOT_FOUND', 'This system tells no lineage.')
      const start = digestOf(params.digest)
      const { way = 'both', depth } = query
      const graph = await deps.lineage.graph(start, { way, depth })
      return { status: 200, body: { ...graph, claims: await deps.lineage.claims(start) } }
    },
  ),
  route(
    {
      id: 'receiveLineageEvent',
      method: 'POST',
      path: '/lineage',
      needs: 'import',
      tag: 'training',
      summary: 'Tell of a run (OpenLineage); sealed as the claim of whoever tells',
      body: LineageEventSchema,
      maxBodyBytes: MAX_EVENT_BYTES,
      answers: { status: 201, schema: ReceivedEventSchema },
    },
    (call) =>
      call.once(undefined, async (actor) => {
        const { lineage } = call.deps
        if (lineage === undefined) throw new HttpProblem(404, 'NOT_FOUND', 'This system hears no events.')
        return { status: 201, body: await lineage.receive(call.body, actor) }
      }),
  ),
]
