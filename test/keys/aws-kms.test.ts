import { hash, verify } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms'
import { AwsV4Signer } from 'aws4fetch'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAwsKmsKey } from '../../src/adapters/signer-aws-kms/index.ts'
import { AWS_ENV, serveAwsKms, sigV4 } from './aws-server.ts'
import { CURVES, serve } from './serve.ts'

const MESSAGE = Buffer.from('a model')
let aws: Awaited<ReturnType<typeof serveAwsKms>>
let home: string
beforeAll(async () => {
  aws = await serveAwsKms()
  home = await mkdtemp(join(tmpdir(), 'sallyport-aws-'))
})
afterAll(async () => {
  await aws.close()
  await rm(home, { recursive: true })
})
const depsOf = (env: Record<string, string> = {}) => ({
  env: { ...AWS_ENV, HOME: home, AWS_ENDPOINT_URL_KMS: aws.url, ...env },
  fetch: globalThis.fetch,
  now: () => new Date(),
})

// aws-sig-v4-test-suite (AWS, Apache-2.0), get-vanilla and post-vanilla: the one that checks here, and the one that signs.
test.for([
  ['GET', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  ['POST', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
] as const)('AWS publishes the signature of a plain %s', async ([method, signature]) => {
  const secret = AWS_ENV.AWS_SECRET_ACCESS_KEY
  const date = '20150830T123600Z'
  const headers = { host: 'example.amazonaws.com', 'x-amz-date': date }
  const place = { region: 'us-east-1', service: 'service' }
  const of = {
    method,
    path: '/',
    headers,
    signed: 'host;x-amz-date',
    body: Buffer.alloc(0),
    date,
    secret,
    ...place,
  }
  expect(sigV4(of)).toBe(signature)
  const signer = new AwsV4Signer({
    ...{ method, url: 'https://example.amazonaws.com/', datetime: date, ...place },
    ...{ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: secret },
  })
  expect((await signer.sign()).headers.get('authorization')).toContain(`Signature=${signature}`)
})

describe.for(CURVES)('%s', ([curve, name]) => {
  const id = () => aws.keyIds[CURVES.findIndex(([one]) => one === curve)] ?? ''

  test('the vendor’s own client gets from this server what it expects', async () => {
    const client = new KMSClient({
      ...{ endpoint: aws.url, region: AWS_ENV.AWS_REGION },
      credentials: { accessKeyId: AWS_ENV.AWS_ACCESS_KEY_ID, secretAccessKey: AWS_ENV.AWS_SECRET_ACCESS_KEY },
    })
    const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: id() }))
    const { Signature } = await client.send(
      new SignCommand({
        ...{ KeyId: id(), Message: hash(name, MESSAGE, 'buffer'), MessageType: 'DIGEST' },
        SigningAlgorithm: `ECDSA_SHA_${name.slice(3)}` as 'ECDSA_SHA_256',
      }),
    )
    const key = { key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' } as const
    expect(verify(name, MESSAGE, key, Buffer.from(Signature ?? []))).toBe(true)
    client.destroy()
  })

  test('ours signs what its public key verifies', async () => {
    const key = await openAwsKmsKey(`awskms:///${id()}`, depsOf())
    expect(verify(name, MESSAGE, key.publicKeyPem, await key.sign(MESSAGE))).toBe(true)
    expect(key.curve).toBe({ sha256: 'P-256', sha384: 'P-384', sha512: 'P-521' }[name])
  })
})

test('an alias is resolved once: what signs is the key that was opened', async () => {
  const key = await openAwsKmsKey('awskms:///alias/k0', depsOf())
  await key.sign(MESSAGE)
  expect(JSON.parse(aws.asked.at(-1)?.body.toString() ?? '').KeyId).toMatch(/^arn:aws:kms:.*:key\/00000000-/)
})

test('a wrong secret key is refused by the server, and stands in no message', async () => {
  const env = { AWS_SECRET_ACCESS_KEY: 'not-the-secret-at-all' }
  const failure = await openAwsKmsKey('awskms:///alias/k0', depsOf(env)).catch((error: Error) => error)
  expect(failure).toMatchObject({ code: 'PEER_FAILED', message: expect.stringMatching(/InvalidSignature/) })
  expect(JSON.stringify(failure) + String((failure as Error).stack)).not.toContain('not-the-secret')
})

describe('credentials', () => {
  const bare = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined }
  const open = (env: Record<string, string | undefined>) => {
    const deps = depsOf()
    return openAwsKmsKey('awskms:///alias/k0', { ...deps, env: { ...deps.env, ...bare, ...env } })
  }
  const handed = {
    AccessKeyId: AWS_ENV.AWS_ACCESS_KEY_ID,
    SecretAccessKey: AWS_ENV.AWS_SECRET_ACCESS_KEY,
    Token: 'session-token',
    Expiration: '2099-01-01T00:00:00Z',
  }

  test('from a profile of the shared file', async () => {
    const file = join(home, 'credentials')
    await writeFile(
      file,
      `[other]\naws_access_key_id=x\n[ml]\naws_access_key_id = ${AWS_ENV.AWS_ACCESS_KEY_ID}\naws_secret_access_key = ${AWS_ENV.AWS_SECRET_ACCESS_KEY}\n`,
    )
    expect((await open({ AWS_PROFILE: 'ml', AWS_SHARED_CREDENTIALS_FILE: file })).curve).toBe('P-256')
    await expect(open({ AWS_PROFILE: 'nobody', AWS_SHARED_CREDENTIALS_FILE: file })).rejects.toThrow(
      /"nobody"/,
    )
  })

  test('from a container, with its token; never from a stranger over plain HTTP', async () => {
    const agent = await serve(({ headers }) =>
      headers.authorization === 'pod-token' ? { json: handed } : { status: 401, json: {} },
    )
    const env = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${agent.url}/creds`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'pod-token',
    }
    expect((await open(env)).curve).toBe('P-256')
    expect(aws.asked.at(-1)?.headers['x-amz-security-token']).toBe('session-token')
    await expect(
      open({ ...env, AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://203.0.113.7/creds' }),
    ).rejects.toThrow(/neither https nor local/)
    await agent.close()
  })

  test('from a web identity', async () => {
    const file = join(home, 'token')
    await writeFile(file, 'jwt')
    const sts = await serve(({ body }) =>
      new URLSearchParams(body.toString()).get('WebIdentityToken') === 'jwt'
        ? {
            type: 'text/xml',
            bytes: Buffer.from(
              `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>${handed.AccessKeyId}</AccessKeyId><SecretAccessKey>${handed.SecretAccessKey}</SecretAccessKey><SessionToken>s</SessionToken><Expiration>${handed.Expiration}</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
            ),
          }
        : { status: 403, json: {} },
    )
    const env = {
      AWS_WEB_IDENTITY_TOKEN_FILE: file,
      AWS_ROLE_ARN: 'arn:aws:iam::1:role/r',
      AWS_ENDPOINT_URL_STS: sts.url,
    }
    expect((await open(env)).curve).toBe('P-256')
    await sts.close()
  })

  test('from the instance, by IMDSv2', async () => {
    const imds = await serve(({ method, path, headers }) => {
      if (method === 'PUT' && path === '/latest/api/token') return { bytes: Buffer.from('imds-token') }
      if (headers['x-aws-ec2-metadata-token'] !== 'imds-token') return { status: 401, json: {} }
      return path.endsWith('/security-credentials/') ? { bytes: Buffer.from('role-a') } : { json: handed }
    })
    expect((await open({ AWS_EC2_METADATA_SERVICE_ENDPOINT: imds.url })).curve).toBe('P-256')
    await imds.close()
  })

  test('and without any, the words say what to set', async () => {
    await expect(open({ AWS_EC2_METADATA_DISABLED: 'true' })).rejects.toMatchObject({
      code: 'BAD_CONFIG',
      message: expect.stringMatching(/AWS_ACCESS_KEY_ID/),
    })
  })
})

test.for([
  'awskms://',
  'awskms:///',
  'awskms:///key with spaces',
  'awskms:///alias/../x?y',
  'awskms://user@host/alias/x',
  'awskms:///arn:aws:s3:eu:111122223333:key/00000000-1111-2222-3333-444444444444',
])('%s names no key', async (uri) => {
  await expect(openAwsKmsKey(uri, depsOf())).rejects.toMatchObject({ code: 'BAD_INPUT' })
})
