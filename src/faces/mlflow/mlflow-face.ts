import type { IncomingMessage, ServerResponse } from 'node:http'
import type { NamesCaller, OpenModelNames } from '../../services/model-names/index.ts'
import type { Quota } from '../../services/quota/index.ts'
import { refusalOf, sendJson, sendRefusal } from './answers.ts'
import {
  type ArtifactExchange,
  exchangeArtifact,
  type Forward,
  guardArtifact,
  listArtifacts,
} from './artifact-exchange.ts'
import { type Call, READS, RULES, WRITES } from './calls.ts'
import { loggedModelCall } from './logged-model-calls.ts'
import { isMlflowPath, type MlflowUrl, parseMlflowUrl } from './parse-url.ts'
import { readInput } from './read-input.ts'
import { REGISTRY_CALLS } from './registry-calls.ts'
import { TRACKING_CALLS } from './tracking-calls.ts'
import { webhookCall } from './webhook-calls.ts'

/** What clients compare their own version with; the calls here are those of this line. */
const SPOKEN_VERSION = '3.6.0'

/** Who may ask, and what they reach. */
export interface MlflowDeps {
  readonly house: OpenModelNames
  /** To the MLflow server behind, when the house is a guard. */
  readonly forward?: Forward
  /**
   * Whoever sent the request. @param secret the bearer token or the basic password, or undefined
   * @throws SallyportError `UNAUTHENTICATED`, `FORBIDDEN`, `RATE_LIMITED`
   */
  readonly callerOf: (secret: string | undefined, from: string, request: unknown) => Promise<NamesCaller>
  /** What one principal may take; absent: all they want. */
  readonly quota?: Quota
  /** Takes note of what went wrong; never of a secret. */
  readonly report: (failure: { readonly url: string; readonly cause: unknown }) => void
}

/** A part of a server that speaks a protocol of others. */
export interface MlflowFace {
  /** Whether a request is for this face, by its URL. */
  matches(url: string): boolean
  handle(request: IncomingMessage, response: ServerResponse): void
}

/** MLflow's REST API over a registry of names: what its clients use as tracking and registry URI. */
export function createMlflowFace(deps: MlflowDeps): MlflowFace {
  return {
    matches: isMlflowPath,
    handle: (request, response) => {
      answer(deps, request, response).catch((cause: unknown) => {
        const refusal = refusalOf(cause)
        // What a client got wrong is for the client; what could not be checked is for whoever runs this house.
        if (refusal.status >= 500 || response.headersSent) deps.report({ url: request.url ?? '/', cause })
        if (response.headersSent) response.destroy()
        else sendRefusal(response, refusal)
        // What is left of an upload that was refused is not read: the client learns it from the answer.
        if (!request.complete) response.once('finish', () => request.destroy())
      })
    },
  }
}

async function answer(deps: MlflowDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = parseMlflowUrl(request.url ?? '/')
  const method = request.method ?? 'GET'
  // A page of another site cannot read our answers, but on loopback it could make us act for it (OWASP, Fetch Metadata).
  if (/^(cross|same)-site$/.test(String(request.headers['sec-fetch-site'])))
    return sendRefusal(response, {
      status: 403,
      code: 'PERMISSION_DENIED',
      message: 'Sallyport: pages of other sites may not ask',
    })
  if (url.kind === 'health') return void response.writeHead(200, { 'content-type': 'text/plain' }).end('OK')
  if (url.kind === 'version')
    return void response.writeHead(200, { 'content-type': 'text/plain' }).end(SPOKEN_VERSION)
  if (url.kind === 'unknown') return sendRefusal(response, notOffered(url.what))
  const what = { method, url: request.url ?? '/' }
  const caller = await deps.callerOf(secretOf(request), request.socket.remoteAddress ?? '', what)
  deps.quota?.request(caller.actor.principalId)
  if (url.kind === 'call') return answerCall(deps, { url, request, response, caller })
  const { quota, house } = deps
  const more = quota === undefined ? {} : { quota }
  return answerArtifact(deps, url, { artifacts: house.artifacts, request, response, caller, ...more })
}

async function answerArtifact(
  { forward }: MlflowDeps,
  url: MlflowUrl & { readonly kind: 'artifact' | 'artifacts' },
  exchange: ArtifactExchange,
): Promise<void> {
  const { request, response, artifacts } = exchange
  if (url.kind === 'artifact')
    return forward === undefined
      ? exchangeArtifact(exchange, url.path)
      : guardArtifact(exchange, url.path, forward)
  const path = url.query.get('path') ?? ''
  if (request.method !== 'GET')
    return sendRefusal(response, notOffered('the artifact store is listed here, nothing else'))
  if (forward === undefined || artifacts.isServed(path)) return listArtifacts(exchange, path)
  await forward(request, response, barePath(request))
}

interface Exchange {
  readonly url: MlflowUrl & { readonly kind: 'call' }
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly caller: NamesCaller
}

async function answerCall(deps: MlflowDeps, { url, request, response, caller }: Exchange): Promise<void> {
  const method = request.method ?? 'GET'
  const { guard } = deps.house
  const isTaken = guard?.takes(method, url.path) === true
  const passed = deps.forward === undefined || isTaken ? undefined : passedNeeds(method, url.path)
  const call = deps.forward === undefined || isTaken ? callOf(method, url.path) : undefined
  const needs = passed ?? call?.needs
  if (needs === undefined)
    return sendRefusal(
      response,
      notOffered(`${method} ${url.path.slice(0, 120)} is not offered by this registry`),
    )
  if (!needs.some((need) => caller.capabilities.includes(need))) return sendRefusal(response, notYours(needs))
  if (passed !== undefined) return void (await deps.forward?.(request, response, barePath(request)))
  const input = await readInput(request, url.query)
  sendJson(
    response,
    isTaken
      ? await guard.answer(method, url.path, input.fields, caller)
      : await call?.answer(deps.house, input, caller),
  )
}

function notYours(needs: Call['needs']) {
  return {
    status: 403,
    code: 'PERMISSION_DENIED',
    message: `Sallyport: your role may not do this; it takes ${needs.join(' or ')}. Next: ask an administrator for a role that has it`,
  }
}

/** What passes a guard as it is. What hands out bytes past it (`get-artifact`, files of logged models, traces) is not among it. */
const PASSED =
  /^(?:experiments|runs|metrics|traces|logged-models|registered-models|webhooks|datasets)(?:\/[\w.:-]+)*$|^artifacts\/list$|^server-features$/
const READING = /\/(?:search|search-datasets|batchGet|get-history-bulk-interval)$/

function passedNeeds(method: string, path: string): Call['needs'] | undefined {
  if (!PASSED.test(path) || /\.\.|\/artifacts\/files/.test(path)) return undefined
  if (path.startsWith('webhooks')) return RULES
  return method === 'GET' || READING.test(path) ? READS : WRITES
}

/** As the server behind knows it: without the prefix that only this server has. */
function barePath({ url = '/' }: IncomingMessage): string {
  return url.replace(/^\/mlflow(?=\/(?:ajax-)?api\/)/, '')
}

/** The call of a method and a path as the protos write them. */
function callOf(method: string, path: string): Call | undefined {
  const key = `${method} ${path}`
  if (Object.hasOwn(REGISTRY_CALLS, key)) return REGISTRY_CALLS[key]
  if (Object.hasOwn(TRACKING_CALLS, key)) return TRACKING_CALLS[key]
  return loggedModelCall(method, path) ?? webhookCall(method, path)
}

function notOffered(message: string) {
  return { status: 404, code: 'ENDPOINT_NOT_FOUND', message: `Sallyport: ${message}` }
}

/** `MLFLOW_TRACKING_TOKEN` comes as a bearer, `MLFLOW_TRACKING_PASSWORD` as the password of basic. */
function secretOf({ headers }: IncomingMessage): string | undefined {
  const { authorization } = headers
  if (authorization === undefined) return undefined
  const [, scheme = '', value = ''] = /^(Bearer|Basic) +(\S{1,400})$/i.exec(authorization) ?? []
  if (scheme.toLowerCase() === 'bearer') return value
  const pair = Buffer.from(value, 'base64').toString('utf8')
  return pair.slice(pair.indexOf(':') + 1)
}
