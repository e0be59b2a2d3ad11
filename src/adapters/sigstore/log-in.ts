import { createHash, randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SallyportError } from '../../ground/lang/index.ts'
import { at } from './at.ts'
import { callPeerForJson, failure, type PeerDeps, type PeerRequest } from './call-peer.ts'

/** Milliseconds that a person has to log in. */
const LOGIN_TIMEOUT_MS = 5 * 60_000

/** Redirect for flows in which the person copies a code (RFC 8252 has replaced it; Dex and Sigstore keep it). */
const OUT_OF_BAND = 'urn:ietf:wg:oauth:2.0:oob'

/** How somebody logs in. */
export interface LoginOptions {
  /** OIDC issuer; its discovery document says the rest. */
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret?: string
  /** Whether the code is copied by hand: for machines without a browser. */
  readonly isOutOfBand: boolean
  readonly say: (line: string) => void
  readonly ask: (question: string) => Promise<string>
}

/**
 * An identity token by the authorization code flow with PKCE (RFC 7636) and a nonce (OpenID Connect Core 3.1).
 * @throws SallyportError `PEER_FAILED`, `UNAUTHENTICATED` when nobody logs in, `ABORTED`
 */
export async function logIn(deps: PeerDeps, options: LoginOptions): Promise<string> {
  const endpoints = await discover(deps, options.issuer)
  const secrets = { verifier: random(), state: random(), nonce: random() }
  const callback = options.isOutOfBand ? undefined : await openCallback(secrets.state)
  try {
    const redirect = callback?.url ?? OUT_OF_BAND
    options.say(`Log in at: ${authorizeUrl(endpoints.authorize, options, { ...secrets, redirect })}`)
    const code =
      callback === undefined
        ? (await options.ask('Code shown after logging in: ')).trim()
        : await callback.code(deps.signal)
    if (code === '') throw new SallyportError('UNAUTHENTICATED', 'no code was given')
    return await redeem(deps, { endpoint: endpoints.token, options, code, redirect, ...secrets })
  } finally {
    callback?.close()
  }
}

const random = (): string => randomBytes(32).toString('base64url')

async function discover(
  deps: PeerDeps,
  issuer: string,
): Promise<{ readonly authorize: string; readonly token: string }> {
  const request: PeerRequest = {
    peer: 'the OIDC issuer, asked for its configuration',
    url: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    method: 'GET',
  }
  const found = await callPeerForJson(deps, request)
  const [authorize, token] = [at(found, 'authorization_endpoint'), at(found, 'token_endpoint')]
  // OpenID Connect Discovery 4.3: a document of another issuer could send the code elsewhere.
  if (at(found, 'issuer') !== issuer) throw failure(request, 'its configuration is that of another issuer')
  if (typeof authorize !== 'string' || typeof token !== 'string' || !URL.canParse(authorize))
    throw failure(request, 'its configuration names no endpoints')
  return { authorize, token }
}

function authorizeUrl(
  endpoint: string,
  { clientId }: LoginOptions,
  asked: {
    readonly verifier: string
    readonly state: string
    readonly nonce: string
    readonly redirect: string
  },
): string {
  const url = new URL(endpoint)
  const challenge = createHash('sha256').update(asked.verifier).digest('base64url')
  const query = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: asked.redirect,
    scope: 'openid email',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    state: asked.state,
    nonce: asked.nonce,
  }
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url.href
}

async function redeem(
  deps: PeerDeps,
  asked: {
    readonly endpoint: string
    readonly options: LoginOptions
    readonly code: string
    readonly redirect: string
    readonly verifier: string
    readonly nonce: string
  },
): Promise<string> {
  const { clientId, clientSecret } = asked.options
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    code: asked.code,
    redirect_uri: asked.redirect,
    code_verifier: asked.verifier,
    client_id: clientId,
    ...(clientSecret !== undefined && { client_secret: clientSecret }),
  })
  const request: PeerRequest = {
    peer: 'the OIDC issuer, asked for an identity token',
    url: asked.endpoint,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' },
    body: form.toString(),
    secrets: [asked.code, asked.verifier, clientSecret ?? ''],
  }
  const token = at(await callPeerForJson(deps, request), 'id_token')
  if (typeof token !== 'string') throw failure(request, 'its answer holds no identity token')
  if (nonceOf(token) !== asked.nonce) throw failure(request, 'its token answers another login')
  return token
}

function nonceOf(token: string): unknown {
  try {
    return at(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')), 'nonce')
  } catch {
    // No token: its nonce is none of ours.
    return undefined
  }
}

/** A page on loopback to which the browser brings the code. */
async function openCallback(state: string): Promise<{
  readonly url: string
  code(signal: AbortSignal | undefined): Promise<string>
  close(): void
}> {
  let found: (code: string) => void = () => undefined
  const code = new Promise<string>((resolve) => {
    found = resolve
  })
  const server: Server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const isOurs = pathname === '/auth/callback' && searchParams.get('state') === state
    response.writeHead(isOurs ? 200 : 404, {
      'Content-Type': 'text/plain; charset=utf-8',
      Connection: 'close',
    })
    response.end(isOurs ? 'You are logged in; this page may be closed.\n' : 'Nothing here.\n')
    if (isOurs) found(searchParams.get('code') ?? '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://localhost:${port}/auth/callback`,
    code: (signal) => withDeadline(code, signal),
    close: () => server.close(),
  }
}

async function withDeadline(code: Promise<string>, signal: AbortSignal | undefined): Promise<string> {
  const timeout = AbortSignal.timeout(LOGIN_TIMEOUT_MS)
  const both = signal === undefined ? timeout : AbortSignal.any([timeout, signal])
  return Promise.race([
    code,
    new Promise<never>((_, reject) => {
      both.addEventListener('abort', () =>
        reject(
          signal?.aborted === true
            ? new SallyportError('ABORTED', 'broken off while waiting for a login')
            : new SallyportError(
                'UNAUTHENTICATED',
                `nobody logged in within ${LOGIN_TIMEOUT_MS / 60_000} minutes`,
              ),
        ),
      )
    }),
  ])
}
