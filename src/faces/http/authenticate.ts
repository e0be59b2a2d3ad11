import type { FastifyRequest } from 'fastify'
import type { Caller, Identity } from '../../services/identity/index.ts'
import { HttpProblem } from './problem.ts'

/** Who calls, and by which session if by one. */
export interface Authenticated {
  readonly caller: Caller
  readonly session: string | undefined
}

/** Name of the session's cookie; under TLS the prefix binds it to this host and to HTTPS (RFC 6265bis, 4.1.3.2). */
export function cookieName(isTls: boolean): string {
  return isTls ? '__Host-sallyport' : 'sallyport'
}

/** Scheme and host as the caller addressed this server. */
export function originOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}`
}

/**
 * Establishes the caller from an API token or a session's cookie.
 * @throws HttpProblem 401 without either, 403 when a session's request comes from another site
 * @throws SallyportError `UNAUTHENTICATED`, `RATE_LIMITED`
 */
export async function authenticate(identity: Identity, request: FastifyRequest): Promise<Authenticated> {
  const { authorization } = request.headers
  if (authorization !== undefined) {
    const secret = /^Bearer (spt_[\w-]{43})$/i.exec(authorization)?.[1]
    if (secret === undefined)
      throw unauthenticated('The Authorization header must be "Bearer " and an API token (spt_…).')
    return { caller: await identity.callerOfToken(secret, request.ip), session: undefined }
  }
  const session = request.cookies[cookieName(request.protocol === 'https')]
  if (session === undefined || session === '')
    throw unauthenticated('Send an API token as "Authorization: Bearer spt_…", or log in with a login link.')
  if (request.method !== 'GET' && request.method !== 'HEAD') refuseOtherSites(request)
  return { caller: await identity.callerOfSession(session, request.ip), session }
}

// SameSite=Strict already keeps the cookie at home; these two also stop pages on other ports of this host, which are
// the same site to a cookie, and old browsers (OWASP CSRF cheat sheet, "Fetch Metadata" and "Verifying Origin").
function refuseOtherSites(request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site']
  const { origin } = request.headers
  const isOurs = origin === undefined ? site === 'same-origin' : origin === originOf(request)
  if (isOurs && (site === undefined || site === 'same-origin')) return
  throw new HttpProblem(
    403,
    'CROSS_SITE',
    'A session may change things only from pages of this server itself.',
  )
}

function unauthenticated(detail: string): HttpProblem {
  return new HttpProblem(401, 'UNAUTHENTICATED', detail, {
    headers: { 'www-authenticate': 'Bearer realm="sallyport"' },
  })
}
