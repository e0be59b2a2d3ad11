import { SallyportError } from '../../ground/lang/index.ts'

/** Characters. Tokens of CI services are below 4,000. */
const MAX_TOKEN_CHARS = 16_384

/** An OpenID Connect token as Fulcio takes it. Only Fulcio checks its signature; we read who it will name. */
export interface IdentityToken {
  readonly text: string
  /** What is signed to prove possession of the key: the e-mail where there is one, else `sub` (fulcio `docs/certificate-issuing.md`). */
  readonly subject: string
  readonly issuer: string
}

/**
 * Reads a token without believing it.
 * @throws SallyportError `BAD_INPUT` for no token or one that has run out; the token itself is in no message
 */
export function readIdentityToken(text: string, now: Date): IdentityToken {
  const trimmed = text.trim()
  if (trimmed.length > MAX_TOKEN_CHARS) throw refuse('is too long to be one')
  const claims = claimsOf(trimmed)
  const { email, email_verified: isVerified, sub, iss, exp } = claims
  if (typeof exp === 'number' && exp * 1000 <= now.getTime())
    throw refuse(`ran out at ${new Date(exp * 1000).toISOString()}: get a new one`)
  if (typeof iss !== 'string' || iss === '') throw refuse('names no issuer')
  if (typeof email === 'string' && email !== '') {
    if (isVerified !== true && isVerified !== 'true')
      throw refuse('names an e-mail that its issuer has not verified')
    return { text: trimmed, subject: email, issuer: iss }
  }
  if (typeof sub !== 'string' || sub === '') throw refuse('names nobody')
  return { text: trimmed, subject: sub, issuer: iss }
}

function claimsOf(text: string): Readonly<Record<string, unknown>> {
  const [, body] = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(text) ?? []
  if (body === undefined) throw refuse('is not a JSON web token')
  let claims: unknown
  try {
    claims = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'))
  } catch {
    // Not as the cause: its message would quote the token.
    throw refuse('is not a JSON web token')
  }
  if (typeof claims !== 'object' || claims === null) throw refuse('is not a JSON web token')
  return { ...claims }
}

function refuse(why: string): SallyportError {
  return new SallyportError('BAD_INPUT', `the identity token ${why}`)
}
