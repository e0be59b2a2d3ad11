import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { findAmbientToken, logIn } from '../../src/adapters/sigstore/index.ts'
import { makeToken } from './local-sigstore.ts'

let server: Server
let url: string
let folder: string
/** What the next request is answered with; the issuer below when there is nothing. */
let answer: ((path: string, headers: Record<string, unknown>) => { status: number; body: string }) | undefined
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-token-'))
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const path = request.url ?? '/'
      const reply = answer?.(path, request.headers) ?? issuer(path, body)
      response.writeHead(reply.status, { 'Content-Type': 'application/json' }).end(reply.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true })
})
beforeEach(() => {
  answer = undefined
})

const tokenFile = () => join(folder, 'none')
const find = (env: Record<string, string>, file = tokenFile()) =>
  findAmbientToken({ env, fetch, tokenFile: file })

describe('ambient credentials', () => {
  test('GitLab and others: SIGSTORE_ID_TOKEN', async () => {
    expect(await find({ SIGSTORE_ID_TOKEN: ' a.b.c\n' })).toBe('a.b.c')
  })

  test('GitHub Actions: asked for with its bearer token and our audience', async () => {
    let asked: unknown
    answer = (path, headers) => {
      asked = { path, authorization: headers.authorization }
      return { status: 200, body: '{"value":"a.b.c"}' }
    }
    const env = {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?api=1`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'bearer-secret',
    }
    expect(await find(env)).toBe('a.b.c')
    expect(asked).toEqual({ path: '/token?api=1&audience=sigstore', authorization: 'Bearer bearer-secret' })
    answer = () => ({ status: 403, body: '{"message":"bearer-secret may not"}' })
    const error: Error = await find(env).catch((cause) => cause)
    expect(error.message).toMatch(/GitHub Actions.*403/)
    expect(error.message).not.toContain('bearer-secret')
  })

  test('GitHub Actions without the permission: says which', async () => {
    await expect(find({ GITHUB_ACTIONS: 'true' })).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringContaining('id-token: write'),
    })
  })

  test('a workload’s token file', async () => {
    writeFileSync(join(folder, 'oidc-token'), 'a.b.c\n')
    expect(await find({}, join(folder, 'oidc-token'))).toBe('a.b.c')
  })

  test.for([
    ['Buildkite', 'buildkite-agent', { BUILDKITE: 'true' }, 'oidc request-token --audience sigstore'],
    ['CircleCI', 'circleci', { CIRCLECI: 'true' }, 'run oidc get --claims {"aud":"sigstore"}'],
  ] as const)('%s: its own program', async ([, program, env, args]) => {
    // The token is what it was asked with, so that the test sees the question.
    writeFileSync(join(folder, program), '#!/bin/sh\nprintf "%s" "$*"\n', { mode: 0o755 })
    expect(await find({ ...env, PATH: `${folder}:/usr/bin:/bin` })).toBe(args)
    writeFileSync(join(folder, program), '#!/bin/sh\necho secret-output; exit 7\n', { mode: 0o755 })
    const error: Error = await find({ ...env, PATH: `${folder}:/usr/bin:/bin` }).catch((cause) => cause)
    expect(error).toMatchObject({ code: 'PEER_FAILED', message: `${program} gave no identity token (7)` })
  })

  test('none: says where it looked', async () => {
    await expect(find({})).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringMatching(/GitHub Actions.*Buildkite.*CircleCI.*Google Cloud/),
    })
  })
})

/** One login at the issuer: what the browser was sent with, and which code it brings back. */
const login: { code: string; query: URLSearchParams; issuerName?: string; nonce?: string } = {
  code: 'the-code',
  query: new URLSearchParams(),
}

/** An OIDC issuer of one client, as far as the code flow asks. */
function issuer(path: string, body: string): { status: number; body: string } {
  if (path === '/.well-known/openid-configuration')
    return {
      status: 200,
      body: JSON.stringify({
        issuer: login.issuerName ?? url,
        authorization_endpoint: `${url}/auth`,
        token_endpoint: `${url}/token`,
      }),
    }
  if (path !== '/token') return { status: 404, body: '{}' }
  const form = new URLSearchParams(body)
  const challenge = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url')
  const isRight =
    form.get('grant_type') === 'authorization_code' &&
    form.get('code') === login.code &&
    form.get('client_id') === 'sigstore' &&
    form.get('redirect_uri') === login.query.get('redirect_uri') &&
    challenge === login.query.get('code_challenge')
  if (!isRight)
    return {
      status: 400,
      body: JSON.stringify({ error: 'invalid_grant', error_description: form.get('code') }),
    }
  const nonce = login.nonce ?? login.query.get('nonce')
  return { status: 200, body: JSON.stringify({ id_token: makeToken({ sub: 'anna', nonce }) }) }
}

const remember = (line: string) => {
  login.query = new URL(line.replace('Log in at: ', '')).searchParams
}
const byHand = (ask: () => Promise<string> = async () => ` ${login.code} \n`) =>
  logIn({ fetch }, { issuer: url, clientId: 'sigstore', isOutOfBand: true, say: remember, ask })

describe('logging in', () => {
  beforeEach(() => {
    delete login.issuerName
    delete login.nonce
  })

  test('by a code that is copied, with PKCE, state and nonce', async () => {
    const token = await byHand()
    expect(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({
      sub: 'anna',
    })
    expect(Object.fromEntries(login.query)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      redirect_uri: 'urn:ietf:wg:oauth:2.0:oob',
      scope: 'openid email',
    })
  })

  test('by a browser that comes back to this machine; a forged return is not taken', async () => {
    const token = await logIn(
      { fetch },
      {
        issuer: url,
        clientId: 'sigstore',
        isOutOfBand: false,
        ask: async () => expect.fail('nothing to ask'),
        say: (line) => {
          remember(line)
          const back = login.query.get('redirect_uri')
          void (async () => {
            expect((await fetch(`${back}?code=forged&state=guessed`)).status).toBe(404)
            expect((await fetch(`${back}?code=${login.code}&state=${login.query.get('state')}`)).status).toBe(
              200,
            )
          })()
        },
      },
    )
    expect(token).toMatch(/^eyJ/)
  })

  test('a wrong code is refused, and the code stands in no error', async () => {
    const error: Error = await byHand(async () => 'wrong-secret-code').catch((cause) => cause)
    expect(error).toMatchObject({ code: 'PEER_FAILED' })
    expect(error.message).not.toContain('wrong-secret-code')
  })

  test('no code is nobody', async () => {
    await expect(byHand(async () => ' ')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  test('the token of another login is not taken', async () => {
    login.nonce = 'of another'
    await expect(byHand()).rejects.toMatchObject({ message: expect.stringMatching(/another login/) })
  })

  test('the configuration of another issuer is not taken', async () => {
    login.issuerName = 'https://evil.example'
    await expect(byHand()).rejects.toMatchObject({ message: expect.stringMatching(/another issuer/) })
  })
})
