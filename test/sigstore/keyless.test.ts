import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  makeBundleChecker,
  makeKeylessSigner,
  makeKeylessVerifier,
  parseTrustConfig,
} from '../../src/adapters/sigstore/index.ts'
import { utf8 } from '../../src/ground/lang/index.ts'
import { type LocalSigstore, makeToken, startLocalSigstore } from './local-sigstore.ts'

let local: LocalSigstore
beforeAll(async () => {
  local = await startLocalSigstore()
})
afterAll(() => local.close())
beforeEach(() => {
  local.misbehave = undefined
  local.requests.length = 0
})

const TOKEN = makeToken({ sub: 'https://ci.example/pipeline@refs/heads/main' })
const WANTED = {
  identity: 'https://ci.example/pipeline@refs/heads/main',
  identityProvider: 'https://issuer.example',
}
const TYPE = 'application/vnd.in-toto+json'
const PAYLOAD = utf8('{"_type":"https://in-toto.io/Statement/v1"}')

function signer(version: 1 | 2 = 1, token = TOKEN) {
  const config = parseTrustConfig(local.trustConfig(version), 'local')
  return makeKeylessSigner({
    config,
    fetch,
    now: () => new Date(),
    getToken: async () => token,
    label: 'test',
  })
}
const verifier = () => makeKeylessVerifier(makeBundleChecker(parseTrustConfig(local.trustConfig(1), 'local')))
const sign = async (version: 1 | 2 = 1) =>
  JSON.parse(Buffer.from(await signer(version).sign(TYPE, PAYLOAD)).toString())

describe.for([1, 2] as const)('signed with Rekor v%i', (version) => {
  test('verifies, and says who, when and what', async () => {
    const before = Date.now()
    const verified = await verifier().verify(await sign(version), WANTED)
    expect(verified).toMatchObject({ ...WANTED, payloadType: TYPE })
    expect(Buffer.from(verified.payload)).toEqual(Buffer.from(PAYLOAD))
    expect(Math.abs(Date.parse(verified.signedAt) - before)).toBeLessThan(60_000)
  })

  test.for([
    ['another identity', { identity: 'https://ci.example/pipeline@refs/heads/other' }],
    ['a longer identity', { identity: `${WANTED.identity}2` }],
    ['a pattern where a text is meant', { identity: '.*' }],
    ['another issuer', { identityProvider: 'https://issuer.example/' }],
  ] as const)('is refused for %s', async ([, other]) => {
    await expect(verifier().verify(await sign(version), { ...WANTED, ...other })).rejects.toMatchObject({
      code: 'SIGNER_UNTRUSTED',
      message: expect.stringContaining('signed by https://ci.example/pipeline@refs/heads/main'),
    })
  })

  test('is refused when one byte anywhere in it is changed', async () => {
    const text = JSON.stringify(await sign(version))
    const step = Math.ceil(text.length / 24)
    for (let at = 0; at < text.length; at += step) {
      // Within base64 a change may be of loose bits only; whatever is still taken must say the same.
      const changed = `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`
      const outcome = await Promise.resolve()
        .then(() => verifier().verify(JSON.parse(changed), WANTED))
        .catch((error: Error) => error)
      if (outcome instanceof Error) continue
      expect(Buffer.from(outcome.payload)).toEqual(Buffer.from(PAYLOAD))
      expect(outcome).toMatchObject(WANTED)
    }
  })
})
