import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AwsV4Signer } from 'aws4fetch'

/** A file of the origin as it lies there now. */
export interface OriginFile {
  readonly body: Buffer
  readonly etag?: string
  readonly lastModified?: string
}

/** A web server and a bucket in one, over bytes in memory; as a bucket it verifies every signature. */
export interface LocalOrigin {
  readonly url: string
  readonly files: Map<string, OriginFile>
  put(path: string, body: Uint8Array | string): void
  /** Transfers of each path that began, and how many bytes they were asked from. */
  readonly transfers: { readonly path: string; readonly from: number }[]
  readonly requests: string[]
  /** Cuts a path's transfers after so many bytes, this often. */
  readonly cuts: Map<string, { after: number; times: number }>
  close(): Promise<void>
}

const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }

/** @param bucket set for a bucket: the first part of every path */
export async function startLocalOrigin(bucket?: string): Promise<LocalOrigin> {
  const origin = {
    ...{ files: new Map<string, OriginFile>(), transfers: [] as { path: string; from: number }[] },
    ...{ requests: [] as string[], cuts: new Map<string, { after: number; times: number }>() },
  }
  const server = createServer((request, response) => {
    origin.requests.push(`${request.method} ${request.url}`)
    answer(origin, request, response, bucket).catch(() => response.destroy())
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    ...origin,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    put: (path, body) => {
      const bytes = Buffer.from(body as Uint8Array)
      const etag = `"${createHash('md5').update(bytes).digest('hex')}"`
      origin.files.set(path, { body: bytes, etag, lastModified: 'Sun, 01 Nov 2026 10:00:00 GMT' })
    },
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

type Origin = Pick<LocalOrigin, 'files' | 'transfers' | 'cuts'>

async function answer(
  origin: Origin,
  request: IncomingMessage,
  response: ServerResponse,
  bucket: string | undefined,
): Promise<void> {
  const url = new URL(request.url ?? '/', `http://${request.headers.host}`)
  if (bucket !== undefined && !(await isSigned(request, url))) return void response.writeHead(403).end()
  const path = decodeURIComponent(url.pathname.slice(1))
  if (bucket !== undefined && url.searchParams.get('list-type') === '2') return list(origin, response, url)
  const name = bucket === undefined ? path : path.slice(bucket.length + 1)
  const file = origin.files.get(name)
  if (file === undefined) return void response.writeHead(404).end()
  const { body, etag, lastModified } = file
  const headers = { ...(etag ? { etag } : {}), ...(lastModified ? { 'last-modified': lastModified } : {}) }
  if (request.headers['if-match'] !== undefined && request.headers['if-match'] !== etag)
    return void response.writeHead(412).end()
  const ifRange = request.headers['if-range']
  const wanted = ifRange === undefined || ifRange === etag ? request.headers.range : undefined
  const from = Number(/^bytes=(\d+)-/.exec(wanted ?? '')?.[1] ?? 0)
  response.writeHead(from > 0 ? 206 : 200, {
    ...{ ...headers, 'content-length': String(body.length - from) },
    ...(from > 0 ? { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` } : {}),
  })
  if (request.method === 'HEAD') return void response.end()
  origin.transfers.push({ path: name, from })
  const cut = origin.cuts.get(name)
  if (cut === undefined || cut.times === 0) return void response.end(body.subarray(from))
  cut.times -= 1
  response.write(body.subarray(from, from + cut.after), () => setTimeout(() => response.destroy(), 20))
}

/** Whether the signature is the one that this request has (SigV4), recomputed from what arrived and the secret. */
async function isSigned({ method = 'GET', headers }: IncomingMessage, url: URL): Promise<boolean> {
  const given = headers.authorization ?? ''
  const names = /SignedHeaders=([^,]+)/.exec(given)?.[1]?.split(';') ?? []
  const datetime = String(headers['x-amz-date'] ?? '')
  if (Math.abs(Date.now() - Date.parse(datetime.replace(/^(....)(..)(..T..)(..)/, '$1-$2-$3:$4:'))) > 900_000)
    return false
  const signed = Object.fromEntries(
    names.filter((name) => name !== 'host').map((name) => [name, String(headers[name])]),
  )
  const again = new AwsV4Signer({
    method,
    url: url.href,
    headers: signed,
    service: 's3',
    region: 'eu-test-1',
    datetime,
    ...KEYS,
  })
  return names.includes('host') && (await again.sign()).headers.get('authorization') === given
}

function list({ files }: Origin, response: ServerResponse, url: URL): void {
  const prefix = url.searchParams.get('prefix') ?? ''
  const from = Number(url.searchParams.get('continuation-token') ?? 0)
  const max = Math.min(2, Number(url.searchParams.get('max-keys') ?? 2)) // Small pages, so that they are really followed.
  const found = [...files].filter(([name]) => name.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1))
  const page = found.slice(from, from + max)
  const more = from + max < found.length
  response.writeHead(200, { 'content-type': 'application/xml' })
  response.end(
    `<?xml version="1.0"?><ListBucketResult><IsTruncated>${more}</IsTruncated>${
      more ? `<NextContinuationToken>${from + max}</NextContinuationToken>` : ''
    }${page
      .map(
        ([name, { body, etag = '' }]) =>
          `<Contents><Key>${encodeURIComponent(name)}</Key><LastModified>2026-11-01T10:00:00.000Z</LastModified><ETag>${etag.replaceAll('"', '&quot;')}</ETag><Size>${body.length}</Size></Contents>`,
      )
      .join('')}</ListBucketResult>`,
  )
}
