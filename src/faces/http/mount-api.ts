import fastifyCookie from '@fastify/cookie'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Static, TSchema } from 'typebox'
import { digestOfJson } from '../../ground/domain/index.ts'
import { type Authenticated, authenticate, originOf } from './authenticate.ts'
import type { HttpDeps } from './deps.ts'
import { gunzipBody } from './gunzip-body.ts'
import { runOnce } from './once.ts'
import { HttpProblem } from './problem.ts'
import type { Answer, Call, Route } from './route.ts'
import { API_BASE, ROUTES } from './routes.ts'
import { check, createValidators, type Validators } from './validation.ts'

/** Bytes. No JSON body of this API comes near it. */
const MAX_JSON_BYTES = 65_536

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the API's own hook, before anything of the request is read. */
    authenticated: Authenticated | undefined
  }
}

/** Hangs every route of the list into the server: authentication, permission, validation, then the handler. */
export async function mountApi(app: FastifyInstance, deps: HttpDeps): Promise<void> {
  await app.register(fastifyCookie)
  app.decorateRequest('authenticated', undefined)
  const validators = createValidators()
  await app.register((scope, _options, done) => {
    for (const route of ROUTES.filter((one) => one.takesStream !== true))
      mount(scope, deps, route, validators)
    done()
  })
  await app.register((scope, _options, done) => {
    scope.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload))
    for (const route of ROUTES.filter((one) => one.takesStream === true))
      mount(scope, deps, route, validators)
    done()
  })
}

function mount(app: FastifyInstance, deps: HttpDeps, route: Route, validators: Validators): void {
  const validate = validatorOf(route, validators)
  app.route({
    method: route.method,
    url: `${API_BASE}${route.path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    bodyLimit: route.maxBodyBytes ?? MAX_JSON_BYTES,
    onRequest: async (request) => {
      request.authenticated = await authenticate(deps.identity, request)
      permit(route, request.authenticated)
    },
    ...(route.takesGzip === true ? { preParsing: gunzipBody } : {}),
    handler: async (request, reply) => {
      validate(request)
      return send(reply, await route.handle(callOf(deps, route, request)))
    },
  })
}

function permit(route: Route, { caller }: Authenticated): void {
  if (caller.capabilities.includes(route.needs)) return
  throw new HttpProblem(
    403,
    'FORBIDDEN',
    `The role ${caller.role} may not do this: it needs "${route.needs}".`,
  )
}

function validatorOf(route: Route, validators: Validators): (request: FastifyRequest) => void {
  const compile = (part: keyof Validators, schema: TSchema | undefined) =>
    schema === undefined ? undefined : validators[part].compile<Static<TSchema>>(schema)
  const [params, query, body] = [
    compile('url', route.params),
    compile('url', route.query),
    compile('body', route.body),
  ]
  return (request) => {
    if (params !== undefined) check(params, 'path', request.params)
    if (query !== undefined) check(query, 'query', request.query)
    if (body !== undefined && streamOf(route, request) === undefined)
      check(body, 'body', request.body ?? null)
  }
}

function streamOf(route: Route, request: FastifyRequest): AsyncIterable<Uint8Array> | undefined {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  return route.takesStream === true && type === 'application/octet-stream' ? request.raw : undefined
}

function callOf(deps: HttpDeps, route: Route, request: FastifyRequest): Call<unknown, unknown, unknown> {
  const { authenticated } = request
  // Unreachable while mount() hangs the hook before the handler; a bug must not run a deed for nobody.
  if (authenticated === undefined) throw new Error('a handler was reached without authentication')
  const { caller, session } = authenticated
  const header = (name: string) => headerOf(request, name)
  const asked = {
    requestId: request.id,
    method: request.method,
    url: request.url,
    principal: caller.principal,
    authentication: caller.authentication,
    key: header('idempotency-key'),
    isSecret: route.secretAnswer === true,
  }
  return {
    deps,
    caller,
    session,
    header,
    params: request.params,
    query: request.query,
    body: request.body,
    stream: streamOf(route, request),
    origin: originOf(request),
    once: (bodyDigest, deed) => runOnce(deps, asked, bodyDigest ?? digestOfJson(plainOf(request.body)), deed),
  }
}

/** A JSON body as its sender meant it; a missing one is null. */
function plainOf(body: unknown): unknown {
  return body === undefined ? null : body
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

function send(reply: FastifyReply, { status, body, headers }: Answer): FastifyReply {
  reply.code(status)
  if (headers !== undefined) reply.headers(headers)
  if (body === undefined) return reply.send()
  if (typeof body === 'string' || body instanceof Uint8Array) return reply.send(body)
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(body))
}
