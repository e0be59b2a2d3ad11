import { digestOfJson } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { DeriveRequest } from '../../services/lineage/index.ts'
import type { Actor } from '../../services/registry/index.ts'
import { requests } from './contract.ts'
import type { LineageReader } from './deps.ts'
import { digestOf } from './import-model.ts'
import {
  type DerivationBody,
  DerivationSchema,
  DerivedSchema,
  LineageBatchSchema,
  LineageEventSchema,
  LineageGraphSchema,
  LineageQuerySchema,
  type ReceivedBatch,
  ReceivedBatchSchema,
  ReceivedEventSchema,
} from './lineage-schemas.ts'
import { HttpProblem } from './problem.ts'
import { type Route, route } from './route.ts'

/** Bytes. An event with its facets; schemas of wide tables make some hundred kilobytes. */
const MAX_EVENT_BYTES = 1024 * 1024
/** Bytes. A batch of usual events; who has more sends another. */
const MAX_BATCH_BYTES = 8 * MAX_EVENT_BYTES

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
      takesGzip: true,
      answers: { status: 201, schema: ReceivedEventSchema },
    },
    (call) =>
      call.once(undefined, async (actor) => {
        const { lineage } = call.deps
        if (lineage === undefined) throw new HttpProblem(404, 'NOT_FOUND', 'This system hears no events.')
        return { status: 201, body: await lineage.receive(call.body, actor) }
      }),
  ),
  route(
    {
      id: 'receiveLineageBatch',
      method: 'POST',
      path: '/lineage/batch',
      needs: 'import',
      tag: 'training',
      summary: 'Tell of several runs (OpenLineage); each event is recorded or refused by itself',
      body: LineageBatchSchema,
      maxBodyBytes: MAX_BATCH_BYTES,
      takesGzip: true,
      answers: { status: 200, schema: ReceivedBatchSchema },
    },
    (call) =>
      call.once(undefined, async (actor) => {
        const { lineage } = call.deps
        if (lineage === undefined) throw new HttpProblem(404, 'NOT_FOUND', 'This system hears no events.')
        return { status: 200, body: await receiveBatch(lineage, call.body, actor) }
      }),
  ),
  route(
    {
      id: 'deriveModel',
      method: 'POST',
      path: '/models/{digest}/derivations',
      needs: 'import',
      tag: 'models',
      summary: 'Seal that a model was made from others, and how',
      params: requests.digest,
      body: DerivationSchema,
      answers: { status: 201, schema: DerivedSchema },
    },
    (call) => {
      const request = requestOf(call.params.digest, call.body)
      return call.once(digestOfJson({ ...request }), async (actor) => {
        const { lineage } = call.deps
        if (lineage === undefined) throw new HttpProblem(404, 'NOT_FOUND', 'This system keeps no lineage.')
        return { status: 201, body: { statement: await lineage.derive(request, actor) } }
      })
    },
  ),
]

function requestOf(child: string, { parents, ...rest }: DerivationBody): DeriveRequest {
  return {
    ...rest,
    child: digestOf(child),
    parents: parents.map((parent) =>
      'digest' in parent
        ? { kind: 'model', ...parent, digest: digestOf(parent.digest) }
        : { kind: 'hub', ...parent },
    ),
  }
}

/** What is no event is told with its place, and does not keep the others out; what we cannot store ends the batch. */
async function receiveBatch(
  lineage: LineageReader,
  events: readonly unknown[],
  actor: Actor,
): Promise<ReceivedBatch> {
  const failed: ReceivedBatch['failed_events'] = []
  for (const [index, event] of events.entries()) {
    try {
      await lineage.receive(event, actor)
    } catch (cause) {
      if (!(cause instanceof SallyportError) || cause.code !== 'BAD_INPUT') throw cause
      failed.push({ index, reason: cause.message, retriable: false })
    }
  }
  const successful = events.length - failed.length
  const partial = successful === 0 && events.length > 0 ? 'failure' : 'partial_success'
  return {
    status: failed.length === 0 ? 'success' : partial,
    summary: {
      ...{ received: events.length, successful, failed: failed.length },
      ...{ retriable: 0, non_retriable: failed.length },
    },
    failed_events: failed,
  }
}
