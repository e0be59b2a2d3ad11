import type { FastifyInstance } from 'fastify'
import { etagOf, matchesEtag } from './etag.ts'
import { HttpProblem } from './problem.ts'

const LOOPBACK_NAMES: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

const CSP = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CSP,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
}

/** Whether a host is this machine alone: 127.0.0.0/8, ::1 or `localhost`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)
}

/** Headers that every answer carries, ETags on GET, and no caching of what was answered to one caller. */
export function guardAnswers(app: FastifyInstance, isTls: boolean): void {
  app.addHook('onSend', async (request, reply, payload) => {
    reply.headers(HEADERS)
    reply.header('x-request-id', request.id)
    if (isTls) reply.header('strict-transport-security', 'max-age=31536000')
    if (!request.url.startsWith('/api/')) return payload
    const isReading = request.method === 'GET' || request.method === 'HEAD'
    reply.header('cache-control', isReading ? 'private, no-cache' : 'no-store')
    reply.header('vary', 'Authorization, Cookie')
    const isWhole = typeof payload === 'string' || payload instanceof Uint8Array
    if (!(isReading && reply.statusCode === 200 && isWhole)) return payload
    const etag = etagOf(payload)
    reply.header('etag', etag)
    const seen = request.headers['if-none-match']
    if (seen === undefined || !matchesEtag(seen, etag)) return payload
    reply.code(304).removeHeader('content-length')
    return null
  })
}

/**
 * Refuses requests under a name that is not ours: on loopback, a page of another site whose name was pointed at
 * 127.0.0.1 would otherwise read answers as its own (DNS rebinding).
 */
export function guardHost(app: FastifyInstance, allowed: readonly string[], listensOn: () => string): void {
  app.addHook('onRequest', async (request) => {
    if (isHostKnown(request.headers.host, allowed, listensOn())) return
    throw new HttpProblem(
      421,
      'HOST_UNKNOWN',
      'This server is not known by that Host name; add it to the allowed hosts if it should be.',
    )
  })
}

/** Whether a request's Host header is a name of this server. */
export function isHostKnown(
  host: string | undefined,
  allowed: readonly string[],
  listensOn: string,
): boolean {
  if (!isLoopback(listensOn) && allowed.length === 0) return true
  const name = (host ?? '').replace(/:\d+$/, '').toLowerCase()
  return allowed.includes(name) || LOOPBACK_NAMES.includes(name)
}
