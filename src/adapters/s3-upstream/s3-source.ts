import { AwsV4Signer } from 'aws4fetch'
import { problemOfName } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import {
  changed,
  LATEST,
  type Outbound,
  type PeerAnswer,
  problemOf,
  readBounded,
  type StampedFile,
  type StampedSource,
  startOf,
} from '../../services/mirror/index.ts'
import { type ListedObject, type ListingPage, readListing } from './read-listing.ts'

/** Bytes of a page of a listing: a thousand keys of 1,024 bytes each, escaped. */
const MAX_PAGE_BYTES = 8 * 2 ** 20
/** Objects of one model, and pages of their list. */
const MAX_OBJECTS = 20_000
const MAX_PAGES = 100
const MAX_FILE_BYTES = 2 ** 43

/** Who asks the bucket. */
export interface S3Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** A bucket; a name that ends in `/` is a folder of it, and one model. */
export interface S3Source extends StampedSource {
  /** One page of what the bucket holds below a prefix. */
  list(
    wanted: {
      readonly prefix: string
      readonly delimiter?: string
      readonly after?: string
      readonly max?: number
    },
    signal: AbortSignal,
  ): Promise<ListingPage>
}

/** A bucket of S3, or of a store that speaks its API. Requests are signed (SigV4) when there are credentials. */
export function createS3Source(options: {
  /** `https://s3.eu-central-1.amazonaws.com`; buckets stand in the path. */
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  /** Before every key, without slashes at its ends; empty for none. */
  readonly prefix: string
  readonly http: Outbound
  readonly credentials?: S3Credentials
}): S3Source {
  const root = options.prefix === '' ? '' : `${options.prefix}/`
  const label = `s3://${options.bucket}`
  const ask = asker(options)
  const list: S3Source['list'] = async ({ prefix, delimiter, after, max }, signal) => {
    const query = new URLSearchParams({
      'list-type': '2',
      'encoding-type': 'url',
      prefix: `${root}${prefix}`,
    })
    if (delimiter !== undefined) query.set('delimiter', delimiter)
    if (after !== undefined) query.set('continuation-token', after)
    if (max !== undefined) query.set('max-keys', String(max))
    const answer = await ask({ key: '', query, signal })
    if (answer.status !== 200) {
      answer.discard()
      throw problemOf(answer)
    }
    const page = readListing((await readBounded(answer, MAX_PAGE_BYTES)).toString('utf8'))
    const within = (key: string) => key.startsWith(root)
    return {
      ...page,
      objects: page.objects
        .filter(({ key }) => within(key))
        .map((object) => ({ ...object, key: object.key.slice(root.length) })),
      folders: page.folders.filter(within).map((key) => key.slice(root.length)),
    }
  }
  const lookAtObject = async (id: string, revision: string, signal: AbortSignal): Promise<StampedFile> => {
    const query = new URLSearchParams(revision === LATEST ? {} : { versionId: revision })
    const headers = { 'x-amz-checksum-mode': 'ENABLED' }
    const answer = await ask({ ...{ key: `${root}${id}`, query, signal, headers }, method: 'HEAD' })
    answer.discard()
    if (answer.status !== 200) throw problemOf(answer)
    return stampOf(answer, id.split('/').at(-1) ?? id)
  }
  return {
    label,
    list,
    look: async (id, revision, signal) => {
      if (!id.endsWith('/')) return [await lookAtObject(id, revision, signal)]
      if (revision !== LATEST) throw new SallyportError('NOT_FOUND', 'a folder of a bucket has no versions')
      return lookAtFolder(list, id, signal)
    },
    open: async (id, file, from, signal) => {
      const key = `${root}${id.endsWith('/') ? `${id}${file.path}` : id}`
      const query = new URLSearchParams(file.versionId === undefined ? {} : { versionId: file.versionId })
      const headers = {
        ...(file.etag === undefined ? {} : { 'if-match': file.etag }),
        ...(from === 0 ? {} : { range: `bytes=${from}-` }),
      }
      const answer = await ask({ key, query, signal, headers })
      if (answer.status === 412 || answer.status === 404) {
        answer.discard()
        throw changed(label, id)
      }
      if (answer.status !== 200 && answer.status !== 206) {
        answer.discard()
        throw problemOf(answer)
      }
      return { from: startOf(answer, from), chunks: answer.body }
    },
  }
}

interface Question {
  /** Empty for the bucket itself. */
  readonly key: string
  readonly query: URLSearchParams
  readonly method?: 'GET' | 'HEAD'
  readonly headers?: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

function asker(options: Parameters<typeof createS3Source>[0]): (question: Question) => Promise<PeerAnswer> {
  const { bucket, region, credentials, http } = options
  const base = options.endpoint.replace(/\/+$/, '')
  return async ({ key, query, method = 'GET', headers = {}, signal }) => {
    const search = query.size === 0 ? '' : `?${query.toString().replaceAll('+', '%20')}`
    const url = `${base}/${[bucket, ...(key === '' ? [] : key.split('/'))].map(escaped).join('/')}${search}`
    const open = { 'accept-encoding': 'identity', 'user-agent': 'sallyport', ...headers }
    if (credentials === undefined) return http.ask({ method, url, headers: open, signal })
    const signed = await new AwsV4Signer({
      method,
      url,
      headers,
      service: 's3',
      region,
      ...credentials,
    }).sign()
    const secretHeaders = Object.fromEntries(signed.headers as unknown as Iterable<[string, string]>)
    return http.ask({ method, url, headers: open, secretHeaders, signal })
  }
}

/** As SigV4 wants names escaped: all but unreserved characters (RFC 3986 section 2.3). */
function escaped(part: string): string {
  return encodeURIComponent(part).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

async function lookAtFolder(
  list: S3Source['list'],
  prefix: string,
  signal: AbortSignal,
): Promise<readonly StampedFile[]> {
  const found: ListedObject[] = []
  let after: string | undefined
  for (let page = 0; page === 0 || after !== undefined; page += 1) {
    if (page === MAX_PAGES || found.length > MAX_OBJECTS)
      throw new SallyportError(
        'FORBIDDEN',
        `"${prefix.slice(0, 200)}" holds more than ${MAX_OBJECTS} objects: no model`,
      )
    const { objects, next } = await list({ prefix, ...(after === undefined ? {} : { after }) }, signal)
    found.push(...objects)
    after = next
  }
  // A console of S3 marks folders with objects of no bytes.
  const files = found.filter(({ key }) => !key.endsWith('/'))
  if (files.length === 0)
    throw new SallyportError('NOT_FOUND', `there is nothing below "${prefix.slice(0, 200)}"`)
  return files.map(({ key, ...object }) => {
    const path = key.slice(prefix.length)
    const problem = problemOfName(path)
    if (problem !== undefined)
      throw new SallyportError('FORBIDDEN', `the bucket holds a key that is no path: ${problem}`)
    return { path, ...object }
  })
}

function stampOf({ headers }: PeerAnswer, path: string): StampedFile {
  const size = Number(headers['content-length'] ?? Number.NaN)
  if (!Number.isSafeInteger(size) || size < 0 || size > MAX_FILE_BYTES)
    throw new SallyportError('PEER_FAILED', 'the bucket does not say how large it is')
  const { etag } = headers
  const ms = Date.parse(headers['last-modified'] ?? '')
  const versionId = headers['x-amz-version-id']
  const sum = headers['x-amz-checksum-sha256'] ?? ''
  // A sum over sums of parts (`…=-3`) is another thing.
  const isWhole = /^[A-Za-z0-9+/]{43}=$/.test(sum) && !/COMPOSITE/i.test(headers['x-amz-checksum-type'] ?? '')
  return {
    path,
    size,
    ...(etag === undefined || !/^"[\x21\x23-\x7e]{1,200}"$/.test(etag) ? {} : { etag }),
    ...(versionId === undefined || !/^[\x21-\x7e]{1,1024}$/.test(versionId) || versionId === 'null'
      ? {}
      : { versionId }),
    ...(Number.isFinite(ms) ? { lastModified: new Date(ms).toISOString() } : {}),
    ...(isWhole ? { sha256: Buffer.from(sum, 'base64').toString('hex') } : {}),
  }
}
