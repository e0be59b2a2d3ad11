import { createHash, createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SageMakerClient, UpdateModelPackageCommand } from '@aws-sdk/client-sagemaker'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKubeflowMirror } from '../../src/adapters/kubeflow/index.ts'
import { createSagemakerMirror } from '../../src/adapters/sagemaker/index.ts'
import type { Decision, Digest, Outcome } from '../../src/ground/domain/index.ts'
import { createMirrors, type NamedVersion } from '../../src/services/model-names/index.ts'

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const DIGEST = `sha256:${'a'.repeat(64)}` as Digest
const ARN = 'arn:aws:sagemaker:eu-west-1:123456789012:model-package/fraud/3'

interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}
const seen: Seen[] = []
let status = 200
let url = ''
/** Speaks both APIs as far as they are asked here; refuses what is not signed by the key that it knows. */
const server = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk) => (body += chunk))
  request.on('end', () => {
    const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body }
    const isAws = request.headers['x-amz-target'] !== undefined
    const isSigned = !isAws || isSignedRight(one)
    if (isSigned) seen.push(one)
    response.writeHead(isSigned ? status : 403, {
      'content-type': isAws ? 'application/x-amz-json-1.1' : 'application/json',
    })
    response.end(JSON.stringify(isAws ? { ModelPackageArn: ARN } : {}))
  })
})

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
const sha = (text: string) => createHash('sha256').update(text).digest('hex')

/** Signature Version 4, as AWS documents it. */
function isSignedRight({ method, url: path, headers, body }: Seen): boolean {
  const found =
    /^AWS4-HMAC-SHA256 Credential=AKID\/(\d{8})\/(eu-west-1)\/(sagemaker)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      String(headers.authorization),
    )
  if (found === null) return false
  const [, day = '', region = '', service = '', names = '', signature] = found
  const canonicalHeaders = names
    .split(';')
    .map((name) => `${name}:${String(headers[name]).trim()}\n`)
    .join('')
  const canonical = [method, path, '', canonicalHeaders, names, sha(body)].join('\n')
  const scope = `${day}/${region}/${service}/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha(canonical)].join('\n')
  const key = ['aws4_request'].reduce(
    (k, part) => hmac(k, part),
    [day, region, service].reduce<string | Buffer>((k, part) => hmac(k, part), `AWS4${SECRET}`),
  )
  return createHmac('sha256', key).update(toSign).digest('hex') === signature
}

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())

const decisionOf = (outcome: Outcome): Decision => ({
  ...{
    id: '01900000-0000-7000-8000-000000000000',
    tenant: 'default',
    subject: DIGEST,
    stage: 'production',
    outcome,
  },
  reasons: [{ code: 'test', outcome, message: 'because of a test', statements: [] }],
  ...{ policy: { name: 'p', digest: DIGEST }, inputs: [] },
  ...{ decidedAt: '2026-01-01T00:00:00.000Z', expiresAt: '2026-01-02T00:00:00.000Z' },
})

const sagemaker = () =>
  createSagemakerMirror({
    ...{ region: 'eu-west-1', endpoint: url, fetch, now: () => new Date() },
    credentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: SECRET }),
  })

test.for([
  ['allow', 'Approved'],
  ['review', 'PendingManualApproval'],
  ['deny', 'Rejected'],
] as const)(
  "a decision to %s is %s at SageMaker, asked as the vendor's own client asks",
  async ([outcome, wanted]) => {
    seen.length = 0
    await sagemaker().tell(
      ARN,
      { digest: DIGEST, decision: decisionOf(outcome) },
      AbortSignal.timeout(10_000),
    )
    const [ours] = seen
    const fields = JSON.parse(ours?.body ?? '{}')
    expect(fields).toMatchObject({
      ModelPackageArn: ARN,
      ModelApprovalStatus: wanted,
      ModelLifeCycle: { Stage: 'Production', StageStatus: wanted },
    })
    const client = new SageMakerClient({
      region: 'eu-west-1',
      endpoint: url,
      credentials: { accessKeyId: 'AKID', secretAccessKey: SECRET },
    })
    await client.send(new UpdateModelPackageCommand(fields))
    const theirs = seen[1]
    expect(JSON.parse(theirs?.body ?? '{}')).toEqual(fields)
    for (const header of ['x-amz-target', 'content-type'] as const)
      expect(ours?.headers[header]).toBe(theirs?.headers[header])
    expect([ours?.method, ours?.url]).toEqual([theirs?.method, theirs?.url])
  },
)

test('a wrong key is refused, and told as a failure of the peer', async () => {
  const mirror = createSagemakerMirror({
    ...{ region: 'eu-west-1', endpoint: url, fetch, now: () => new Date() },
    credentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'wrong' }),
  })
  await expect(
    mirror.tell(ARN, { digest: DIGEST, decision: decisionOf('allow') }, AbortSignal.timeout(10_000)),
  ).rejects.toMatchObject({ code: 'PEER_FAILED' })
})

test.for([
  ['allow', 'LIVE'],
  ['review', 'ARCHIVED'],
  ['deny', 'ARCHIVED'],
] as const)('a decision to %s is %s at Kubeflow', async ([outcome, state]) => {
  seen.length = 0
  const mirror = createKubeflowMirror({ base: url, token: 'kf-token', fetch })
  await mirror.tell('42', { digest: DIGEST, decision: decisionOf(outcome) }, AbortSignal.timeout(10_000))
  expect(seen[0]).toMatchObject({
    method: 'PATCH',
    url: '/api/model_registry/v1alpha3/model_versions/42',
    headers: { authorization: 'Bearer kf-token' },
  })
  expect(JSON.parse(seen[0]?.body ?? '{}')).toMatchObject({
    state,
    customProperties: {
      sallyport_decision: { metadataType: 'MetadataStringValue', string_value: outcome },
      sallyport_digest: { string_value: DIGEST },
    },
  })
})

test('a place is told each change once, again after a failure, and never what its tag does not name', async () => {
  seen.length = 0
  const rows = new Map<string, { target: string; told: string }>()
  let outcome: Outcome = 'allow'
  let at = 1_000_000
  const problems: unknown[] = []
  const version = (tags: Record<string, string>) => ({ digest: DIGEST, tags }) as unknown as NamedVersion
  const deps = {
    book: {
      versions: () => [
        version({ 'mirror.kubeflow': '7' }),
        version({ 'mirror.kubeflow': '../8' }),
        version({}),
      ],
      mirrored: (target: string) => rows.get(target),
      saveMirrored: (row: { target: string; told: string }) => void rows.set(row.target, row),
    },
    judge: async () => decisionOf(outcome),
    peers: [createKubeflowMirror({ base: url, fetch })],
    now: () => new Date(at),
    report: (problem: unknown) => problems.push(problem),
  }
  const mirrors = createMirrors(deps)
  await mirrors.look()
  await mirrors.look()
  expect(seen.map((one) => one.url.split('/').at(-1))).toEqual(['7'])
  expect(problems).toMatchObject([{ code: 'BAD_INPUT' }])
  outcome = 'deny'
  status = 500
  await mirrors.look()
  status = 200
  // A process that begins anew has only what was written down: the place was not told yet.
  at += 60_000
  await createMirrors(deps).look()
  expect(seen.map(({ body }) => JSON.parse(body).state)).toEqual(['LIVE', 'ARCHIVED', 'ARCHIVED'])
  await createMirrors(deps).look()
  expect(seen).toHaveLength(3)
})
