import { Type } from 'typebox'
import type { Firewall } from '../../services/firewall/index.ts'
import { HubStateSchema, ReceiverSchema, requests } from './contract.ts'
import { type Asked, AskedSchema, type HeldRevision, type Receiver } from './hub-schemas.ts'
import { digestOf } from './import-model.ts'
import { type Route, route } from './route.ts'

/** Revisions in one answer: those that moved last. */
const MAX_HELD = 500

const common = { method: 'GET', needs: 'read', tag: 'hub' } as const

/** What is held before the hub, and who received what of it. */
export const HUB_ROUTES: readonly Route[] = [
  route(
    {
      ...common,
      id: 'listHubRevisions',
      path: '/hub/revisions',
      summary: 'Revisions behind the hub firewall, the last changed first',
      answers: { status: 200, schema: HubStateSchema },
    },
    async ({ deps }) => ({
      status: 200,
      body: { items: (deps.hub?.held(MAX_HELD) ?? []).map(asHeld), ...deps.hubGuard },
    }),
  ),
  route(
    {
      ...common,
      id: 'listHubQuestions',
      path: '/hub/asked',
      summary: 'Who asked the hub for what, and what they got, the newest first',
      query: Type.Object(
        {
          principal: Type.Optional(Type.String({ maxLength: 200 })),
          repo: Type.Optional(Type.String({ maxLength: 200 })),
          limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
        },
        { additionalProperties: false },
      ),
      answers: { status: 200, schema: Type.Object({ items: Type.Array(AskedSchema) }) },
    },
    async ({ deps, query }) => {
      const which = {
        ...(query.principal === undefined ? {} : { principalId: query.principal }),
        ...(query.repo === undefined ? {} : { repo: query.repo }),
      }
      return { status: 200, body: { items: (deps.hub?.asked(which, query.limit) ?? []).map(asAsked) } }
    },
  ),
  route(
    {
      ...common,
      id: 'listReceivers',
      path: '/models/{digest}/receivers',
      summary: 'Principals who ever received bytes of this model through the hub',
      params: requests.digest,
      answers: { status: 200, schema: Type.Object({ items: Type.Array(ReceiverSchema) }) },
    },
    async ({ deps, params }) => ({
      status: 200,
      body: { items: (deps.hub?.received(digestOf(params.digest)) ?? []).map(asReceiver) },
    }),
  ),
]

function asHeld(held: ReturnType<Firewall['held']>[number]): HeldRevision {
  const { repo, commit, state, files, facts, digest, askedBy, askedAt, changedAt, problem } = held
  return {
    ...{ repoKind: repo.kind, repo: repo.id, commit, state, askedBy, askedAt, changedAt },
    files: files.length,
    sizeBytes: files.reduce((sum, file) => sum + file.size, 0),
    ...(digest === undefined ? {} : { digest }),
    ...(facts.author === undefined ? {} : { author: facts.author }),
    ...(facts.license === undefined ? {} : { license: facts.license }),
    ...(problem === undefined ? {} : { problem }),
  }
}

function asAsked({ repo, ...rest }: ReturnType<Firewall['asked']>[number]): Asked {
  return { repoKind: repo.kind, repo: repo.id, ...rest }
}

function asReceiver(received: ReturnType<Firewall['received']>[number]): Receiver {
  const { repo, principalId, commit, firstAt, lastAt, files } = received
  return { repoKind: repo.kind, repo: repo.id, principalId, commit, firstAt, lastAt, files }
}
