import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTestMirror } from '../oci/open-mirror.ts'
import { type LocalOrigin, startLocalOrigin } from './local-origin.ts'

const HEADER = Buffer.from('{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}'.padEnd(64))
const WEIGHTS = Buffer.concat([Buffer.from([64, 0, 0, 0, 0, 0, 0, 0]), HEADER, Buffer.alloc(16, 1)])
const EVIL = Buffer.from("cos\nsystem\n(S'id'\ntR.", 'latin1')
const sha256 = (body: Uint8Array) => createHash('sha256').update(body).digest('hex')

let web: LocalOrigin
let bucket: LocalOrigin
let home: string
let at: number
const open: { close(): Promise<void> }[] = []

beforeEach(async () => {
  web = await startLocalOrigin()
  bucket = await startLocalOrigin('models')
  home = mkdtempSync(join(tmpdir(), 'sallyport-pull-'))
  at = Date.now()
  writeFileSync(
    join(home, 'aws'),
    '[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY\n',
  )
})
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
  await web.close()
  await bucket.close()
  rmSync(home, { recursive: true, force: true })
})

async function mirror(
  options: Partial<Parameters<typeof openTestMirror>[0]> & { readonly limits?: object } = {},
) {
  const weights = {
    ...{ url: 's3://models/team', region: 'eu-test-1', endpoint: bucket.url },
    ...{ credentialsFile: join(home, 'aws'), folderDepth: 2 },
  }
  const settings = { pullUpstreams: { web: `${web.url}/files`, weights }, ...options.limits }
  const opened = await openTestMirror({ home, settings, now: () => new Date(at), ...options })
  open.push(opened)
  return opened
}

const get = (url: string, init: RequestInit = {}) => fetch(url, { redirect: 'manual', ...init })

function curl(...args: readonly string[]): Promise<string> {
  return new Promise((done) => {
    execFile('curl', ['-s', ...args], { timeout: 100_000 }, (_, out, err) => done(`${out}${err}`))
  })
}

test('curl gets an allowed file bit for bit, in ranges too, and the reason why another is refused', async () => {
  web.put('files/a/model.safetensors', WEIGHTS)
  web.put('files/evil.pkl', EVIL)
  const { url, requests, parts } = await mirror()
  const to = join(home, 'got')
  await curl('-o', to, `${url}/pull/web/a/model.safetensors`)
  expect(readFileSync(to)).toEqual(WEIGHTS)
  const part = await get(`${url}/pull/web/a/model.safetensors`, { headers: { range: 'bytes=10-19' } })
  expect([part.status, part.headers.get('etag')]).toEqual([206, `"${sha256(WEIGHTS)}"`])
  expect(Buffer.from(await part.arrayBuffer())).toEqual(WEIGHTS.subarray(10, 20))
  const said = await curl('--fail-with-body', `${url}/pull/web/evil.pkl`)
  expect(said).toMatch(/^Sallyport refuses web\/evil\.pkl@[0-9a-f]{12}: .*See http/)
  const refused = await get(`${url}/pull/web/evil.pkl`, { method: 'HEAD' })
  expect([refused.status, refused.headers.get('link')?.slice(-12)]).toEqual([403, '; rel="help"'])
  expect(refused.headers.get('x-sallyport-reason')).toContain('Sallyport refuses web/evil.pkl')
  expect(requests[0]).toMatchObject({ door: 'https', stage: 'development' })
  const [model] = (await parts.registry.list({ limit: 5, needsReview: true })).items
  expect(model?.name).toBe('web/evil.pkl')
})

test('a file that changed at its source is another model, judged anew; one that did not is not fetched again', async () => {
  web.put('files/m.safetensors', WEIGHTS)
  const { url } = await mirror()
  const model = `${url}/pull/web/m.safetensors`
  expect((await get(model)).status).toBe(200)
  at += 61_000
  expect((await get(model)).status).toBe(200)
  expect(web.transfers.length).toBe(1)
  web.put('files/m.safetensors', EVIL)
  expect((await get(model)).status, 'within the minute it is the one that was judged').toBe(200)
  at += 61_000
  expect((await get(model)).status).toBe(403)
})

test('a transfer that breaks off goes on where it was, though no digest is known; 100 that ask cause one', async () => {
  const large = Buffer.concat([WEIGHTS.subarray(0, 8 + 64), Buffer.alloc(16, 7)])
  web.put('files/m.safetensors', large)
  web.cuts.set('files/m.safetensors', { after: 30, times: 2 })
  const { url } = await mirror()
  const asked = await Promise.all(
    Array.from({ length: 100 }, async () =>
      Buffer.from(await (await get(`${url}/pull/web/m.safetensors`)).arrayBuffer()),
    ),
  )
  expect(asked.every((bytes) => bytes.equals(large))).toBe(true)
  expect(web.transfers.map(({ from }) => from)).toEqual([0, 30, 60])
  expect(readdirSync(join(home, 'quarantine', 'pull')), 'nothing is left over').toEqual([])
})

test('what cannot be pinned, queries and names that climb are refused, and other sources are not asked', async () => {
  web.files.set('files/bare.bin', { body: WEIGHTS })
  const { url } = await mirror()
  const bare = await get(`${url}/pull/web/bare.bin`)
  expect([bare.status, (await bare.text()).includes('neither ETag nor Last-Modified')]).toEqual([403, true])
  for (const path of ['web/a?token=1', 'web/%2e%2e/secret', 'web/a%2fb', 'web/a//b', 'web/'])
    expect((await get(`${url}/pull/${path}`)).status, path).toBe(400)
  expect((await get(`${url}/pull/http:%2f%2f169.254.169.254/latest`)).status).toBe(404)
  expect((await get(`${url}/pull/web/a`, { method: 'PUT', body: 'x' })).status).toBe(405)
  expect((await get(`${url}/pull/web/nothing.bin`)).status).toBe(404)
  expect(web.requests.filter((line) => !/bare|nothing/.test(line))).toEqual([])
})

function client(url: string, token?: string): S3Client {
  return new S3Client({
    ...{ endpoint: `${url}/pull`, region: 'any', forcePathStyle: true, maxAttempts: 1 },
    credentials: { accessKeyId: 'any', secretAccessKey: 'any', ...(token ? { sessionToken: token } : {}) },
  })
}

test('the SDK of S3 lists a bucket, and gets the files of a folder that was searched as one model', async () => {
  bucket.put('team/org/model/config.json', '{"model_type":"bert"}')
  bucket.put('team/org/model/sub/a b+c.safetensors', WEIGHTS)
  bucket.put('team/org/evil/config.json', '{}')
  bucket.put('team/org/evil/model.pkl', EVIL)
  const { url, requests, parts } = await mirror()
  const s3 = client(url)
  const listed = await s3.send(
    new ListObjectsV2Command({ Bucket: 'weights', Prefix: 'org/model/', MaxKeys: 2 }),
  )
  expect(listed.Contents?.map(({ Key, Size }) => [Key, Size])).toEqual([
    ['org/model/config.json', 21],
    ['org/model/sub/a b+c.safetensors', WEIGHTS.length],
  ])
  const Key = 'org/model/sub/a b+c.safetensors'
  const got = await s3.send(new GetObjectCommand({ Bucket: 'weights', Key }))
  expect(Buffer.from((await got.Body?.transformToByteArray()) ?? [])).toEqual(WEIGHTS)
  expect((await s3.send(new HeadObjectCommand({ Bucket: 'weights', Key }))).ContentLength).toBe(
    WEIGHTS.length,
  )
  const refused = s3.send(new GetObjectCommand({ Bucket: 'weights', Key: 'org/evil/config.json' }))
  await expect(refused, 'beside a pickle that runs a program').rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringContaining('Sallyport refuses weights/org/evil/@'),
  })
  expect(requests[0]?.door).toBe('s3')
  const model = (await parts.registry.list({ limit: 5 })).items.find(
    ({ name }) => name === 'weights/org/model/',
  )
  expect(model?.fileCount).toBe(2)
  s3.destroy()
})

test('beyond loopback the token stands where S3 has its session token; a bucket that refuses us says so', async () => {
  bucket.put('team/org/model/config.json', '{"model_type":"bert"}')
  writeFileSync(join(home, 'wrong'), 'aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = wrong\n')
  const source = { url: 's3://models/team', region: 'eu-test-1', endpoint: bucket.url, folderDepth: 2 }
  const settings = {
    pullUpstreams: {
      weights: { ...source, credentialsFile: join(home, 'aws') },
      wrong: { ...source, credentialsFile: join(home, 'wrong') },
    },
  }
  const { url, parts } = await mirror({ settings, isLoopback: false })
  const { token } = await parts.people.add(undefined, { name: 'Ada', role: 'contributor' })
  const Key = 'org/model/config.json'
  const without = client(url).send(new GetObjectCommand({ Bucket: 'weights', Key }))
  await expect(without).rejects.toMatchObject({ message: expect.stringContaining('AWS_SESSION_TOKEN') })
  const got = await client(url, token).send(new GetObjectCommand({ Bucket: 'weights', Key }))
  expect(await got.Body?.transformToString()).toBe('{"model_type":"bert"}')
  const wrong = client(url, token).send(new GetObjectCommand({ Bucket: 'wrong', Key }))
  await expect(wrong).rejects.toMatchObject({
    message: expect.stringContaining('does not give it to this server'),
  })
})

test('quotas: too many requests wait, a day\u2019s bytes are refused with the reason', async () => {
  web.put('files/m.safetensors', WEIGHTS)
  // 100 bytes, of which a range takes ten and the whole 88.
  const { url } = await mirror({ limits: { quotaRequestsPerMinute: 4, quotaGibPerDay: 100 / 2 ** 30 } })
  const at = `${url}/pull/web/m.safetensors`
  expect((await get(at)).status).toBe(200)
  expect((await get(at, { headers: { range: 'bytes=0-9' } })).status).toBe(206)
  const full = await get(at)
  expect(full.status).toBe(403)
  expect(await full.text()).toContain("today's limit")
  await get(at, { method: 'HEAD' })
  const often = await get(at, { method: 'HEAD' })
  expect([often.status, Number(often.headers.get('retry-after')) > 0]).toEqual([503, true])
})
