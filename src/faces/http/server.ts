import type { Socket } from 'node:net'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { SallyportError, uuidV7 } from '../../ground/lang/index.ts'
import type { HttpDeps } from './deps.ts'
import { guardAnswers, guardHost, isHostKnown, isLoopback } from './guards.ts'
import { letGuestsIn } from './guests.ts'
import { mountApi } from './mount-api.ts'
import { openApiDocument } from './openapi.ts'
import { HttpProblem, problemDetails, problemOf } from './problem.ts'
import { mountConsole, mountPublic } from './public-routes.ts'
import { API_BASE } from './routes.ts'

/** Milliseconds that running requests get to finish when the server closes. */
const GRACE_MS = 10_000

/** The console and API on one port. */
export interface HttpServer {
  /**
   * @param host loopback, unless there is TLS or `allowInsecure`
   * @throws SallyportError `BAD_CONFIG` otherwise, and when the port is taken
   */
  listen(at: {
    readonly host: string
    readonly port: number
  }): Promise<{ readonly url: string; readonly port: number }>
  /** Takes no new requests, lets the running ones finish for ten seconds, then cuts them off. */
  close(): Promise<void>
}

/** Builds the server; it listens when told to. */
export async function createHttpServer(deps: HttpDeps): Promise<HttpServer> {
  const { tls } = deps.config
  const app = newFastify(deps)
  let host = '127.0.0.1'
  const failures = new WeakMap<object, { code: string; error: unknown }>()
  app.setErrorHandler(async (error, request, reply) => {
    const problem = problemOf(error)
    failures.set(request, { code: problem.code, error: problem.status >= 500 ? error : undefined })
    reply.code(problem.status).headers(problem.headers).header('content-type', 'application/problem+json')
    // The rest of a refused body is not read: the connection ends with this answer.
    if (problem.status === 413 || problem.status === 415) reply.header('connection', 'close')
    // As bytes: to a text fastify would add a charset, which this media type does not have (RFC 9457 section 7.1).
    return reply.send(Buffer.from(JSON.stringify(problemDetails(problem, request.id))))
  })
  app.addHook('onResponse', async (request, reply) => {
    const failure = failures.get(request)
    const principalId = request.authenticated?.caller.principal.id
    deps.onRequest?.({
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url ?? '(none)',
      status: reply.statusCode,
      durationMs: reply.elapsedTime,
      ...(principalId === undefined ? {} : { principalId }),
      ...(failure === undefined ? {} : failure),
    })
  })
  guardHost(app, deps.config.allowedHosts, () => host)
  guardAnswers(app, tls !== undefined)
  await mountApi(app, deps)
  mountPublic(app, deps)
  const document = JSON.stringify(openApiDocument(deps.config.version))
  app.get(`${API_BASE}/openapi.json`, async (_request, reply) =>
    reply.type('application/json').send(document),
  )
  await mountConsole(app, deps.webRoot)
  letGuestsIn(app.server, deps.guests ?? [], (name) => isHostKnown(name, deps.config.allowedHosts, host))
  return {
    listen: (at) => {
      host = at.host
      return listen(app, deps, at)
    },
    close: () => close(app),
  }
}

function newFastify(deps: HttpDeps): FastifyInstance {
  const { tls } = deps.config
  const options = {
    genReqId: () => uuidV7(deps.now(), deps.random(10)),
    requestIdHeader: false,
    trustProxy: false,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    requestTimeout: 0,
    connectionTimeout: 0,
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    routerOptions: { maxParamLength: 200, caseSensitive: true, ignoreTrailingSlash: false },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => {
      const problem = problemOf(error)
      // The reply of this hook has a type whose send() takes nothing; at run time it is the usual one.
      const answer = reply as unknown as RawReply
      answer.code(problem.status).header('content-type', 'application/problem+json')
      answer.send(Buffer.from(JSON.stringify(problemDetails(problem, request.id))))
    },
  } satisfies FastifyServerOptions
  // Two calls: with `https` fastify's type is another one, of which only the common part is used here.
  if (tls === undefined) return Fastify(options)
  const https = { cert: tls.cert, key: tls.key, minVersion: 'TLSv1.2' } as const
  return Fastify({ ...options, https }) as unknown as FastifyInstance
}

interface RawReply {
  code(status: number): { header(name: string, value: string): unknown }
  send(body: Uint8Array): unknown
}

/** Answers what is no HTTP at all, or broke off, before fastify has a request. */
function answerBrokenRequest(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [status, words] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'The headers are too long.']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'The request took too long to arrive.']
        : [400, 'This is not a valid HTTP request.']
  const problem = new HttpProblem(status, status === 400 ? 'BAD_REQUEST' : 'REQUEST_REFUSED', words)
  const body = JSON.stringify(problemDetails(problem, '00000000-0000-7000-8000-000000000000'))
  const head = `HTTP/1.1 ${status} Refused\r\ncontent-type: application/problem+json\r\nconnection: close\r\n`
  socket.end(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
}

async function listen(
  app: FastifyInstance,
  { config }: HttpDeps,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<{ url: string; port: number }> {
  if (!isLoopback(host) && config.tls === undefined && config.allowInsecure !== true)
    throw new SallyportError(
      'BAD_CONFIG',
      `refusing to listen on ${host} without TLS: tokens and models would cross the network in the clear. Give a certificate and a key, listen on 127.0.0.1, or allow insecure listening in so many words`,
    )
  try {
    await app.listen({ host, port })
  } catch (cause) {
    throw new SallyportError('BAD_CONFIG', `cannot listen on ${host} port ${port}`, { cause })
  }
  const address = app.server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  const shown = host.includes(':') ? `[${host}]` : host
  return { url: `${config.tls === undefined ? 'http' : 'https'}://${shown}:${bound}`, port: bound }
}

async function close(app: FastifyInstance): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), GRACE_MS)
  try {
    await app.close()
  } finally {
    clearTimeout(timer)
  }
}
