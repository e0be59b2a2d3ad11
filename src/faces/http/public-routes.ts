import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { SallyportError } from '../../ground/lang/index.ts'
import { cookieName } from './authenticate.ts'
import type { HttpDeps } from './deps.ts'
import { HttpProblem } from './problem.ts'
import { API_BASE, ROUTES } from './routes.ts'

/** C2SP tlog-tiles: level, index in groups of three digits, and the width of a partial tile. */
const TILE =
  /^tile\/(?:\d|[1-5]\d|6[0-3]|entries)\/(?:x\d{3}\/)*\d{3}(\.p\/(?:[1-9]|[1-9]\d|1\d\d|2[0-4]\d|25[0-5]))?$/
const NO_CONSOLE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sallyport</title></head>
<body><main><h1>Sallyport is running</h1>
<p>The console has not been built here. Build it with <code>npm run build</code> and start again.</p>
<p>The API answers at <code>${API_BASE}</code>; its document is at
<a href="${API_BASE}/openapi.json">${API_BASE}/openapi.json</a>.</p></main></body></html>
`

/** What needs no login: health, the one-time login link, and the log's static tiles, which hold digests only. */
export function mountPublic(app: FastifyInstance, deps: HttpDeps): void {
  app.get('/healthz', async (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ status: 'ok' }),
  )
  // No HEAD: a mail scanner that only looks must not use the link up.
  app.get<{ Querystring: { token?: unknown } }>(
    '/login',
    { exposeHeadRoute: false },
    async (request, reply) => {
      const { token } = request.query
      if (typeof token !== 'string' || token === '' || token.length > 200)
        throw new HttpProblem(400, 'BAD_INPUT', 'A login link holds ?token=; open it as it was printed.')
      const { cookie, expiresAt } = await deps.identity.login(token, request.ip)
      const secure = request.protocol === 'https'
      reply.setCookie(cookieName(secure), cookie, {
        httpOnly: true,
        sameSite: 'strict',
        path: '/',
        secure,
        expires: new Date(expiresAt),
      })
      return reply.header('cache-control', 'no-store').redirect('/', 303)
    },
  )
  app.get('/log/checkpoint', async (_request, reply) => {
    // checkpoint() integrates first, so that the tiles below hold all that it covers.
    const note = await deps.ledger.checkpoint()
    return reply.type('text/plain; charset=utf-8').header('cache-control', 'no-cache').send(note)
  })
  app.get<{ Params: { '*': string } }>('/log/tile/*', async (request, reply) => {
    const path = `tile/${request.params['*']}`
    const form = TILE.exec(path)
    const tile = form === null ? undefined : await deps.ledger.tile(path)
    if (tile === undefined) throw new SallyportError('NOT_FOUND', 'there is no such tile')
    const caching = form?.[1] === undefined ? 'public, max-age=31536000, immutable' : 'public, max-age=60'
    return reply.type('application/octet-stream').header('cache-control', caching).send(Buffer.from(tile))
  })
}

/** The console's files; any other GET outside the API gets its index, for its own router. */
export async function mountConsole(app: FastifyInstance, webRoot: string | undefined): Promise<void> {
  const root = webRoot !== undefined && existsSync(join(webRoot, 'index.html')) ? webRoot : undefined
  if (root === undefined) {
    app.get('/', async (_request, reply) => reply.type('text/html; charset=utf-8').send(NO_CONSOLE))
  } else {
    await app.register(fastifyStatic, {
      root,
      dotfiles: 'deny',
      index: 'index.html',
      cacheControl: false,
      setHeaders: (reply, path) => {
        const isHashed = /-[\w-]{8,}\.(js|css|woff2)$/.test(path)
        void reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  }
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split('?')[0] ?? '/'
    const allowed = methodsAt(path)
    if (allowed.length > 0)
      throw new HttpProblem(405, 'METHOD_NOT_ALLOWED', `${request.method} is not for this path.`, {
        headers: { allow: allowed.join(', ') },
      })
    if (root !== undefined && isPage(request.method, path)) return sendIndex(reply)
    throw new HttpProblem(404, 'NOT_FOUND', 'There is nothing at this path.')
  })
}

function sendIndex(reply: FastifyReply): FastifyReply {
  return reply.sendFile('index.html')
}

// A path with an ending is a file that is missing, and what lies below /api or /log is never a page.
function isPage(method: string, path: string): boolean {
  return method === 'GET' && !/^\/(api|log)(\/|$)/.test(path) && !/\.\w+$/.test(path)
}

function methodsAt(path: string): readonly string[] {
  const own = ROUTES.filter((route) => patternOf(`${API_BASE}${route.path}`).test(path)).map(
    (route) => route.method,
  )
  const open = ['/', '/healthz', '/login', '/log/checkpoint', `${API_BASE}/openapi.json`].includes(path)
  const methods = new Set<string>([...own, ...(open || path.startsWith('/log/tile/') ? ['GET'] : [])])
  if (methods.has('GET')) methods.add('HEAD')
  return [...methods].sort()
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`)
}
